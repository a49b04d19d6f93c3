using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.Stitching;

public class StitcherTests
{
    private static readonly StitchOptions KeepAll = new() { Profile = StitchProfile.Paper, MinimumVolume = 0, SingleLayer = SingleLayerRule.Keep };

    [Fact]
    public void Stitch_TwoColumnsOfCells_LinksDownwards()
    {
        LabelVolume result = Stitch(KeepAll, Mask.Volume("1 1 . 2 2", "9 9 . 4 4", "3 3 . 8 8"));
        Assert.Equal("1 1 . 2 2 | 1 1 . 2 2 | 1 1 . 2 2", Mask.Draw(result));
    }

    [Fact]
    public void Stitch_CellsThatDoNotOverlap_AreNeverLinked()
    {
        // The published code joins these two through the residual of the plan.
        LabelVolume result = Stitch(KeepAll, Mask.Volume("1 1 . . . .", ". . . . 1 1"));
        Assert.Equal("1 1 . . . . | . . . . 2 2", Mask.Draw(result));
    }

    [Fact]
    public void Stitch_TwoSourcesOneTarget_KeepsHigherJaccard()
    {
        LabelVolume result = Stitch(KeepAll, Mask.Volume("1 2 2 2 .", "7 7 7 7 ."));
        Assert.Equal("1 2 2 2 . | 2 2 2 2 .", Mask.Draw(result));
    }

    [Fact]
    public void Stitch_EqualHalves_GoToTheFirstPixelNotTheLowestLabel()
    {
        LabelVolume result = Stitch(KeepAll, Mask.Volume("9 9 3 3 .", "5 5 5 5 ."));
        Assert.Equal("1 1 2 2 . | 1 1 1 1 .", Mask.Draw(result));
    }

    [Fact]
    public void Stitch_GapOfEmptyLayers_IsBridged()
    {
        LabelVolume result = Stitch(KeepAll, Mask.Volume("1 1 .", ". . .", ". . .", "4 4 ."));
        Assert.Equal("1 1 . | . . . | . . . | 1 1 .", Mask.Draw(result));
    }

    [Theory]
    [InlineData(0.25, "1 1 1 1 . | 2 2 2 2 .")]
    [InlineData(0.375, "1 1 1 1 . | 1 1 1 1 .")] // 3 of 8 votes reject: equality accepts
    public void Stitch_RejectingVotes_DecideAtTheThreshold(double threshold, string expected)
    {
        LabelVolume xy = Mask.Volume("1 1 1 1 .", "1 1 1 1 .");
        LabelVolume xz = Mask.Volume("5 5 5 5 .", "6 6 6 . .");
        LabelVolume yz = Mask.Volume("1 2 3 4 .", "1 2 3 4 .");
        LabelVolume result = Stitch(KeepAll with { RejectionThreshold = threshold }, xy, xz, yz);
        Assert.Equal(expected, Mask.Draw(result));
    }

    [Theory]
    [InlineData(SingleLayerRule.Keep, "1 1 2 2 . | 1 1 1 1 . | 3 3 . . .")]
    [InlineData(SingleLayerRule.Remove, "1 1 . . . | 1 1 1 1 . | . . . . .")]
    [InlineData(SingleLayerRule.Merge, "1 1 1 1 . | 1 1 1 1 . | 1 1 . . .")]
    public void Stitch_SingleLayerCells_FollowTheRule(SingleLayerRule rule, string expected)
    {
        // The halves of layer 0 meet in layer 1; the second becomes a single-layer cell. The vote cuts layer 2 off.
        LabelVolume xy = Mask.Volume("1 1 2 2 .", "1 1 1 1 .", "6 6 . . .");
        LabelVolume projections = Mask.Volume("1 1 1 1 .", "1 1 1 1 .", "2 2 2 2 .");
        LabelVolume result = Stitch(KeepAll with { SingleLayer = rule }, xy, projections, projections);
        Assert.Equal(expected, Mask.Draw(result));
    }

    [Fact]
    public void Stitch_SmallCell_IsRemovedByVolumeNotByArea()
    {
        LabelVolume result = Stitch(KeepAll with { MinimumVolume = 3 }, Mask.Volume("1 . 2 .", "1 . 2 .", "1 . . ."));
        Assert.Equal("1 . . . | 1 . . . | 1 . . .", Mask.Draw(result));
    }

    [Fact]
    public void Stitch_DirectionUp_IsDownOnTheReversedStack()
    {
        var random = new Random(21);
        MaskStacks stacks = RandomStacks.Make(random, 9, 12, 11, 5);
        LabelVolume up = Stitch(new StitchOptions { Profile = StitchProfile.Paper, Direction = StitchDirection.Up, MinimumVolume = 4 }, stacks);
        LabelVolume down = Stitch(new StitchOptions { Profile = StitchProfile.Paper, MinimumVolume = 4 }, Reversed(stacks));

        LabelVolume flipped = LabelVolume.From(new ReversedLayers(down));
        Assert.Equal(Mask.Draw(PlainStitching.Renumber(flipped)), Mask.Draw(up));
    }

