using CellStitch.Core.Evaluation;
using CellStitch.Core.Stitching;
using CellStitch.Core.Synthesis;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.Stitching;

public class RobustStitchingTests
{
    private static readonly StitchOptions Robust = new() { Profile = StitchProfile.Robust };

    private static readonly StitchOptions KeepAll = Robust with { MinimumVolume = 0, DropFragments = false };

    [Fact]
    public void Stitch_AnotherNameForEveryLabel_ChangesNothing()
    {
        foreach ((LabelVolume _, MaskStacks masks) in Volumes())
        {
            var random = new Random(5);
            var renamed = new MaskStacks(
                Rename(random, masks.Xy, perLayer: true), Rename(random, masks.Xz!, perLayer: false), Rename(random, masks.Yz!, perLayer: false));
            Assert.Equal(Stitch(Robust, masks).Voxels.ToArray(), Stitch(Robust, renamed).Voxels.ToArray());
        }
    }

    [Fact]
    public void Stitch_UpsideDown_GivesTheSameCells()
    {
        foreach ((LabelVolume _, MaskStacks masks) in Volumes())
        {
            // Without projections more cells are cut at a waist, and short ones are dropped by their length.
            foreach (MaskStacks given in new[] { masks, new MaskStacks(masks.Xy) })
            {
                LabelVolume down = Stitch(Robust, given);
                LabelVolume flipped = Stitch(Robust, given.Through(stack => new ReversedLayers(stack)));
                AssertSamePartition(down, LabelVolume.From(new ReversedLayers(flipped)));
                AssertSamePartition(down, Stitch(Robust with { Direction = StitchDirection.Up }, given));
            }
        }
    }

    [Fact]
    public void Stitch_AnyThreadsAndBands_GivesTheSameVoxels()
    {
        (LabelVolume _, MaskStacks masks) = Volumes().First();
        uint[] expected = Stitch(Robust with { Threads = 1 }, masks).Voxels.ToArray();
        Assert.Equal(expected, Stitch(Robust with { Threads = 3 }, masks).Voxels.ToArray());
        Assert.Equal(expected, Stitch(Robust with { Threads = 2, LargestKeptLayer = 10_000 }, masks).Voxels.ToArray());
    }

    [Fact]
    public void Stitch_NoisyMasks_IsBetterThanPaper()
    {
        var gains = new List<double>();
        foreach ((LabelVolume truth, MaskStacks masks) in Volumes())
        {
            gains.Add(Score(truth, Stitch(Robust, masks)) - Score(truth, Stitch(new StitchOptions { Profile = StitchProfile.Paper }, masks)));
        }

        // One cell of these is 0.016.
        Assert.True(gains.Min() >= -0.016 && gains.Average() >= 0.1, $"AP at 0.5 less that of profile paper: {string.Join(", ", gains.Select(gain => $"{gain:F3}"))}.");
    }

    [Fact]
    public void Clusters_RandomGraphs_EqualThePlainRule()
    {
        var random = new Random(6);
        var run = new LayerRuns(new StitchOptions(), TestContext.Current.CancellationToken);
        for (int trial = 0; trial < 60; trial++)
        {
            MaskStacks stacks = RandomStacks.Make(random, random.Next(2, 12), random.Next(1, 7), random.Next(4, 40), 5);
            SliceGraph graph = Graph(stacks, run);
            Assert.Equal(PlainClusters(graph), Agglomeration.Clusters(graph, run));
        }
    }

    [Fact]
    public void Stitch_Nothing_IsReturnedUnchanged()
    {
        Assert.Equal(". . | . .", Mask.Draw(Stitch(Robust, Mask.Volume(". .", ". ."))));
        Assert.Equal("1 . 2", Mask.Draw(Stitch(KeepAll, Mask.Volume("7 . 3"))));
        Assert.Equal("1 1 | 1 1", Mask.Draw(Stitch(KeepAll, Mask.Volume("4 4", "9 9"))));
    }

    [Fact]
    public void Stitch_EmptyLayersBetween_AreBridged()
    {
        LabelVolume xy = Mask.Volume("4 4", ". .", ". .", "2 2");
        Assert.Equal("1 1 | . . | . . | 1 1", Mask.Draw(Stitch(KeepAll with { Repair = false }, xy)));
        Assert.Equal("1 1 | 1 1 | 1 1 | 1 1", Mask.Draw(Stitch(KeepAll, xy)));
    }

