using CellStitch.Core.Volumes;

namespace CellStitch.Cli.Tests;

public sealed class SynthCommandTests(SmallVolume volume) : IDisposable
{
    private static readonly string[] Small = ["--cells", "12", "--shape", "10x48x40", "--anisotropy", "3"];

    private readonly Scratch _scratch = new();

    [Fact]
    public void Synth_SameSeed_MakesTheSameFiles()
    {
        Run.Done(["synth", "-o", _scratch.Folder, .. Small, "--seed", "5"]);

        Assert.Equal(["truth.tif", "xy.tif", "xz.tif", "yz.tif"], _scratch.Names);
        Assert.Equal(File.ReadAllBytes(volume.Truth), File.ReadAllBytes(_scratch["truth.tif"]));
        Assert.Equal(File.ReadAllBytes(volume.Yz), File.ReadAllBytes(_scratch["yz.tif"]));
    }

    [Theory]
    [InlineData("--seed", "6")]
    [InlineData("--family", "ellipsoids")]
    public void Synth_OptionOfTheCells_ChangesTheTruth(string option, string value)
    {
        Run.Done(["synth", "-o", _scratch.Folder, .. Small, option, value]);

        Assert.NotEqual(Scratch.Labels(volume.Truth), Scratch.Labels(_scratch["truth.tif"]));
    }

    [Theory]
    [InlineData("--noise", "ideal")]
    [InlineData("--merge", "1")]
    [InlineData("--split", "1")]
    [InlineData("--erode", "1")]
    [InlineData("--drop", "0.5")]
    [InlineData("--persistence", "9")]
    public void Synth_OptionOfTheNoise_ChangesTheMasksAlone(string option, string value)
    {
        Run.Done(["synth", "-o", _scratch.Folder, .. Small, "--seed", "5", option, value]);

        Assert.Equal(Scratch.Labels(volume.Truth), Scratch.Labels(_scratch["truth.tif"]));
        Assert.NotEqual(Scratch.Labels(volume.Xz), Scratch.Labels(_scratch["xz.tif"]));
    }

    [Fact]
    public void Synth_FalseSlices_AppearBetweenTheCells()
    {
        // Packed tissue leaves no background to put them on.
        string[] ellipsoids = [.. Small, "--family", "ellipsoids", "--noise", "ideal"];
        Run.Done(["synth", "-o", _scratch["ideal"], .. ellipsoids]);
        Run.Done(["synth", "-o", _scratch["false"], .. ellipsoids, "--false-slices", "1"]);

        Assert.True(Cells(_scratch["false/xy.tif"]) > Cells(_scratch["ideal/xy.tif"]));

        static int Cells(string path) => Scratch.Labels(path).Count(label => label != 0);
    }

    [Fact]
    public void Synth_Raw_RendersTheStainAskedFor()
    {
        Run.Done(["synth", "-o", _scratch["a"], .. Small, "--raw"]);
        Run.Done(["synth", "-o", _scratch["b"], .. Small, "--raw", "--stain", "nuclei"]);

        LabelVolume membranes = Scratch.Read(_scratch["a/raw.tif"]);
        Assert.Equal(new VolumeShape(10, 48, 40), membranes.Shape);
        Assert.NotEqual(membranes.Voxels.ToArray(), Scratch.Labels(_scratch["b/raw.tif"]));
    }

    [Fact]
    public void Synth_Cancelled_LeavesNoFolder()
    {
        Run run = Run.Of(new StringWriter(), new CancellationToken(canceled: true), ["synth", "-o", _scratch["new"], .. Small]);

        Assert.Equal(ExitCode.Cancelled, run.Code);
        Assert.Empty(_scratch.Names);
    }

    public void Dispose() => _scratch.Dispose();
}