    [Fact]
    public void Stitch_RandomVolumes_EqualsThePlainLoop()
    {
        var random = new Random(7);
        for (int trial = 0; trial < 150; trial++)
        {
            MaskStacks stacks = RandomStacks.Make(random, random.Next(1, 7), random.Next(2, 12), random.Next(2, 12), random.Next(2, 7));
            var options = new StitchOptions
            {
                Profile = StitchProfile.Paper,
                MinimumVolume = random.Next(0, 12),
                SingleLayer = (SingleLayerRule)random.Next(3),
                Solver = (TransportSolver)random.Next(2),
                RejectionThreshold = random.Next(0, 5) / 4.0,
            };

            Assert.Equal(Mask.Draw(PlainStitching.Stitch(stacks, options)), Mask.Draw(Stitch(options, stacks)));
        }
    }

    [Fact]
    public void Stitch_AnyRunLengthThreadsOrBuffering_SameBytes()
    {
        MaskStacks stacks = RandomStacks.Make(new Random(17), 23, 15, 17, 8);
        string expected = Mask.Draw(Stitch(new StitchOptions { Profile = StitchProfile.Paper, MinimumVolume = 5, Threads = 1 }, stacks));
        foreach (int runLayers in new[] { 1, 2, 5, 23 })
        {
            foreach (int threads in new[] { 1, 2, 7 })
            {
                foreach (int keptPixels in new[] { 0, int.MaxValue })
                {
                    var options = new StitchOptions { Profile = StitchProfile.Paper, MinimumVolume = 5, Threads = threads, ShortestRun = runLayers, LargestKeptLayer = keptPixels };
                    Assert.Equal(expected, Mask.Draw(Stitch(options, stacks)));
                }
            }
        }
    }

    [Fact]
    public void Stitch_OtherLabelValues_SameBytes()
    {
        var random = new Random(19);
        MaskStacks stacks = RandomStacks.Make(random, 8, 14, 13, 6);
        var renamed = new MaskStacks(
            Rename(random, stacks.Xy, perLayer: true), Rename(random, stacks.Xz!, perLayer: false), Rename(random, stacks.Yz!, perLayer: false));
        var options = new StitchOptions { Profile = StitchProfile.Paper, MinimumVolume = 5 };
        Assert.Equal(Mask.Draw(Stitch(options, stacks)), Mask.Draw(Stitch(options, renamed)));
    }

