using CellStitch.Functions.Jobs;

namespace CellStitch.Functions.Tests.Jobs;

public class CompletenessTests
{
    [Theory]
    [InlineData("xy.tif xz.tif yz.tif", null, "start")]
    [InlineData("xy.tif", null, "start, but wait for projections")]
    [InlineData("xy.tif job.json", null, "start")]
    [InlineData("raw.tif", null, "start")]
    [InlineData("xz.tif yz.tif", null, "xy.tif has not arrived.")]
    [InlineData("xy.tif xz.tif", null, "yz.tif has not arrived; the projections count together.")]
    [InlineData("xy.tif yz.tif job.json", null, "xz.tif has not arrived; the projections count together.")]
    [InlineData("truth.tif", null, "xy.tif has not arrived.")]
    [InlineData("xy.tif job.json", "xy.tif xz.tif yz.tif", "xz.tif has not arrived; job.json lists it.")]
    [InlineData("xy.tif job.json truth.tif", "xy.tif truth.tif", "start")]
    [InlineData("xy.tif xz.tif job.json", "xy.tif", "start")]
    public void Of_FilesOfAJob_SaysWhatIsMissing(string dropped, string? listed, string expected)
    {
        FileVersion[] files = [.. dropped.Split(' ').Select(name => new FileVersion(name, $"a/{name}", "\"1\"", 1, DateTimeOffset.UnixEpoch))];

        var complete = Completeness.Of(files, new JobOptions { Files = listed?.Split(' ') });

        Assert.Equal(expected, complete.Missing ?? (complete.Wait ? "start, but wait for projections" : "start"));
        Assert.Equal(complete.Missing is null, complete.Start);
    }

    [Fact]
    public void FilesOf_ListedFiles_LeavesOutWhatAnotherSubmissionLeft()
    {
        FileVersion[] files = [.. DropFile.All.Append(DropFile.Defaults).Select(name => new FileVersion(name, $"a/{name}", "\"1\"", 1, DateTimeOffset.UnixEpoch))];

        Assert.Equal(
            ["xy.tif", "job.json", "defaults.json"],
            Completeness.FilesOf(files, new JobOptions { Files = ["xy.tif"] }).Select(file => file.Name));
        Assert.Equal(files, Completeness.FilesOf(files, new JobOptions()));
    }

    [Fact]
    public void Of_OptionsThatCannotBeRead_LetsTheRunSaySo() => Assert.True(Completeness.Of([], options: null).Start);
}