    [Fact]
    public void Stitch_WithoutProjections_LinksByContainment()
    {
        // Of the smaller slice 3/4 must be shared, and more.
        Assert.Equal("1 1 1 1 . | 1 1 1 1 1", Mask.Draw(Stitch(KeepAll, Mask.Volume("1 1 1 1 .", "1 1 1 1 1"))));
        Assert.Equal("1 1 1 1 . | . 2 2 2 2", Mask.Draw(Stitch(KeepAll, Mask.Volume("1 1 1 1 .", ". 1 1 1 1"))));
    }

    [Fact]
    public void Stitch_PiecesThatTheProjectionsJoin_BecomeOneCell()
    {
        LabelVolume xy = Mask.Volume("1 1 1 1 / 1 1 1 1", "1 . 2 2 / 1 . 2 2", "1 1 1 1 / 1 1 1 1");
        LabelVolume whole = Mask.Volume("1 1 1 1 / 1 1 1 1", "1 1 1 1 / 1 1 1 1", "1 1 1 1 / 1 1 1 1");
        Assert.Equal("1 . 1 1 / 1 . 1 1", Mask.Draw(Stitch(KeepAll, xy, whole, whole)).Split(" | ")[1]);
    }

    [Fact]
    public void Stitch_FlatCellsOfAFlatVolume_Stay()
    {
        // Cells of one or two layers everywhere: none is unusual, so none is dropped.
        var truth = new LabelVolume(new VolumeShape(12, 40, 40));
        for (int z = 0; z < 12; z++)
        {
            for (int i = 0; i < truth.Shape.LayerPixels; i++)
            {
                (int y, int x) = (i / 40, i % 40);
                bool wall = y % 10 == 0 || x % 10 == 0;
                int story = (x / 10) % 2 == 0 ? z : z / 2;
                truth.Layer(z)[i] = wall ? 0 : (uint)(1 + (story * 16) + (y / 10 * 4) + (x / 10));
            }
        }

        var masks = new MaskStacks(truth, truth, truth);
        Assert.Equal(1, Score(truth, Stitch(Robust, masks)));
    }

