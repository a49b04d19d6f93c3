using CellStitch.Core.Baselines;
using CellStitch.Core.Evaluation;
using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;

namespace CellStitch.Accuracy;

/// <summary>What a method scored on a case.</summary>
/// <param name="Ap50">AP at IoU 0.5.</param>
/// <param name="Map">Mean of AP at 0.25, 0.5, 0.75.</param>
/// <param name="Precision">At 0.5.</param>
/// <param name="Recall">At 0.5.</param>
/// <param name="ViSplit">Variation of information from splits, in bits.</param>
/// <param name="ViMerge">The same from merges.</param>
internal readonly record struct Scores(double Ap50, double Map, double Precision, double Recall, double ViSplit, double ViMerge)
{
    public static Scores Of(LabelVolume truth, LabelVolume result)
    {
        var scores = SegmentationScores.Of(InstanceOverlap.Measure(truth, result));
        ThresholdScores half = scores.At(0.5m);
        return new Scores(scores.AveragePrecisionAt50, scores.MeanAveragePrecision, half.Precision, half.Recall, scores.ViSplit, scores.ViMerge);
    }

    public static Scores Mean(IEnumerable<Scores> all)
    {
        Scores[] scores = [.. all];
        return new Scores(
            scores.Average(score => score.Ap50),
            scores.Average(score => score.Map),
            scores.Average(score => score.Precision),
            scores.Average(score => score.Recall),
            scores.Average(score => score.ViSplit),
            scores.Average(score => score.ViMerge));
    }
}

/// <summary>The methods that are compared.</summary>
/// <param name="Name">As in the tables.</param>
/// <param name="Run">Scores it on a case.</param>
internal sealed record Method(string Name, Func<AccuracyCase, Scores> Run)
{
    // The thresholds of which the best is chosen on the truth.
    private static readonly decimal[] Thresholds = [0.01m, 0.05m, 0.1m, 0.15m, 0.2m, 0.25m, 0.3m, 0.4m, 0.5m, 0.6m, 0.75m];

    public const string RobustName = "robust";
    public const string RepairedName = "robust, repaired";
    public const string PaperName = "paper";

    public static StitchOptions Robust { get; } = new() { Profile = StitchProfile.Robust, Repair = false };

    /// <summary>The program's default.</summary>
    public static StitchOptions Repaired { get; } = Robust with { Repair = true };

    public static StitchOptions Paper { get; } = new() { Profile = StitchProfile.Paper };

    public static IReadOnlyList<Method> Compared { get; } =
    [
        new(RobustName, item => Stitched(item, Robust)),
        new(RepairedName, item => Stitched(item, Repaired)),
        new(PaperName, item => Stitched(item, Paper)),
        new("IoU 0.25", item => Linked(item, IouStitching.DefaultThreshold)),
        new("IoU best", item => Thresholds.Select(threshold => Linked(item, threshold)).MaxBy(scores => scores.Ap50)),
    ];

    public static IReadOnlyList<Method> Ablations { get; } =
    [
        new("robust, nothing dropped", item => Stitched(item, Robust with { DropFragments = false })),
        new("robust, without projections", item => Stitched(item with { Masks = new MaskStacks(item.Masks.Xy) }, Robust)),
        new("robust, distance 1", item => Stitched(item, With(new LinkingRule { LongestDistance = 1 }))),
        new("robust, distances 1, 2", item => Stitched(item, With(new LinkingRule { LongestDistance = 2 }))),
        new("robust, distances 1, 2, 4", item => Stitched(item, With(new LinkingRule { LongestDistance = 4 }))),
        new("robust, no overlap penalty", item => Stitched(item, With(new LinkingRule { PerSmallerPixel = 0 }))),
        new("robust, waists not cut", item => Stitched(item, With(new LinkingRule { CutWaists = false }))),
        new("robust, one slice per layer", item => Stitched(item, With(new LinkingRule { SeveralPerLayer = false }))),
        new("paper, largest overlap instead of transport", item => Stitched(item, Paper with { Match = (pair, _, _) => OtherMatchings.LargestOverlap(pair) })),
        new("paper, centroid distance instead of Jaccard", item => Stitched(item, Paper with { Match = OtherMatchings.ByCentroids((LabelVolume)item.Masks.Xy) })),
        new("paper, direction up", item => Stitched(item, Paper with { Direction = StitchDirection.Up })),
        new("paper, no votes", item => Stitched(item, Paper with { RejectionThreshold = 1 })),
        new("paper, single-layer cells kept", item => Stitched(item, Paper with { SingleLayer = SingleLayerRule.Keep })),
    ];

    public static (LabelVolume Labels, StitchSummary Summary) Result(AccuracyCase item, StitchOptions options)
    {
        var result = new MemorySink();
        StitchSummary summary = Stitcher.Stitch(item.Masks, options, result);
        return (result.Volume, summary);
    }

    private static StitchOptions With(LinkingRule rule) => Robust with { Linking = rule };

    private static Scores Stitched(AccuracyCase item, StitchOptions options) => Scores.Of(item.Truth, Result(item, options).Labels);

    private static Scores Linked(AccuracyCase item, decimal threshold)
    {
        var result = new MemorySink();
        IouStitching.Stitch(item.Masks.Xy, result, threshold);
        return Scores.Of(item.Truth, result.Volume);
    }

    private sealed class MemorySink : ILayerSink
    {
        private int _next;

        public LabelVolume Volume { get; private set; } = new(new VolumeShape(1, 1, 1));

        public void Begin(VolumeShape shape, uint largestLabel, VoxelSize? voxelSize) => Volume = new LabelVolume(shape, voxelSize);

        public void Write(ReadOnlySpan<uint> layer) => layer.CopyTo(Volume.Layer(_next++));
    }
}
