namespace CellStitch.Cli.Tests;

public sealed class OutputFileTests(SmallVolume volume) : IDisposable
{
    private readonly Scratch _scratch = new();

    [Theory]
    [InlineData("stitch", "XY", "-o", "XY")]
    [InlineData("stitch", "XY", "--xz", "XZ", "--yz", "YZ", "-o", "YZ")]
    [InlineData("stitch", "XY", "-o", "labels.tif", "--json", "XY")]
    [InlineData("stitch", "XY", "-o", "labels.tif", "--json", "labels.tif")]
    [InlineData("stitch", "XY", "-o", "link/XY")]
    [InlineData("stitch-iou", "XY", "-o", "XY")]
    [InlineData("evaluate", "XY", "XZ", "--json", "XZ")]
    public void Output_IsInputOrOtherOutput_IsRefused(params string[] args)
    {
        foreach ((string name, string from) in new[] { ("XY", volume.Xy), ("XZ", volume.Xz), ("YZ", volume.Yz) })
        {
            File.Copy(from, _scratch[name]);
        }

        Directory.CreateSymbolicLink(_scratch["link"], _scratch.Folder);
        byte[] before = File.ReadAllBytes(_scratch["XY"]);

        Run run = Run.Of([args[0], .. args[1..].Select(word => word[0] == '-' ? word : _scratch[word])]);

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains("name another file", run.Error);
        Assert.Equal(before, File.ReadAllBytes(_scratch["XY"]));
        Assert.Equal(["XY", "XZ", "YZ", "link"], _scratch.Names);
    }

    [Theory]
    [InlineData("gone/labels.tif", "does not exist")]
    [InlineData("", "is a folder")]
    public void Output_HasNoPlace_IsBadInput(string place, string reason)
    {
        Run run = Run.Of("stitch", volume.Xy, "-o", _scratch[place]);

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains(reason, run.Error);
        Assert.Empty(_scratch.Names);
    }

    [Fact]
    public void Commit_ThroughLink_ReplacesTheFileBehindIt()
    {
        File.WriteAllText(_scratch["real.tif"], "old");
        File.CreateSymbolicLink(_scratch["labels.tif"], _scratch["real.tif"]);

        Run.Done("stitch-iou", volume.Xy, "-o", _scratch["labels.tif"]);

        Assert.Equal(Scratch.Read(volume.Xy).Shape, Scratch.Read(_scratch["real.tif"]).Shape);
        Assert.Equal(_scratch["real.tif"], new FileInfo(_scratch["labels.tif"]).LinkTarget);
    }

    public void Dispose() => _scratch.Dispose();
}
