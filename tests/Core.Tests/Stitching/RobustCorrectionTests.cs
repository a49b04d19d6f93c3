using CellStitch.Core.Evaluation;
using CellStitch.Core.Stitching;
using CellStitch.Core.Synthesis;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.Stitching;

/// <summary>What profile robust does to the cells that the linking made: cut, join, drop.</summary>
public class RobustCorrectionTests
{
    private static readonly StitchOptions Robust = new() { Profile = StitchProfile.Robust };

    private static readonly StitchOptions KeepAll = Robust with { MinimumVolume = 0, DropFragments = false };

    [Fact]
    public void Stitch_FalseSliceWithoutProjections_IsDroppedForItsLengthUnlessAtTheEnd()
    {
        var xy = new LabelVolume(new VolumeShape(12, 20, 20));
        for (int z = 0; z < 12; z++)
        {
            xy.Layer(z)[..200].Fill(1);
        }

        xy.Layer(6)[300..320].Fill(2);
        xy.Layer(11)[300..320].Fill(2);
        var sink = new VolumeSink();
        StitchSummary summary = Stitcher.Stitch(new MaskStacks(xy), Robust, sink, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal([new DroppedCell(6, 15, 0, 1, 20, DropReason.TooShort)], summary.Dropped);
        Assert.NotEqual(0u, sink.Volume[11, 15, 0]);
    }

    [Fact]
    public void Stitch_FlatCellsThatTheProjectionsShow_Stay()
    {
        LabelVolume truth = FlatVolume();
        var masks = new MaskStacks(Components(truth, MaskProjection.Xy), Components(truth, MaskProjection.Xz), Components(truth, MaskProjection.Yz));
        InstanceOverlap overlap = InstanceOverlap.Measure(truth, Stitch(Robust, masks), cancellation: TestContext.Current.CancellationToken);
        uint[] flat = [.. Enumerable.Range(1, (int)truth.LargestLabel()).Select(label => (uint)label).Where(label => Layers(truth, label) <= 2)];
        var found = overlap.Pairs.ToArray().Where(pair => 2 * pair.Voxels >= overlap.Union(pair)).Select(pair => overlap.Truth[pair.Truth].Label).ToHashSet();
        Assert.True(flat.Length >= 10, $"{flat.Length} flat cells.");
        Assert.All(flat, label => Assert.Contains(label, found));
    }

    [Fact]
    public void Stitch_HalvesOfAFlatCellThatTheProjectionsJoin_BecomeOneCell()
    {
        // Under and over thick cells a flat one, which the XY masks cut in two; the projections show it whole.
        var truth = new LabelVolume(new VolumeShape(9, 20, 20));
        for (int z = 0; z < 9; z++)
        {
            truth.Layer(z).Fill(z < 4 ? 1u : z == 4 ? 2u : 3u);
        }

        var xy = LabelVolume.From(truth);
        for (int y = 0; y < 20; y++)
        {
            xy.Layer(4).Slice((y * 20) + 10, 10).Fill(4);
        }

        Assert.Equal(truth.Voxels.ToArray(), Stitch(Robust, xy, truth, truth).Voxels.ToArray());
    }

    [Fact]
    public void Stitch_CellsThatHangTogetherByLittle_AreCutAtTheWaist()
    {
        // Without projections: two cells on top of each other, sideways by so much that 4/5 of the smaller slice is shared across.
        var truth = new LabelVolume(new VolumeShape(8, 4, 14));
        for (int z = 0; z < 8; z++)
        {
            for (int y = 0; y < 4; y++)
            {
                truth.Layer(z).Slice((y * 14) + (z < 4 ? 0 : 2), 10).Fill(z < 4 ? 1u : 2);
            }
        }

        Assert.Equal(truth.Voxels.ToArray(), Stitch(KeepAll, truth).Voxels.ToArray());
        StitchOptions uncut = KeepAll with { Linking = new LinkingRule { CutWaists = false } };
        Assert.Equal(1u, Stitch(uncut, truth).LargestLabel());
    }

    [Fact]
    public void Stitch_ColumnWithoutProjections_StaysWhole()
    {
        // Silent projections say nothing of slices several layers apart, of which there are more in the middle of a column.
        var column = new LabelVolume(new VolumeShape(20, 4, 4));
        column.Voxels.Fill(1);
        Assert.Equal(column.Voxels.ToArray(), Stitch(KeepAll, column).Voxels.ToArray());
    }

    [Fact]
    public void Waists_RandomGraphs_EqualThePlainRule()
    {
        var random = new Random(7);
        var run = new LayerRuns(new StitchOptions(), TestContext.Current.CancellationToken);
        int cut = 0;
        for (int trial = 0; trial < 200; trial++)
        {
            MaskStacks stacks = RandomStacks.Make(random, random.Next(4, 12), random.Next(1, 5), random.Next(4, 20), 4);
            SliceGraph graph = RobustStitchingTests.Graph(stacks, run);

            // Any clusters will do; those of the agglomeration hardly have waists here.
            int[] clusters = [.. Enumerable.Range(0, graph.Slices.Length).Select(slice => Math.Min(slice, 1))];
            int[] parts = Waists.Cut(graph, clusters, run);
            Assert.Equal(PlainWaists(graph, clusters), parts);
            cut += parts.Distinct().Count() > 2 ? 1 : 0;
        }

        Assert.True(cut > 20, $"Only {cut} of the graphs have a waist.");
    }

    // Every gap of every part is looked at with sums taken anew.
    private static int[] PlainWaists(SliceGraph graph, int[] clusters)
    {
        int[] parts = [.. clusters];
        for (bool cut = true; cut;)
        {
            cut = false;
            foreach (int[] part in Enumerable.Range(1, parts.Length - 1).GroupBy(slice => parts[slice]).Select(part => part.ToArray()).ToArray())
            {
                int[] layers = [.. part.Select(slice => graph.Slices[slice].Layer).Distinct().Order()];
                Int128[] weight = [.. layers.SkipLast(1).Select(layer => Across(layer).Aggregate(Int128.Zero, (sum, link) => sum + link.Weight))];
                Int128[] union = [.. layers.SkipLast(1).Select(layer => Int128.Max(1, Across(layer).Aggregate(Int128.Zero, (sum, link) => sum + link.Union)))];
                int[] waists = [.. Enumerable.Range(0, weight.Length).Where(k => k >= 1 && k <= weight.Length - 2
                    && Enumerable.Range(0, k).Any(other => IsWaist(k, other)) && Enumerable.Range(k + 1, weight.Length - k - 1).Any(other => IsWaist(k, other)))];
                if (waists.Length > 0)
                {
                    int middle = weight.Length - 1;
                    int best = waists.Order(Comparer<int>.Create((a, b) => (weight[a] * union[b]).CompareTo(weight[b] * union[a]) is var order && order != 0 ? order
                        : Math.Abs((2 * a) - middle).CompareTo(Math.Abs((2 * b) - middle)) is var off && off != 0 ? off : a.CompareTo(b))).First();
                    int[] below = [.. part.Where(slice => graph.Slices[slice].Layer > layers[best])];
                    Array.ForEach(below, slice => parts[slice] = below[0]);
                    cut = true;
                }

                IEnumerable<SliceLink> Across(int layer) => graph.Links.Where(link => link.Weight != 0 && part.Contains(link.A) && part.Contains(link.B)
                    && graph.Slices[link.A].Layer <= layer && graph.Slices[link.B].Layer > layer);

                bool IsWaist(int k, int strong) => weight[strong] > 0 && 10 * weight[k] * union[strong] < 3 * weight[strong] * union[k];
            }
        }

        return parts;
    }

    private static LabelVolume FlatVolume() => LabelVolume.From(new CellTruth(new SynthOptions
    {
        Family = CellFamily.Flat,
        Cells = 60,
        Shape = new VolumeShape(32, 96, 96),
        Anisotropy = 4,
        Seed = 34,
    }));

    private static LabelVolume Components(LabelVolume truth, MaskProjection projection) => SyntheticMasks.Make(truth, projection, MaskNoise.Ideal, seed: 1).Masks;

    private static int Layers(LabelVolume volume, uint label) => Enumerable.Range(0, volume.Shape.Depth).Count(z => volume.Layer(z).Contains(label));

    private static LabelVolume Stitch(StitchOptions options, LabelVolume xy, LabelVolume? xz = null, LabelVolume? yz = null) =>
        Stitch(options, new MaskStacks(xy, xz, yz));

    private static LabelVolume Stitch(StitchOptions options, MaskStacks stacks)
    {
        var sink = new VolumeSink();
        Stitcher.Stitch(stacks, options, sink, cancellation: TestContext.Current.CancellationToken);
        return sink.Volume;
    }
}