    [Fact]
    public void Stitch_EmptyVolume_StaysEmpty()
    {
        var sink = new VolumeSink();
        StitchSummary summary = Stitcher.Stitch(new MaskStacks(Mask.Volume(". .", ". .")), new StitchOptions { Profile = StitchProfile.Paper }, sink, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(". . | . .", Mask.Draw(sink.Volume));
        Assert.Equal((0, 0, 0u, 2), (summary.Cells, summary.Links, sink.LargestLabel, summary.EmptyLayers));
    }

    [Fact]
    public void Stitch_SingleLayer_KeepsItsCellsWhateverTheRule()
    {
        LabelVolume result = Stitch(new StitchOptions { Profile = StitchProfile.Paper, MinimumVolume = 2, SingleLayer = SingleLayerRule.Merge }, Mask.Volume("8 8 . 3 3 . 5"));
        Assert.Equal("1 1 . 2 2 . .", Mask.Draw(result));
    }

    [Fact]
    public void Stitch_OneCellFillingEverything_IsOneCell()
    {
        LabelVolume result = Stitch(KeepAll, Mask.Volume("4 4 / 4 4", "9 9 / 9 9", "1 1 / 1 1"));
        Assert.Equal("1 1 / 1 1 | 1 1 / 1 1 | 1 1 / 1 1", Mask.Draw(result));
    }

    [Fact]
    public void Stitch_NoBackground_KeepsEveryCell()
    {
        // The published code deletes the lowest label of each layer here.
        LabelVolume result = Stitch(KeepAll, Mask.Volume("1 1 2 2", "1 1 2 2", "1 1 2 2"));
        Assert.Equal("1 1 2 2 | 1 1 2 2 | 1 1 2 2", Mask.Draw(result));
    }

    [Fact]
    public void Stitch_EmptyLayersAtTheEnds_StayEmpty()
    {
        LabelVolume result = Stitch(KeepAll, Mask.Volume(". .", "3 3", "7 7", ". ."));
        Assert.Equal(". . | 1 1 | 1 1 | . .", Mask.Draw(result));
    }

    [Fact]
    public void Stitch_MoreThan65535Cells_NumbersThemAll()
    {
        const int Side = 300;
        var volume = new LabelVolume(new VolumeShape(2, Side, Side));
        for (int i = 0; i < volume.Voxels.Length; i++)
        {
            volume.Voxels[i] = uint.MaxValue - (uint)(i % (Side * Side));
        }

        var sink = new VolumeSink();
        StitchSummary summary = Stitcher.Stitch(new MaskStacks(volume), KeepAll, sink, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((Side * Side, Side * Side), (summary.Cells, summary.Links));
        Assert.Equal((uint)(Side * Side), sink.Volume[1, Side - 1, Side - 1]);
    }

    [Fact]
    public void Stitch_OneProjectionOnly_IsRefused()
    {
        InvalidMaskException refusal = Assert.Throws<InvalidMaskException>(() => new MaskStacks(Mask.Volume("1"), xz: Mask.Volume("1")));
        Assert.Equal("volume: given without the YZ masks; give both projections or none.", refusal.Message);
    }

    [Fact]
    public void Stitch_ProjectionOfAnotherShape_IsRefused()
    {
        InvalidMaskException refusal = Assert.Throws<InvalidMaskException>(
            () => new MaskStacks(Mask.Volume("1 1"), Mask.Volume("1 1"), Mask.Volume("1 1 / 1 1")));
        Assert.Equal("volume: 1 × 2 × 2 (z × y × x); volume has 1 × 1 × 2.", refusal.Message);
    }

    [Fact]
    public void Stitch_Cancelled_Stops()
    {
        using var cancellation = new CancellationTokenSource();
        var progress = new CancelAtFirstReport(cancellation);
        MaskStacks stacks = RandomStacks.Make(new Random(2), 40, 8, 8, 3);
        Assert.ThrowsAny<OperationCanceledException>(
            () => Stitcher.Stitch(stacks, new StitchOptions { Profile = StitchProfile.Paper, Threads = 1 }, new VolumeSink(), progress, measured: null, cancellation.Token));
    }

    [Fact]
    public void Stitch_UnreadableLayer_FailsWithTheReadersOwnError()
    {
        var stacks = new MaskStacks(new FailingLayer(Mask.Volume("1 1", "1 1", "1 1")));
        InvalidMaskException failure = Assert.Throws<InvalidMaskException>(() => Stitch(KeepAll, stacks));
        Assert.Equal("volume, page 2: damaged.", failure.Message);
    }

    [Fact]
    public void Stitch_Summary_CountsWhatHappened()
    {
        LabelVolume xy = Mask.Volume(
            "1 1 1 . 2 2 / 1 . 1 . 2 2 / 1 1 1 . . .", ". . . . . . / . . . . . . / . . . . . .", "5 5 5 . . . / 5 5 5 . . . / 5 5 5 . 6 .");
        var sink = new VolumeSink();
        StitchSummary summary = Stitcher.Stitch(
            new MaskStacks(xy), new StitchOptions { Profile = StitchProfile.Paper, MinimumVolume = 2 }, sink, cancellation: TestContext.Current.CancellationToken);

        var counts = new StitchSummary(
            Cells: 1, Links: 1, NewCells: 3, RejectedByVote: 0, BridgedGaps: 1, FilledHoles: 1, RemovedSmall: 1, MergedSingleLayer: 0, RemovedSingleLayer: 1, EmptyLayers: 1);
        Assert.Equal(counts with { Confidences = summary.Confidences }, summary);
        Assert.Equal(1, Assert.Single(summary.Confidences).BridgedGaps);
    }

    private static LabelVolume Stitch(StitchOptions options, LabelVolume xy, LabelVolume? xz = null, LabelVolume? yz = null)
    {
        return Stitch(options, new MaskStacks(xy, xz, yz));
    }

    private static LabelVolume Stitch(StitchOptions options, MaskStacks stacks)
    {
        var sink = new VolumeSink();
        Stitcher.Stitch(stacks, options, sink, cancellation: TestContext.Current.CancellationToken);
        return sink.Volume;
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

    private static MaskStacks Reversed(MaskStacks stacks) => stacks.Through(stack => new ReversedLayers(stack));

    private sealed class CancelAtFirstReport(CancellationTokenSource cancellation) : IProgress<StitchProgress>
    {
        public void Report(StitchProgress value) => cancellation.Cancel();
    }

    private sealed class FailingLayer(ILayerSource stack) : ILayerSource
    {
        public string Name => stack.Name;

        public VolumeShape Shape => stack.Shape;

        public VoxelSize? VoxelSize => stack.VoxelSize;

        public IRowReader OpenRows(int z, int firstRow = 0)
        {
            return z == 2 ? throw new InvalidMaskException(MaskFault.UnreadableTiff, Name, z, "damaged.") : stack.OpenRows(z, firstRow);
        }

        public void Dispose() => stack.Dispose();
    }
}
