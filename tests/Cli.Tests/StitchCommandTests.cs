using System.Globalization;
using System.Text.Json;
using CellStitch.Core.IO;
using CellStitch.Core.Stitching;
using CellStitch.Core.Tests.IO.Npy;
using CellStitch.Core.Volumes;
using CellStitch.Tests;
using Json.Schema;

namespace CellStitch.Cli.Tests;

public sealed class StitchCommandTests(SmallVolume volume) : IDisposable
{
    private readonly Scratch _scratch = new();

    private string Labels => _scratch["labels.tif"];

    [Fact]
    public void Stitch_ThreeStacks_EqualsCore()
    {
        Run run = Run.Done("stitch", volume.Xy, "--xz", volume.Xz, "--yz", volume.Yz, "-o", Labels);

        LabelVolume result = Scratch.Read(Labels);
        LabelVolume expected = Core(new StitchOptions());
        Assert.Equal(expected.Voxels.ToArray(), result.Voxels.ToArray());
        Assert.Equal(3, result.VoxelSize!.Value.ZUm);
        Assert.StartsWith($"{Labels}: {expected.Voxels.ToArray().Max()} cells in 10 layers", run.Output);
        Assert.Equal(["labels.tif"], _scratch.Names);
    }

    [Theory]
    [InlineData("robust")]
    [InlineData("paper")]
    public void Stitch_AnyThreads_GivesTheSameFiles(string profile)
    {
        string[] Made(string threads)
        {
            string cells = _scratch[$"cells-{threads}.csv"];
            Run.Done(
                "stitch", volume.Xy, "--xz", volume.Xz, "--yz", volume.Yz, "-o", Labels, "--profile", profile, "--threads", threads, "--cells", cells);
            return [string.Join(' ', Scratch.Labels(Labels)), File.ReadAllText(cells)];
        }

        Assert.Equal(Made("1"), Made("3"));
    }

    [Fact]
    public void Stitch_EveryOption_ReachesCore()
    {
        Run.Done(
            "stitch", volume.Xy, "--xz", volume.Xz, "--yz", volume.Yz, "-o", Labels, "--reject", "0.05", "--min-volume", "40",
            "--direction", "UP", "--single-layer", "keep", "--solver", "ortools", "--threads", "1", "--profile", "paper");

        var options = new StitchOptions
        {
            Profile = StitchProfile.Paper,
            RejectionThreshold = 0.05,
            MinimumVolume = 40,
            Direction = StitchDirection.Up,
            SingleLayer = SingleLayerRule.Keep,
            Solver = TransportSolver.OrTools,
        };
        Assert.Equal(Core(options).Voxels.ToArray(), Scratch.Labels(Labels));
        Assert.NotEqual(Core(new StitchOptions()).Voxels.ToArray(), Scratch.Labels(Labels));
    }

    [Fact]
    public void Stitch_SegmentationsOfCellpose_EqualsTheTiffs()
    {
        Run.Done("stitch", volume.Xy, "--xz", volume.Xz, "--yz", volume.Yz, "-o", Labels);
        uint[] expected = Scratch.Labels(Labels);

        // Cellpose sees the slices as a stack of images: (y, z, x) and (x, z, y).
        Run run = Run.Done(
            "stitch", Numpy("xy_seg.npy", volume.Xy, AxisOrder.ZYX), "--xz", Numpy("xz_seg.npy", volume.Xz, AxisOrder.YZX),
            "--yz", Numpy("yz_seg.npy", volume.Yz, AxisOrder.XZY), "-o", Labels);

        Assert.Equal(expected, Scratch.Labels(Labels));
        Assert.Contains("xy_seg.npy", run.Error);
        Assert.Contains("voxel size", run.Error);
    }

    [Theory]
    [InlineData(AxisOrder.ZYX)]
    [InlineData(AxisOrder.YZX)]
    [InlineData(AxisOrder.YXZ)]
    [InlineData(AxisOrder.XZY)]
    [InlineData(AxisOrder.XYZ)]
    public void Stitch_ProjectionStoredInOrder_EqualsCore(AxisOrder order)
    {
        string xz = _scratch.Write("xz.tif", Stored(Scratch.Read(volume.Xz), order));
        string yz = _scratch.Write("yz.tif", Stored(Scratch.Read(volume.Yz), order));

        Run.Done("stitch", volume.Xy, "--xz", xz, "--yz", yz, "-o", Labels, "--axes-xz", $"{order}", "--axes-yz", $"{order}");

        Assert.Equal(Core(new StitchOptions()).Voxels.ToArray(), Scratch.Labels(Labels));
        Assert.Equal(["labels.tif", "xz.tif", "yz.tif"], _scratch.Names);
    }

