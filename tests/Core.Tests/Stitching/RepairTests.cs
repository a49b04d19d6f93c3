using CellStitch.Core.Stitching;
using CellStitch.Core.Synthesis;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.Stitching;

/// <summary>What profile robust repairs: slices that cover several cells, and missing slices.</summary>
public class RepairTests
{
    private const int Side = 20;

    private static readonly StitchOptions Robust = new() { MinimumVolume = 0, DropFragments = false };

    [Theory]
    [InlineData(4, 4)]
    [InlineData(3, 5)]
    [InlineData(2, 6)]
    [InlineData(0, 2)]
    [InlineData(7, 9)]
    public void Stitch_SliceThatCoversTwoColumns_IsSplitAtTheBoundary(int first, int last)
    {
        LabelVolume truth = Columns(depth: 10);
        LabelVolume xy = LabelVolume.From(truth);
        for (int z = first; z <= last; z++)
        {
            Merge(xy, z);
        }

        (LabelVolume result, StitchSummary summary) = Stitch(Robust, new MaskStacks(xy, truth, truth));
        Assert.Equal(truth.Voxels.ToArray(), result.Voxels.ToArray());
        Assert.Equal(last - first + 1, summary.SplitSlices);
        Assert.Equal(0, Stitch(Robust with { Repair = false }, new MaskStacks(xy, truth, truth)).Summary.SplitSlices);
    }

    [Fact]
    public void Stitch_SliceThatCoversCellsAboveEachOtherInTheLayer_IsSplitByTheColumns()
    {
        // No row meets both cells, so YZ alone can tell.
        LabelVolume columns = Columns(depth: 5);
        var truth = new LabelVolume(columns.Shape);
        for (int z = 0; z < columns.Shape.Depth; z++)
        {
            for (int y = 0; y < Side; y++)
            {
                for (int x = 0; x < Side; x++)
                {
                    truth[z, y, x] = columns[z, x, y];
                }
            }
        }

        LabelVolume xy = LabelVolume.From(truth);
        Merge(xy, z: 2);

        (LabelVolume result, StitchSummary summary) = Stitch(Robust, new MaskStacks(xy, truth, truth));
        Assert.Equal(1, summary.SplitSlices);
        Assert.Equal(truth.Voxels.ToArray(), result.Voxels.ToArray());
    }

    [Fact]
    public void Stitch_SliceThatTwoTouch_IsWholeWhenTheProjectionsAgree()
    {
        // One cell, seen as two slices in the layers beside: the projections show one.
        LabelVolume halves = Columns(depth: 5);
        LabelVolume xy = LabelVolume.From(halves);
        Merge(xy, z: 2);
        var whole = new LabelVolume(halves.Shape);
        whole.Voxels.Fill(1);

        (LabelVolume result, StitchSummary summary) = Stitch(Robust, new MaskStacks(xy, whole, whole));
        Assert.Equal(0, summary.SplitSlices);
        Assert.Equal(1u, result.LargestLabel());
    }

