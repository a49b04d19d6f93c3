using CellStitch.Functions.Jobs;

namespace CellStitch.Functions.Tests.Jobs;

public class DropNameTests
{
    [Theory]
    [InlineData("gland/xy.tif", "gland", "xy.tif")]
    [InlineData("gland/job.json", "gland", "job.json")]
    [InlineData("gland.tif", "gland", "raw.tif")]
    [InlineData("my stack.v2.tif", "my stack.v2", "raw.tif")]
    public void Parse_FileOfAJob_IsTold(string blob, string job, string file) => Assert.Equal(new DropName(job, file), DropName.Parse(blob));

    [Theory]
    [InlineData("defaults.json")]
    [InlineData("gland/notes.txt")]
    [InlineData("gland/deeper/xy.tif")]
    [InlineData("gland/XY.TIF")]
    [InlineData("/xy.tif")]
    [InlineData(".tif")]
    [InlineData("")]
    public void Parse_OtherName_IsNotOurs(string blob) => Assert.Null(DropName.Parse(blob));
}