    [Theory]
    [InlineData(AxisOrder.YZX, AxisOrder.XZY)]
    [InlineData(AxisOrder.YXZ, AxisOrder.XYZ)]
    public void Stitch_SliceWiseProjections_AreRecognised(AxisOrder orderXz, AxisOrder orderYz)
    {
        string xz = _scratch.Write("xz.tif", Stored(Scratch.Read(volume.Xz), orderXz));
        string yz = _scratch.Write("yz.tif", Stored(Scratch.Read(volume.Yz), orderYz));

        Run.Done("stitch", volume.Xy, "--xz", xz, "--yz", yz, "-o", Labels);

        Assert.Equal(Core(new StitchOptions()).Voxels.ToArray(), Scratch.Labels(Labels));
    }

    [Fact]
    public void Stitch_Json_HoldsToItsSchema()
    {
        Run.Done("stitch", volume.Xy, "--xz", volume.Xz, "--yz", volume.Yz, "-o", Labels, "--json", _scratch["s.json"]);

        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(_scratch["s.json"]));
        JsonSchema schema = JsonSchema.FromFile(Path.Combine(SharedData.RepositoryRoot, "docs", "schemas", "metrics.schema.json"));
        Assert.True(schema.Evaluate(json.RootElement).IsValid, json.RootElement.ToString());
        Assert.Equal(3, json.RootElement.GetProperty("anisotropy").GetDouble());
        Assert.Equal(Scratch.Labels(Labels).Max(), json.RootElement.GetProperty("cells").GetUInt32());
        Assert.Equal(0, json.RootElement.GetProperty("warnings").GetArrayLength());
    }

    [Fact]
    public void Stitch_Cells_HasARowPerLabel()
    {
        Run.Done("stitch", volume.Xy, "--xz", volume.Xz, "--yz", volume.Yz, "-o", Labels, "--cells", _scratch["cells.csv"], "--json", _scratch["s.json"]);

        string[][] rows = [.. File.ReadLines(_scratch["cells.csv"]).Select(line => line.Split(','))];
        Assert.Equal(["label", "voxels", "volume_um3", "centroid_z"], rows[0][..4]);
        uint[] labels = Scratch.Labels(Labels);
        Assert.Equal(Enumerable.Range(1, (int)labels.Max()).Select(label => $"{label},{labels.AsSpan().Count((uint)label)}"), rows[1..].Select(row => $"{row[0]},{row[1]}"));
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(_scratch["s.json"]));
        double[] volumes = [.. rows[1..].Select(row => double.Parse(row[2], CultureInfo.InvariantCulture))];
        Assert.Equal(volumes.Max(), json.RootElement.GetProperty("volumeUm3").GetProperty("max").GetDouble(), 1e-9 * volumes.Max());
    }

    [Fact]
    public void Stitch_XyAloneWithoutVoxelSize_WarnsOfBoth()
    {
        string xy = _scratch.Write("xy.tif", new LabelVolume(new VolumeShape(2, 4, 4), [.. Enumerable.Repeat(1u, 32)]));

        Run run = Run.Done("stitch", xy, "-o", Labels, "--json", _scratch["s.json"]);

        Assert.Contains("warning: Stitched without votes", run.Error);
        Assert.Contains("warning: xy.tif: states no voxel size", run.Error);
        Assert.Contains("Stitched without votes", File.ReadAllText(_scratch["s.json"]));
    }

    [Theory]
    [InlineData(255, true)]
    [InlineData(254, false)]
    [InlineData(256, false)]
    public void Stitch_LargestLabelOfEightBits_WarnsOfLostCells(uint label, bool warned)
    {
        string xy = _scratch.Write("xy.tif", new LabelVolume(new VolumeShape(1, 2, 2), [0, label, 1, 255u < label ? 255u : 1]));

        Run run = Run.Done("stitch", xy, "-o", Labels);

        Assert.Equal(warned, run.Error.Contains("has the label 255", StringComparison.Ordinal));
    }

    [Fact]
    public void Stitch_DamagedPage_NamesItAndKeepsTheOldResult()
    {
        string xy = _scratch["xy.tif"];
        byte[] bytes = File.ReadAllBytes(volume.Xy);

        // Deflated pixels lie from byte 16 on; the directories behind them stay sound.
        bytes.AsSpan(20, 200).Fill(0xFF);
        File.WriteAllBytes(xy, bytes);
        File.WriteAllText(Labels, "old");

        Run run = Run.Of("stitch", xy, "-o", Labels);

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.StartsWith("error: xy.tif, page 0: ", run.Error);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
        Assert.Equal("old", File.ReadAllText(Labels));
        Assert.Equal(["labels.tif", "xy.tif"], _scratch.Names);
    }

    [Fact]
    public void Stitch_CancelledMidway_LeavesTheOldResultAndNothingElse()
    {
        using var interruption = new CancellationTokenSource();
        File.WriteAllText(Labels, "old");

        Run run = Run.Of(new CancelAtFirstLine(interruption), interruption.Token, "stitch", volume.Xy, "-o", Labels);

        Assert.Equal(ExitCode.Cancelled, run.Code);
        Assert.Equal("old", File.ReadAllText(Labels));
        Assert.Equal(["labels.tif"], _scratch.Names);
    }

    [Fact]
    public void Stitch_MissingFile_IsBadInput()
    {
        Run run = Run.Of("stitch", volume.Xy, "--xz", _scratch["gone.tif"], "--yz", volume.Yz, "-o", Labels);

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.StartsWith("error: gone.tif: there is no such file", run.Error);
        Assert.Empty(_scratch.Names);
    }

    [Fact]
    public void Stitch_ProjectionOfAnotherVolume_IsBadInput()
    {
        string xz = _scratch.Write("xz.tif", new LabelVolume(new VolumeShape(3, 4, 5)));

        Run run = Run.Of("stitch", volume.Xy, "--xz", xz, "--yz", volume.Yz, "-o", Labels);

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.StartsWith("error: xz.tif: 3 × 4 × 5; expected 10 × 48 × 40", run.Error);
    }

    [Fact]
    public void Stitch_PlainWriter_GetsNoEscapeCodes()
    {
        Run run = Run.Done("stitch", volume.Xy, "-o", Labels);

        Assert.DoesNotContain('\e', run.Output + run.Error);
        Assert.Contains("tracing cells: done", run.Error);
    }

    public void Dispose() => _scratch.Dispose();

    private string Numpy(string name, string tiff, AxisOrder order)
    {
        LabelVolume stored = Stored(Scratch.Read(tiff), order);
        byte[] samples = [.. stored.Voxels.ToArray().SelectMany(label => BitConverter.GetBytes((ushort)label))];
        File.WriteAllBytes(_scratch[name], HandmadeNpy.Segmentation(3, "u2", '<', [stored.Shape.Depth, stored.Shape.Height, stored.Shape.Width], samples));
        return _scratch[name];
    }

    private LabelVolume Core(StitchOptions options)
    {
        var result = new LabelVolumeSink();
        var stacks = new MaskStacks(Scratch.Read(volume.Xy), Scratch.Read(volume.Xz), Scratch.Read(volume.Yz));
        Stitcher.Stitch(stacks, options, result, cancellation: TestContext.Current.CancellationToken);
        return result.Volume!;
    }

    private static LabelVolume Stored(LabelVolume masks, AxisOrder order)
    {
        var stored = new LabelVolume(order.FileShape(masks.Shape));
        for (int z = 0; z < masks.Shape.Depth; z++)
        {
            for (int y = 0; y < masks.Shape.Height; y++)
            {
                for (int x = 0; x < masks.Shape.Width; x++)
                {
                    // The order turns a voxel's (z, y, x) into its page, row and column as it does with sizes.
                    (int page, int row, int column) = order.FileShape(new VolumeShape(z, y, x));
                    stored[page, row, column] = masks[z, y, x];
                }
            }
        }

        return stored;
    }

    private sealed class CancelAtFirstLine(CancellationTokenSource interruption) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            interruption.Cancel();
        }
    }

    private sealed class LabelVolumeSink : ILayerSink
    {
        private int _layers;

        public LabelVolume? Volume { get; private set; }

        public void Begin(VolumeShape shape, uint largestLabel, VoxelSize? voxelSize) => Volume = new LabelVolume(shape, voxelSize);

        public void Write(ReadOnlySpan<uint> layer) => layer.CopyTo(Volume!.Layer(_layers++));
    }
}