    [Fact]
    public void Stitch_FalseSlice_IsDroppedListedAndKeptOnRequest()
    {
        var truth = new LabelVolume(new VolumeShape(12, 20, 20));
        for (int z = 0; z < 12; z++)
        {
            for (int i = 0; i < 200; i++)
            {
                truth.Layer(z)[i] = 1;
            }
        }

        var xy = LabelVolume.From(truth);
        for (int x = 5; x < 10; x++)
        {
            (xy[6, 15, x], xy[6, 16, x], xy[6, 17, x], xy[6, 18, x]) = (2, 2, 2, 2);
        }

        var sink = new VolumeSink();
        var masks = new MaskStacks(xy, truth, truth);
        StitchSummary summary = Stitcher.Stitch(masks, Robust, sink, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal([new DroppedCell(6, 15, 5, 1, 20, DropReason.Unsupported)], summary.Dropped);
        Assert.Equal(truth.Voxels.ToArray(), sink.Volume.Voxels.ToArray());
        Assert.Equal(2u, Stitch(Robust with { DropFragments = false }, masks)[6, 15, 5]);
    }

    internal static IEnumerable<(LabelVolume Truth, MaskStacks Masks)> Volumes()
    {
        foreach ((CellFamily family, MaskNoise noise, ulong seed) in new[]
        {
            (CellFamily.Tissue, MaskNoise.Light, 31UL), (CellFamily.Ellipsoids, MaskNoise.Heavy, 32UL), (CellFamily.Stacked, MaskNoise.Light, 33UL), (CellFamily.Flat, MaskNoise.Heavy, 35UL),
        })
        {
            var truth = LabelVolume.From(new CellTruth(new SynthOptions
            {
                Family = family,
                Cells = 60,
                Shape = new VolumeShape(20, 96, 96),
                Anisotropy = 4,
                Seed = seed,
            }));
            LabelVolume Made(MaskProjection projection) => SyntheticMasks.Make(truth, projection, noise, seed).Masks;
            yield return (truth, new MaskStacks(Made(MaskProjection.Xy), Made(MaskProjection.Xz), Made(MaskProjection.Yz)));
        }
    }

    internal static SliceGraph Graph(MaskStacks stacks, LayerRuns run)
    {
        var chain = new EvidenceChain(stacks.Shape);
        var evidence = new List<EvidenceLayer>();
        EvidenceMeasurement.Measure(
            stacks, new LayerRange(0, stacks.Shape.Depth), RowRange.All(stacks.Shape), new StitchOptions { Repair = false }, run, votes => evidence.Add(chain.Append(votes)));
        return SliceGraph.Of(evidence, stacks.Shape.Depth, new LinkingRule(), run);
    }

    // The rule as docs/algorithm.md words it, with sums taken anew from the slices each time.
    private static int[] PlainClusters(SliceGraph graph)
    {
        int[] cluster = [.. Enumerable.Range(0, graph.Slices.Length)];
        while (true)
        {
            (int A, int B, Int128 Weight, Int128 Union, (int, int, long, int, int, int) Key)? best = null;
            foreach (IGrouping<(int, int), SliceLink> pair in graph.Links
                .Where(link => cluster[link.A] != cluster[link.B])
                .GroupBy(link => (Math.Min(cluster[link.A], cluster[link.B]), Math.Max(cluster[link.A], cluster[link.B]))))
            {
                (Int128 weight, Int128 union, long side) = (0, 0, pair.Sum(link => link.Side));
                foreach (SliceLink link in pair)
                {
                    (weight, union) = (weight + link.Weight, union + link.Union);
                }

                (int a, int b) = pair.Key;
                bool share = Enumerable.Range(1, cluster.Length - 1).Where(i => cluster[i] == a).Select(i => graph.Slices[i].Layer)
                    .Intersect(Enumerable.Range(1, cluster.Length - 1).Where(i => cluster[i] == b).Select(i => graph.Slices[i].Layer)).Any();
                if (weight <= 0 || (share && side <= 0))
                {
                    continue;
                }

                (int, int, long, int, int, int) key = pair.Min(link => Key(graph, link));
                bool better = best is not { } other || weight * other.Union > other.Weight * union
                    || (weight * other.Union == other.Weight * union && (weight > other.Weight || (weight == other.Weight && key.CompareTo(other.Key) < 0)));
                if (better)
                {
                    best = (a, b, weight, union, key);
                }
            }

            if (best is not { } merge)
            {
                return cluster;
            }

            cluster = [.. cluster.Select(name => name == merge.B ? merge.A : name)];
        }
    }

    private static (int, int, long, int, int, int) Key(SliceGraph graph, SliceLink link)
    {
        (SliceNode a, SliceNode b) = (graph.Slices[link.A], graph.Slices[link.B]);
        return (
            Math.Min(a.FirstPixel, b.FirstPixel),
            Math.Max(a.FirstPixel, b.FirstPixel),
            -(a.Pixels + (long)b.Pixels),
            Math.Abs(a.Layer + b.Layer - (graph.Depth - 1)),
            link.A,
            link.B);
    }

    private static LabelVolume Stitch(StitchOptions options, LabelVolume xy, LabelVolume? xz = null, LabelVolume? yz = null) =>
        Stitch(options, new MaskStacks(xy, xz, yz));

    private static LabelVolume Stitch(StitchOptions options, MaskStacks stacks)
    {
        var sink = new VolumeSink();
        Stitcher.Stitch(stacks, options, sink, cancellation: TestContext.Current.CancellationToken);
        return sink.Volume;
    }

    private static double Score(LabelVolume truth, LabelVolume result) =>
        SegmentationScores.Of(InstanceOverlap.Measure(truth, result, cancellation: TestContext.Current.CancellationToken)).AveragePrecisionAt50;

    private static void AssertSamePartition(LabelVolume expected, LabelVolume actual)
    {
        var names = new Dictionary<uint, uint>();
        var used = new Dictionary<uint, uint>();
        for (int i = 0; i < expected.Voxels.Length; i++)
        {
            (uint a, uint b) = (expected.Voxels[i], actual.Voxels[i]);
            names.TryAdd(a, b);
            used.TryAdd(b, a);
            Assert.True(names[a] == b && used[b] == a && (a == 0) == (b == 0), $"Voxel {i} is of cell {a} in one result and of {b} in the other.");
        }
    }

    // XY labels mean something within a layer only; those of the projections across layers.
    private static LabelVolume Rename(Random random, ILayerSource stack, bool perLayer)
    {
        LabelVolume volume = LabelVolume.From(stack);
        var names = new Dictionary<(int Layer, uint Label), uint>();
        for (int z = 0; z < volume.Shape.Depth; z++)
        {
            foreach (ref uint voxel in volume.Layer(z))
            {
                (int, uint) key = (perLayer ? z : 0, voxel);
                names.TryAdd(key, voxel == 0 ? 0 : (uint)random.NextInt64(1, uint.MaxValue + 1L));
                voxel = names[key];
            }
        }

        return volume;
    }
}
