using CellStitch.Functions.Jobs;

namespace CellStitch.Functions.Tests.Jobs;

public class JobNameTests
{
    private static readonly FileVersion Xy = new("xy.tif", "a/xy.tif", "\"1\"", 10, DateTimeOffset.UnixEpoch);

    [Theory]
    [InlineData("gland 3a", true)]
    [InlineData("Zelle-ä_1.2", true)]
    [InlineData("", false)]
    [InlineData(".hidden", false)]
    [InlineData("a#b", false)]
    [InlineData("a?b", false)]
    [InlineData("a%2Fb", false)]
    [InlineData("ends ", false)]
    [InlineData("ends.", false)]
    [InlineData("line\nbreak", false)]
    public void IsValid_Name_FollowsRule(string name, bool valid) => Assert.Equal(valid, JobName.IsValid(name));

    [Fact]
    public void IsValid_Length_IsBounded()
    {
        Assert.True(JobName.IsValid(new string('a', 80)));
        Assert.False(JobName.IsValid(new string('a', 81)));
    }

    [Fact]
    public void RunId_OtherVersionOfAFile_IsAnotherRun()
    {
        string run = JobName.RunId("a", [Xy]);

        Assert.NotEqual(run, JobName.RunId("a", [Xy with { ETag = "\"2\"" }]));
        Assert.NotEqual(run, JobName.RunId("a", [Xy, Xy with { Blob = "a/xz.tif" }]));
        Assert.Equal(run, JobName.RunId("a", [Xy with { Modified = DateTimeOffset.MaxValue }]));
    }

    [Fact]
    public void RunId_OrderOfFiles_DoesNotMatter()
    {
        FileVersion xz = Xy with { Blob = "a/xz.tif" };

        Assert.Equal(JobName.RunId("a", [Xy, xz]), JobName.RunId("a", [xz, Xy]));
    }

    [Fact]
    public void OfRun_RunId_GivesTheJob()
    {
        Assert.Equal("a-b", JobName.OfRun(JobName.RunId("a-b", [Xy])));
        Assert.Null(JobName.OfRun(JobName.SettleId("a/xy.tif", "\"1\"")));
        Assert.Null(JobName.OfRun("a-b"));
    }
}
