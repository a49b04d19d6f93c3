using CellStitch.Core.Baselines;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.Baselines;

public sealed class IouStitchingTests
{
    [Theory]
    // Same place, other labels, other order of labels.
    [InlineData("1 1 . 2 | 9 9 . 4", "1 1 . 2 | 1 1 . 2")]
    // IoU 1/4 reaches the default threshold exactly.
    [InlineData("1 1 1 1 | 1 . . .", "1 1 1 1 | 1 . . .")]
    // IoU 1/5 does not.
    [InlineData("1 1 1 1 1 | 1 . . . .", "1 1 1 1 1 | 2 . . . .")]
    // Background is no partner.
    [InlineData(". . . 1 | 1 1 1 .", ". . . 1 | 2 2 2 .")]
    // Two merge: the larger IoU wins.
    [InlineData("1 1 2 2 2 | 7 7 7 7 7", "1 1 2 2 2 | 2 2 2 2 2")]
    // One divides: the larger IoU wins although it comes second.
    [InlineData("1 1 1 1 1 | 1 1 2 2 2", "1 1 1 1 1 | 2 2 1 1 1")]
    // The best successor of 2 is 5, but 5 prefers 1; 6 must not take its place.
    [InlineData("1 1 1 2 2 | 5 5 5 5 6", "1 1 1 2 2 | 1 1 1 1 2")]
    // A single layer is numbered by first appearance.
    [InlineData("7 . 3 7", "1 . 2 1")]
    // Layers without cells.
    [InlineData(". . | . .", ". . | . .")]
    // Label 2³² − 1.
    [InlineData("4294967295 . | 4294967295 4294967295", "1 . | 1 1")]
    public void Stitch_DrawnLayers_LinksByTheRule(string masks, string expected)
    {
        Assert.Equal(expected, Stitch(masks));
    }

    [Fact]
    public void Stitch_TwoSuccessorsOfEqualIoU_OnlyTheFirstPixelInherits()
    {
        Assert.Equal("1 1 1 1 | 1 1 2 2", Stitch("3 3 3 3 | 9 9 8 8"));
    }

    [Fact]
    public void Stitch_TwoPredecessorsOfEqualIoU_TheFirstPixelIsContinued()
    {
        Assert.Equal("1 1 2 2 | 1 1 1 1", Stitch("9 9 3 3 | 5 5 5 5"));
    }

    [Fact]
    public void Stitch_TiedSuccessorPrefersAnother_TheOtherInherits()
    {
        // 5 and 6 have IoU 1/3 with cell 1, but 5 has 1/2 with cell 2 and continues that one.
        Assert.Equal("1 1 2 2 1 1 . . | 2 2 2 2 1 1 . .", Stitch("1 1 2 2 1 1 . . | 5 5 5 5 6 6 . ."));
    }

    [Fact]
    public void Stitch_EmptyLayersFirst_LabelsDoNotCollide()
    {
        // The published rule keeps the raw 1 of layer 2 and hands 1 out again.
        Assert.Equal(". . | . . | 1 . | . 2 | . 2", Stitch(". . | . . | 1 . | . 1 | . 7"));
    }

    [Fact]
    public void Stitch_EmptyLayerBetween_IsNotBridged()
    {
        Assert.Equal("1 1 | . . | 2 2 | . .", Stitch("1 1 | . . | 1 1 | . ."));
    }

    [Fact]
    public void Stitch_ThresholdWrittenAsDecimal_IsTakenExactly()
    {
        // IoU 3/10: 0.3 has no exact binary fraction.
        const string Masks = "1 1 1 1 1 1 1 1 1 1 | 1 1 1 . . . . . . .";
        Assert.Equal("1 1 1 . . . . . . .", Stitch(Masks, 0.3m).Split(" | ")[1]);
        Assert.Equal("2 2 2 . . . . . . .", Stitch(Masks, 0.300000001m).Split(" | ")[1]);
    }

    [Theory]
    [InlineData("-0.1")]
    [InlineData("1.1")]
    [InlineData("0.1234567891")]
    public void Stitch_ImpossibleThreshold_IsRefused(string threshold)
    {
        decimal value = decimal.Parse(threshold);
        Assert.Throws<ArgumentOutOfRangeException>(() => Stitch("1", value));
    }

    [Fact]
    public void Stitch_AnyNumberOfThreads_GivesTheSameVoxels()
    {
        LabelVolume masks = RandomMasks(seed: 1, new VolumeShape(13, 9, 11), labels: 6);
        string alone = Mask.Draw(Run(masks, 0.1m, threads: 1).Volume);

        Assert.All([2, 3, 8, 64], threads => Assert.Equal(alone, Mask.Draw(Run(masks, 0.1m, threads).Volume)));
    }

    [Fact]
    public void Stitch_RandomMasks_EqualsTheRuleWrittenPlainly()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            LabelVolume masks = RandomMasks(seed, new VolumeShape(4, 3, 5), labels: 4);
            Assert.Equal(Mask.Draw(PlainIouStitching.Stitch(masks, 0.25m)), Mask.Draw(Run(masks, 0.25m, threads: 2).Volume));
        }
    }

    [Fact]
    public void Stitch_ReportsCellsLinksAndProgress()
    {
        var sink = new VolumeSink();
        var seen = new List<double>();
        IouStitchingSummary summary = IouStitching.Stitch(
            Mask.Volume("1 2", "1 2", "1 ."), sink, progress: new Immediate(seen), cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(new IouStitchingSummary(Cells: 2, Links: 3), summary);
        Assert.Equal(2u, sink.LargestLabel);
        Assert.Equal([1 / 6d, 2 / 6d, 3 / 6d, 4 / 6d, 5 / 6d, 1], seen);
    }

    [Fact]
    public void Stitch_Cancelled_Throws()
    {
        var cancelled = new CancellationToken(canceled: true);
        Assert.ThrowsAny<OperationCanceledException>(() => IouStitching.Stitch(Mask.Volume("1"), new VolumeSink(), cancellation: cancelled));
    }

    private static string Stitch(string masks, decimal threshold = IouStitching.DefaultThreshold)
    {
        return Mask.Draw(Run(Mask.Volume(masks.Split(" | ")), threshold, threads: 1).Volume);
    }

    private static VolumeSink Run(LabelVolume masks, decimal threshold, int threads)
    {
        var sink = new VolumeSink();
        IouStitching.Stitch(masks, sink, threshold, threads, cancellation: TestContext.Current.CancellationToken);
        return sink;
    }

    private static LabelVolume RandomMasks(int seed, VolumeShape shape, int labels)
    {
        var random = new Random(seed);
        var masks = new LabelVolume(shape);
        foreach (ref uint voxel in masks.Voxels)
        {
            voxel = (uint)random.Next(labels + 1);
        }

        return masks;
    }

    private sealed class Immediate(List<double> seen) : IProgress<double>
    {
        public void Report(double value) => seen.Add(value);
    }
}
