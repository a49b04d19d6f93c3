namespace CellStitch.Cli.Tests;

public sealed class DemoCommandTests : IDisposable
{
    private readonly Scratch _scratch = new();

    [Fact]
    public void Demo_Folder_HoldsAllFilesItNamesAndStitchBeatsTheBaseline()
    {
        string output = Run.Done("demo", _scratch["demo"]).Output;

        string[] files = [.. Directory.EnumerateFiles(_scratch["demo"]).Select(path => Path.GetFileName(path))];
        Assert.All(files, file => Assert.Contains(file, output));
        Assert.Equal(12, files.Length);
        Assert.True(AveragePrecision(output, "cellstitch ") > AveragePrecision(output, "stitch-iou "), output);
    }

    public void Dispose() => _scratch.Dispose();

    private static double AveragePrecision(string output, string row)
    {
        string line = output.Split('\n').Single(line => line.StartsWith($"  {row}", StringComparison.Ordinal) && line.Contains("0."));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[2], System.Globalization.CultureInfo.InvariantCulture);
    }
}
