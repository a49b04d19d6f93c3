using System.Text.Json;
using CellStitch.Core.Volumes;

namespace CellStitch.Cli.Tests;

public sealed class RunCommandTests(RawVolume volume) : IDisposable
{
    private readonly Scratch _scratch = new();

    [Theory]
    [InlineData("robust")]
    [InlineData("paper")]
    public void Run_IsSegmentStitchAndEvaluate(string profile)
    {
        Run run = Run.Done("run", volume.Raw, "-o", _scratch["all"], "--diameter", "24", "--truth", volume.Truth, "--profile", profile);
        Run.Done("segment", volume.Raw, "-o", _scratch["masks"], "--diameter", "24");
        string[] masks = [_scratch["masks/xy.tif"], "--xz", _scratch["masks/xz.tif"], "--yz", _scratch["masks/yz.tif"]];
        Run.Done(["stitch", .. masks, "-o", _scratch["labels.tif"], "--cells", _scratch["cells.csv"], "--profile", profile]);

        Assert.Equal(Scratch.Labels(_scratch["labels.tif"]), Scratch.Labels(_scratch["all/labels.tif"]));
        Assert.Equal(File.ReadAllText(_scratch["cells.csv"]), File.ReadAllText(_scratch["all/cells.csv"]));
        Run.Done("interpolate", _scratch["labels.tif"], "-o", _scratch["iso.tif"], "--profile", profile);
        Assert.Equal(Scratch.Labels(_scratch["iso.tif"]), Scratch.Labels(_scratch["all/labels_isotropic.tif"]));
        Assert.Contains("true cells", run.Output);
        using var metrics = JsonDocument.Parse(File.ReadAllText(_scratch["all/metrics.json"]));
        double ap = metrics.RootElement.GetProperty("evaluation").GetProperty("ap50").GetDouble();
        Assert.True(ap >= 0.4, $"AP {ap}");
    }

    [Fact]
    public void Run_SingleLayer_GoesWithoutProjections()
    {
        LabelVolume raw = Scratch.Read(volume.Raw);
        var layer = new LabelVolume(raw.Shape with { Depth = 1 }, raw.Layer(5).ToArray());
        Run run = Run.Done("run", _scratch.Write("layer.tif", layer), "-o", _scratch["one"], "--diameter", "24", "--method", "classic");
        Assert.Equal(["xy.tif"], Directory.GetFiles(_scratch["one/masks"]).Select(Path.GetFileName));
        Assert.Contains("cells in 1 layers", run.Output);
        Assert.False(File.Exists(_scratch["one/labels_isotropic.tif"]));
        Assert.Contains("Not interpolated: the volume has one layer.", File.ReadAllText(_scratch["one/metrics.json"]));
        Assert.Contains("Not interpolated: the volume has one layer.", run.Error);
    }

    [Fact]
    public void Run_InterpolateFirst_SegmentsCubesAndKeepsTheLayersOfTheStack()
    {
        Run.Done("run", volume.Raw, "-o", _scratch["all"], "--diameter", "24", "--method", "classic", "--interpolate-first", "--truth", volume.Truth);

        LabelVolume truth = Scratch.Read(volume.Truth);
        LabelVolume cubes = Scratch.Read(_scratch["all/labels_isotropic.tif"]);
        LabelVolume cells = Scratch.Read(_scratch["all/labels.tif"]);
        Assert.Equal((new VolumeShape(34, 112, 96), new VoxelSize(1, 1, 1)), (cubes.Shape, cubes.VoxelSize));
        Assert.Equal((truth.Shape, truth.VoxelSize), (cells.Shape, cells.VoxelSize));
        for (int z = 0; z < truth.Shape.Depth; z++)
        {
            Assert.Equal(cubes.Layer(3 * z), cells.Layer(z));
        }

        using var metrics = JsonDocument.Parse(File.ReadAllText(_scratch["all/metrics.json"]));
        Assert.Equal(1, metrics.RootElement.GetProperty("anisotropy").GetDouble());
        double ap = metrics.RootElement.GetProperty("evaluation").GetProperty("ap50").GetDouble();
        Assert.True(ap >= 0.2, $"AP {ap}");
    }

    [Fact]
    public void Run_InterpolateFirstOfCubes_IsRefused()
    {
        Run run = Run.Of("run", volume.Raw, "-o", _scratch["all"], "--diameter", "24", "--method", "classic", "--interpolate-first", "--anisotropy", "1");
        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains("its anisotropy is 1, so there is nothing to interpolate", run.Error);
    }

    public void Dispose() => _scratch.Dispose();
}
