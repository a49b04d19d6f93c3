using System.Text.Json.Serialization;

namespace CellStitch.Core.Evaluation;

/// <summary>Detection scores at one IoU threshold, from the largest one-to-one matching (<see cref="InstanceMatching"/>).</summary>
public sealed record ThresholdScores
{
    /// <summary>The IoU threshold.</summary>
    [JsonPropertyName("iou")]
    public required decimal IoU { get; init; }

    /// <summary>Matched pairs.</summary>
    [JsonPropertyName("tp")]
    public required int TruePositives { get; init; }

    /// <summary>Predicted cells without a match.</summary>
    [JsonPropertyName("fp")]
    public required int FalsePositives { get; init; }

    /// <summary>True cells without a match.</summary>
    [JsonPropertyName("fn")]
    public required int FalseNegatives { get; init; }

    /// <summary>TP / (TP + FP).</summary>
    public double Precision => Ratio(TruePositives, TruePositives + FalsePositives);

    /// <summary>TP / (TP + FN).</summary>
    public double Recall => Ratio(TruePositives, TruePositives + FalseNegatives);

    /// <summary>TP / (TP + FP + FN): the field's AP at a threshold; not the area under a curve.</summary>
    [JsonPropertyName("ap")]
    public double AveragePrecision => Ratio(TruePositives, TruePositives + FalsePositives + FalseNegatives);

    /// <summary>2 TP / (2 TP + FP + FN); what the published program prints as "AP" (REFERENCE.md section 7).</summary>
    public double F1 => Ratio(2 * TruePositives, (2 * TruePositives) + FalsePositives + FalseNegatives);

    // Nothing to find and nothing found is right; nothing found of something, or something of nothing, is worth 0.
    private double Ratio(int part, int whole) =>
        TruePositives + FalsePositives + FalseNegatives == 0 ? 1 : whole == 0 ? 0 : (double)part / whole;
}

/// <summary>A cell of one volume and the cells of the other that correspond to it; in JSON <c>[cell, [parts…]]</c>.</summary>
/// <param name="Cell">Label of the cell.</param>
/// <param name="Parts">Labels of two or more cells of the other volume, ascending.</param>
[JsonConverter(typeof(CellPartsJson))]
public sealed record CellParts(uint Cell, IReadOnlyList<uint> Parts);

/// <summary>
/// How well a prediction agrees with the truth. Its JSON is <c>evaluate --json</c> (docs/schemas/evaluation.schema.json).
/// <para>Volumes without cells: two empty ones agree, every score is 1 and every error 0. If only one is empty every score is 0 and
/// <see cref="AdaptedRandError"/> is 1.</para>
/// <para>Split, merged, missed and invented follow from one relation: a true and a predicted cell correspond if they share more than half of the
/// smaller of the two. If none of the four lists has an entry, truth and prediction correspond one to one.</para>
/// </summary>
public sealed record SegmentationScores
{
    /// <summary>The IoU thresholds of the sweep: 0.25 and 0.5, 0.55 … 0.95.</summary>
    public static IReadOnlyList<decimal> Sweep { get; } = [0.25m, 0.5m, 0.55m, 0.6m, 0.65m, 0.7m, 0.75m, 0.8m, 0.85m, 0.9m, 0.95m];

    /// <summary>Cells of the truth.</summary>
    public required int TruthCells { get; init; }

    /// <summary>Cells of the prediction.</summary>
    public required int PredictedCells { get; init; }

    /// <summary>Scores at each threshold of <see cref="Sweep"/>.</summary>
    public required IReadOnlyList<ThresholdScores> Thresholds { get; init; }

    /// <summary>AP at IoU 0.5.</summary>
    [JsonPropertyName("ap50")]
    public double AveragePrecisionAt50 => At(0.5m).AveragePrecision;

    /// <summary>mAP as the paper has it: the mean of AP at IoU 0.25, 0.5 and 0.75.</summary>
    [JsonPropertyName("map")]
    public double MeanAveragePrecision =>
        (At(0.25m).AveragePrecision + At(0.5m).AveragePrecision + At(0.75m).AveragePrecision) / 3;

    /// <summary>F1 at IoU 0.5.</summary>
    public double F1At50 => At(0.5m).F1;

    /// <summary>
    /// Variation of information, the part from splits: H(predicted | truth) in bits, at least 0. Counted over the voxels that are not background
    /// in the truth, so cells invented in the background do not show; predicted background counts as one more segment
    /// (CREMI and scikit-image with label 0 of the truth ignored).
    /// </summary>
    public required double ViSplit { get; init; }

    /// <summary>Variation of information, the part from merges: H(truth | predicted) in bits, over the same voxels as <see cref="ViSplit"/>.</summary>
    public required double ViMerge { get; init; }

    /// <summary>
    /// Adapted Rand error, in [0, 1]: 1 − 2 PR / (P + R), where of all pairs of voxels in one predicted segment P is the share that lies in one
    /// true cell, and R the reverse. Over the same voxels as <see cref="ViSplit"/> (SNEMI3D as scikit-image computes it).
    /// 0 if no segment has two voxels.
    /// </summary>
    public required double AdaptedRandError { get; init; }

    /// <summary>True cells that two or more predicted cells correspond to, ascending.</summary>
    public required IReadOnlyList<CellParts> Split { get; init; }

    /// <summary>Predicted cells that two or more true cells correspond to, ascending.</summary>
    public required IReadOnlyList<CellParts> Merged { get; init; }

    /// <summary>True cells that no predicted cell corresponds to, ascending.</summary>
    public required IReadOnlyList<uint> Missed { get; init; }

    /// <summary>Predicted cells that no true cell corresponds to, ascending.</summary>
    public required IReadOnlyList<uint> Invented { get; init; }

    /// <summary>The scores at one threshold of <see cref="Sweep"/>.</summary>
    /// <exception cref="InvalidOperationException">The threshold is not in the sweep.</exception>
    public ThresholdScores At(decimal iou) => Thresholds.Single(scores => scores.IoU == iou);

    /// <summary>Computes all scores.</summary>
    /// <param name="overlap">The two volumes.</param>
    /// <param name="strict">Whether a pair must pass a threshold (&gt;) instead of reaching it (≥, default); matters for exact ties only.</param>
    public static SegmentationScores Of(InstanceOverlap overlap, bool strict = false)
    {
        PartitionAgreement agreement = PartitionAgreement.Of(overlap);
        Correspondence correspondence = Correspondence.Of(overlap);
        return new SegmentationScores
        {
            TruthCells = overlap.Truth.Length,
            PredictedCells = overlap.Predicted.Length,
            Thresholds = [.. Sweep.Select(iou => ScoresAt(overlap, iou, strict))],
            ViSplit = agreement.Split,
            ViMerge = agreement.Merge,
            AdaptedRandError = agreement.RandError,
            Split = correspondence.Split,
            Merged = correspondence.Merged,
            Missed = correspondence.Missed,
            Invented = correspondence.Invented,
        };
    }

    private static ThresholdScores ScoresAt(InstanceOverlap overlap, decimal iou, bool strict)
    {
        int matched = InstanceMatching.At(overlap, iou, strict).Pairs.Count;
        return new ThresholdScores
        {
            IoU = iou,
            TruePositives = matched,
            FalsePositives = overlap.Predicted.Length - matched,
            FalseNegatives = overlap.Truth.Length - matched,
        };
    }
}
