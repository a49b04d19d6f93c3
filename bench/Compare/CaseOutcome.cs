using System.Text.Json;
using CellStitch.Core.Evaluation;
using CellStitch.Core.Volumes;

namespace CellStitch.Compare;

/// <summary>What a system scored on a case, and what it took.</summary>
/// <param name="Cells">Cells it found.</param>
/// <param name="Precision">At an IoU of 0.5.</param>
/// <param name="Recall">At an IoU of 0.5.</param>
/// <param name="Ap50">AP at an IoU of 0.5.</param>
/// <param name="Map">Mean of AP at 0.25, 0.5 and 0.75.</param>
/// <param name="Cost">From the raw stack to the cells; without the masks where they are given.</param>
internal sealed record CaseOutcome(int Cells, double Precision, double Recall, double Ap50, double Map, Cost Cost)
{
    public static CaseOutcome Of(LabelVolume truth, LabelVolume result, Cost cost)
    {
        var scores = SegmentationScores.Of(InstanceOverlap.Measure(truth, result, StackCase.Threads));
        ThresholdScores half = scores.At(0.5m);
        return new CaseOutcome(scores.PredictedCells, half.Precision, half.Recall, scores.AveragePrecisionAt50, scores.MeanAveragePrecision, cost);
    }
}

/// <summary>What the masks of a case took.</summary>
/// <param name="Xy">XY masks, with the look at the stack before them.</param>
/// <param name="Projections">XZ and YZ masks.</param>
internal sealed record MaskOutcome(Cost Xy, Cost Projections);

/// <summary>Results on disk, so that a run that was stopped, or a new system, need not begin anew.</summary>
internal static class Stored
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    public static T Read<T>(string path) => JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), Json)!;

    /// <summary>Writes the file last of all that it tells of: where it is, the rest is there.</summary>
    public static void Write<T>(string path, T outcome)
    {
        string partial = $"{path}.partial";
        File.WriteAllBytes(partial, JsonSerializer.SerializeToUtf8Bytes(outcome, Json));
        File.Move(partial, path, overwrite: true);
    }
}