    [Fact]
    public void Stitch_WithoutProjections_SplitsNothing()
    {
        LabelVolume xy = Columns(depth: 5);
        Merge(xy, z: 2);
        Assert.Equal(0, Stitch(Robust, new MaskStacks(xy)).Summary.SplitSlices);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void Stitch_CellMissingInLayers_IsFilledUpToTwo(int missing, bool filled)
    {
        LabelVolume truth = Columns(depth: 10);
        LabelVolume xy = LabelVolume.From(truth);
        for (int z = 4; z < 4 + missing; z++)
        {
            Erase(xy, z, label: 2);
        }

        (LabelVolume result, StitchSummary summary) = Stitch(Robust, new MaskStacks(xy, truth, truth));
        Assert.Equal((filled ? truth : xy).Voxels.ToArray(), result.Voxels.ToArray());
        Assert.Equal(filled ? missing : 0, summary.FilledSlices);
        Assert.Equal(xy.Voxels.ToArray(), Stitch(Robust with { Repair = false }, new MaskStacks(xy, truth, truth)).Labels.Voxels.ToArray());
    }

    [Fact]
    public void Stitch_GapThatAnotherCellFills_StaysThatCells()
    {
        LabelVolume truth = Columns(depth: 7);
        LabelVolume xy = LabelVolume.From(truth);
        Erase(xy, z: 3, label: 2);
        for (int y = 0; y < Side; y++)
        {
            xy.Layer(3).Slice((y * Side) + (Side / 2), 7).Fill(1);
        }

        // Less than half of the gap is free, and the projections show the other cell there, too.
        (LabelVolume result, StitchSummary summary) = Stitch(Robust, new MaskStacks(xy, xy, xy));
        Assert.Equal(xy.Voxels.ToArray(), result.Voxels.ToArray());
        Assert.Equal(0, summary.FilledSlices);
    }

    [Fact]
    public void Stitch_SliceAfterFilling_MeasuresTheFilledCell()
    {
        LabelVolume truth = Columns(depth: 5);
        LabelVolume xy = LabelVolume.From(truth);
        Erase(xy, z: 2, label: 2);
        var cells = new CellTable(xy.Shape);
        Stitcher.Stitch(new MaskStacks(xy, truth, truth), Robust, new VolumeSink(), measured: cells, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(Side * Side / 2 * 5, cells.VoxelRange()!.Value.Smallest);
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    [InlineData(null, 1)]
    public void Stitch_MaximumGap_CutsCellsWhereMoreLayersAreMissing(int? maximumGap, uint cells)
    {
        LabelVolume xy = Mask.Volume("1 1", "1 1", ". .", ". .", "1 1", "1 1");
        Assert.Equal(cells, Stitch(Robust with { MaximumGap = maximumGap, Repair = false }, new MaskStacks(xy)).Labels.LargestLabel());
        Assert.Throws<ArgumentOutOfRangeException>(() => new StitchOptions { MaximumGap = -1 });
    }

    [Theory]
    [InlineData(CellFamily.Dense)]
    [InlineData(CellFamily.Stacked)]
    public void Split_UpsideDown_SplitsTheSameSlices(CellFamily family)
    {
        MaskStacks masks = NoisyMasks(family, seed: 62);
        int depth = masks.Shape.Depth;
        LayerSplit[] down = Split(masks, new LayerRange(0, depth), int.MaxValue);
        LayerSplit[] up = Split(masks.Through(stack => new ReversedLayers(stack)), new LayerRange(0, depth), int.MaxValue);
        Assert.True(down.Sum(split => split.Slices) > 4, $"{down.Sum(split => split.Slices)} slices are split: too few to tell.");
        for (int z = 0; z < depth; z++)
        {
            Assert.Equal(down[z].Runs, up[depth - 1 - z].Runs);
        }
    }

    [Fact]
    public void Fill_PixelsThatTwoCellsClaim_StayBackground()
    {
        // Cell 1 is missing in layers 2 and 3, cell 2 in layers 1 and 2.
        LabelVolume masks = Mask.Volume("2 2 0 0", "1 1 1 0", "0 0 0 0", "2 2 0 0", "1 1 1 0");
        CellSlice[][] layers = [[new(2, 2, 0)], [new(1, 3, 0)], [], [new(2, 2, 0)], [new(1, 3, 0)]];
        var cells = new Relabeling();
        foreach (CellSlice[] slices in layers)
        {
            cells.Append(slices.Length, links: null);
        }

        uint[] layer = new uint[4];
        int filled = new GapFilling(masks, layers, cells).Fill(2, layer, [0, 8, 7, 8, 7]);

        Assert.Equal([0u, 0, 7, 0], layer);
        Assert.Equal(1, filled);
    }

    [Fact]
    public void Split_AnyRangeOfLayers_IsThatOfTheWholeVolume()
    {
        MaskStacks masks = NoisyMasks(CellFamily.Dense, seed: 63);
        int depth = masks.Shape.Depth;
        LayerSplit[] whole = Split(masks, new LayerRange(0, depth), int.MaxValue);
        var random = new Random(7);
        for (int trial = 0; trial < 12; trial++)
        {
            int first = random.Next(depth);
            var layers = new LayerRange(first, random.Next(first, depth) + 1);
            int[] held = [int.MaxValue, masks.Shape.LayerPixels / 2, masks.Shape.LayerPixels - 1, 0];
            LayerSplit[] part = Split(masks, layers, held[trial % held.Length]);
            for (int z = layers.First; z < layers.End; z++)
            {
                Assert.Equal(whole[z].Runs, part[z].Runs);
            }
        }
    }

    [Fact]
    public void LayerSplit_AnyRows_AppliesAsToTheWholeLayer()
    {
        LayerSplit split = LayerSplit.None.Plus(1, [new LabelRun(3, 4, 5), new LabelRun(9, 2, 6)]).Plus(1, [new LabelRun(3, 2, 7), new LabelRun(5, 2, 8)]);
        uint[] whole = new uint[12];
        split.Apply(whole, 0);
        Assert.Equal([0, 0, 0, 7, 7, 8, 8, 0, 0, 6, 6, 0], whole);
        for (int first = 0; first < 12; first++)
        {
            for (int end = first; end <= 12; end++)
            {
                uint[] part = new uint[end - first];
                split.Apply(part, first);
                Assert.Equal(whole[first..end], part);
            }
        }
    }

    /// <summary>Masks with many slices that cover two cells, and many missing ones.</summary>
    internal static MaskStacks NoisyMasks(CellFamily family, ulong seed)
    {
        var truth = LabelVolume.From(new CellTruth(new SynthOptions { Family = family, Cells = 60, Shape = new VolumeShape(22, 80, 72), Anisotropy = 4, Seed = seed }));
        LabelVolume Made(MaskProjection projection) => SyntheticMasks.Make(truth, projection, MaskNoise.Heavy, seed).Masks;
        return new MaskStacks(Made(MaskProjection.Xy), Made(MaskProjection.Xz), Made(MaskProjection.Yz));
    }

    // Two cells side by side through all layers.
    private static LabelVolume Columns(int depth)
    {
        var volume = new LabelVolume(new VolumeShape(depth, Side, Side));
        for (int i = 0; i < volume.Voxels.Length; i++)
        {
            volume.Voxels[i] = i % Side < Side / 2 ? 1u : 2;
        }

        return volume;
    }

    private static void Merge(LabelVolume volume, int z)
    {
        foreach (ref uint voxel in volume.Layer(z))
        {
            voxel = 1;
        }
    }

    private static void Erase(LabelVolume volume, int z, uint label)
    {
        foreach (ref uint voxel in volume.Layer(z))
        {
            voxel = voxel == label ? 0 : voxel;
        }
    }

    private static LayerSplit[] Split(MaskStacks masks, LayerRange layers, int largestKept)
    {
        var run = new LayerRuns(new StitchOptions { Threads = 2 }, TestContext.Current.CancellationToken);
        using var splitting = new SliceSplitting(masks, layers, largestKept, run);
        splitting.DecideAll();
        return [.. splitting.Splits];
    }

    private static (LabelVolume Labels, StitchSummary Summary) Stitch(StitchOptions options, MaskStacks masks)
    {
        var sink = new VolumeSink();
        StitchSummary summary = Stitcher.Stitch(masks, options, sink, cancellation: TestContext.Current.CancellationToken);
        return (sink.Volume, summary);
    }
}
