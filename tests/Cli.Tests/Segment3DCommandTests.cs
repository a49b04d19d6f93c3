using System.Text.Json;
using CellStitch.Core.Evaluation;
using CellStitch.Core.Volumes;
using CellStitch.Tests;
using Json.Schema;

namespace CellStitch.Cli.Tests;

public sealed class Segment3DCommandTests(RawVolume volume) : IDisposable
{
    private static readonly JsonSchema Schema = JsonSchema.FromFile(Path.Combine(SharedData.RepositoryRoot, "docs", "schemas", "volume.schema.json"));

    private readonly Scratch _scratch = new();

    [Theory]
    [InlineData("cellpose3d", 0.3)]
    [InlineData("watershed", 0.3)]
    [InlineData("boundaries", 0.3)]
    public void Segment3D_RenderedMembranes_FindsCellsAndWritesItsFigures(string method, double least)
    {
        Run run = Run.Done("segment3d", volume.Raw, "-o", _scratch["labels.tif"], "--method", method, "--diameter", "24", "--json", _scratch["figures.json"]);

        LabelVolume truth = Scratch.Read(volume.Truth);
        LabelVolume cells = Scratch.Read(_scratch["labels.tif"]);
        Assert.Equal((truth.Shape, truth.VoxelSize), (cells.Shape, cells.VoxelSize));
        double ap = AveragePrecision(truth, cells);
        Assert.True(ap >= least, $"{method}: AP {ap}");
        JsonElement figures = Figures();
        Assert.Equal((cells.LargestLabel(), method, 24, 3), (figures.GetProperty("cells").GetUInt32(), figures.GetProperty("method").GetString(), figures.GetProperty("diameter").GetDouble(), figures.GetProperty("anisotropy").GetDouble()));
        Assert.Contains($"{cells.LargestLabel()} cells", run.Output);
        Assert.Contains("segmenting: done", run.Error);
    }

    [Fact]
    public void Segment3D_GivenBoundaries_NeedsNoNetworkAndTakesTheVoxelSizeOfTheStack()
    {
        // 2 × 7 × 6 rooms with walls of one voxel between them.
        LabelVolume stack = Scratch.Read(volume.Raw);
        LabelVolume rooms = Drawn(stack.Shape, (z, y, x) => z == 6 || y % 16 == 15 || x % 16 == 15 ? 0 : (uint)((42 * (z / 6)) + (6 * (y / 16)) + (x / 16) + 1));
        string map = _scratch.Write("map.tif", Drawn(stack.Shape, (z, y, x) => rooms[z, y, x] == 0 ? 255u : 0));
        Run.Done("segment3d", volume.Raw, "-o", _scratch["labels.tif"], "--method", "boundaries", "--boundaries", map, "--json", _scratch["figures.json"]);

        LabelVolume cells = Scratch.Read(_scratch["labels.tif"]);
        Assert.Equal(stack.VoxelSize, cells.VoxelSize);
        Assert.Equal(1, AveragePrecision(rooms, cells));
        Assert.Equal(JsonValueKind.Null, Figures().GetProperty("diameter").ValueKind);
    }

    [Theory]
    [InlineData("--beta 1")]
    [InlineData("--threshold 1")]
    [InlineData("--supervoxels layers")]
    [InlineData("--min-volume 5000")]
    [InlineData("--drop-largest")]
    public void Segment3D_OptionOfBoundaries_ChangesTheCells(string option)
    {
        string[] command = ["segment3d", volume.Raw, "--method", "boundaries", "--boundaries", Walls(Scratch.Read(volume.Truth))];
        Run.Done([.. command, "-o", _scratch["without.tif"]]);
        Run.Done([.. command, "-o", _scratch["with.tif"], .. option.Split(' ')]);
        Assert.NotEqual(Scratch.Labels(_scratch["without.tif"]), Scratch.Labels(_scratch["with.tif"]));
    }

    [Theory]
    [InlineData("--method watershed --beta 0.5", ExitCode.Usage, "--beta belongs to --method boundaries")]
    [InlineData("--boundaries walls.tif", ExitCode.Usage, "--boundaries belongs to --method boundaries")]
    [InlineData("--method watershed --model m.onnx", ExitCode.Usage, "--model names a network")]
    [InlineData("--method boundaries --beta 2", ExitCode.Usage, "--beta 2: must lie in [0, 1]")]
    [InlineData("--min-volume -1", ExitCode.Usage, "--min-volume -1: must be at least 0")]
    [InlineData("--method stardist", ExitCode.Usage, "expected cellpose3d or watershed or boundaries")]
    [InlineData("--method watershed --channel 2", ExitCode.BadInput, "has no channel 2")]
    [InlineData("--method boundaries --boundaries missing.tif", ExitCode.BadInput, "missing.tif")]
    public void Segment3D_BadArguments_AreRefusedInOneSentence(string options, int code, string sentence)
    {
        Run run = Run.Of(["segment3d", volume.Raw, "-o", _scratch["labels.tif"], .. options.Split(' ')]);
        Assert.Equal(code, run.Code);
        Assert.Contains(sentence, run.Error);
        Assert.Empty(_scratch.Names);
    }

    [Fact]
    public void Segment3D_BoundariesOfAnotherShape_AreRefused()
    {
        string map = _scratch.Write("map.tif", new LabelVolume(new VolumeShape(2, 4, 4)));
        Run run = Run.Of("segment3d", volume.Raw, "-o", _scratch["labels.tif"], "--method", "boundaries", "--boundaries", map);
        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains("has 2 × 4 × 4 voxels; the stack raw.tif has 12 × 112 × 96", run.Error);
    }

    public void Dispose() => _scratch.Dispose();

    private static double AveragePrecision(LabelVolume truth, LabelVolume cells) =>
        SegmentationScores.Of(InstanceOverlap.Measure(truth, cells, cancellation: TestContext.Current.CancellationToken)).AveragePrecisionAt50;

    // 255 where the next voxel along an axis is of another cell, in bytes and without a voxel size.
    private string Walls(LabelVolume truth)
    {
        VolumeShape shape = truth.Shape;
        return _scratch.Write("walls.tif", Drawn(shape, (z, y, x) => (x + 1 < shape.Width && truth[z, y, x + 1] != truth[z, y, x])
            || (y + 1 < shape.Height && truth[z, y + 1, x] != truth[z, y, x])
            || (z + 1 < shape.Depth && truth[z + 1, y, x] != truth[z, y, x]) ? 255u : 0));
    }

    private static LabelVolume Drawn(VolumeShape shape, Func<int, int, int, uint> value)
    {
        var drawn = new LabelVolume(shape);
        for (int i = 0; i < drawn.Voxels.Length; i++)
        {
            drawn.Voxels[i] = value(i / shape.LayerPixels, i / shape.Width % shape.Height, i % shape.Width);
        }

        return drawn;
    }

    private JsonElement Figures()
    {
        JsonElement figures = JsonElement.Parse(File.ReadAllText(_scratch["figures.json"]));
        Assert.True(Schema.Evaluate(figures).IsValid, figures.ToString());
        return figures;
    }
}
