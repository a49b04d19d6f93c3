using System.Text.Json;
using CellStitch.Core.Interpolation;
using CellStitch.Core.IO;
using CellStitch.Core.Volumes;
using CellStitch.Tests;
using Json.Schema;

namespace CellStitch.Cli.Tests;

public sealed class InterpolateCommandTests(SmallVolume volume) : IDisposable
{
    private readonly Scratch _scratch = new();

    [Theory]
    [InlineData("robust", "transport", "2.5")]
    [InlineData("paper", "transport", "2")]
    [InlineData("robust", "sdf", "3")]
    [InlineData("robust", "nearest", "3")]
    public void Interpolate_AnyWay_EqualsCore(string profile, string method, string anisotropy)
    {
        Run.Done("interpolate", volume.Truth, "-o", _scratch["iso.tif"], "--anisotropy", anisotropy, "--profile", profile, "--method", method);

        using var bytes = new MemoryStream();
        using var writer = new TiffWriter(bytes);
        var options = new InterpolationOptions
        {
            Anisotropy = double.Parse(anisotropy, System.Globalization.CultureInfo.InvariantCulture),
            Profile = Enum.Parse<InterpolationProfile>(profile, ignoreCase: true),
            Method = Enum.Parse<InterpolationMethod>(method, ignoreCase: true),
        };
        Interpolator.Interpolate(Scratch.Read(volume.Truth), writer, options, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(LabelVolume.From(TiffReader.Open(bytes, "core")).Voxels.ToArray(), Scratch.Labels(_scratch["iso.tif"]));
    }

    [Fact]
    public void Interpolate_VoxelSizeInTheFile_GivesTheAnisotropyAndCubes()
    {
        Run run = Run.Done("interpolate", volume.Truth, "-o", _scratch["iso.tif"], "--json", _scratch["iso.json"]);

        using var json = JsonDocument.Parse(File.ReadAllText(_scratch["iso.json"]));
        JsonSchema schema = JsonSchema.FromFile(Path.Combine(SharedData.RepositoryRoot, "docs", "schemas", "interpolation.schema.json"));
        Assert.True(schema.Evaluate(json.RootElement).IsValid, json.RootElement.ToString());
        Assert.Equal("voxelSize", json.RootElement.GetProperty("anisotropySource").GetString());
        LabelVolume made = Scratch.Read(_scratch["iso.tif"]);
        Assert.Equal(new VoxelSize(1, 1, 1), made.VoxelSize);
        Assert.Equal(28, made.Shape.Depth);
        Assert.Contains("28 × 48 × 40 voxels", run.Output);
        Assert.Contains("interpolating: done", run.Error);
    }

    [Fact]
    public void Interpolate_NoVoxelSizeAndNoAnisotropy_IsRefused()
    {
        string labels = _scratch.Write("labels.tif", new LabelVolume(new VolumeShape(2, 4, 4)));

        Run run = Run.Of("interpolate", labels, "-o", _scratch["iso.tif"]);

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains("give --anisotropy", run.Error);
        Assert.Equal(["labels.tif"], _scratch.Names);
    }

    [Fact]
    public void Interpolate_VoxelsThatAreCubes_IsRefused()
    {
        string labels = _scratch.Write("labels.tif", new LabelVolume(new VolumeShape(2, 4, 4), new VoxelSize(1, 1, 1)));

        Run run = Run.Of("interpolate", labels, "-o", _scratch["iso.tif"]);

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains("expected above 1", run.Error);
    }

    [Fact]
    public void Interpolate_AnisotropyOfOne_IsAMistakeInTheArguments()
    {
        Run run = Run.Of("interpolate", volume.Truth, "-o", _scratch["iso.tif"], "--anisotropy", "1");

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains("--anisotropy 1", run.Error);
        Assert.Empty(_scratch.Names);
    }

    public void Dispose() => _scratch.Dispose();
}
