namespace CellStitch.Core.Stitching;

/// <summary>How sure a cell of the result is, with the parts that say so (docs/algorithm.md, "Confidence").</summary>
/// <param name="Confidence">In [0, 1], 3 decimals; larger is surer.</param>
/// <param name="MinMargin">
/// Smallest margin, in [−1, 1]. Profile <c>robust</c>: of its slices, the linkage with the rest of the cell less that with the best other cell. Profile
/// <c>paper</c>: of its links, how much dearer the next best choice is.
/// </param>
/// <param name="MaxRejection">Largest share of rejecting votes between two of its slices in neighbouring layers, in [0, 1].</param>
/// <param name="BridgedGaps">Missing layers between its first and last one.</param>
public sealed record CellConfidence(double Confidence, double MinMargin, double MaxRejection, int BridgedGaps);

/// <summary>Weights of a logistic regression on half of the volumes of the accuracy set, rounded (docs/algorithm.md, "Confidence").</summary>
/// <param name="MinMargin">Of the smallest margin.</param>
/// <param name="MeanMargin">Of the mean margin.</param>
/// <param name="Rejection">Of the largest rejecting share; counts against the cell.</param>
/// <param name="Gaps">Of the share of bridged layers; counts against the cell.</param>
/// <param name="Length">Of the layers over those of the usual cell.</param>
/// <param name="End">Of reaching the first or last layer.</param>
/// <param name="Constant">Added to all.</param>
internal sealed record ConfidenceWeights(
    double MinMargin, double MeanMargin, double Rejection, double Gaps, double Length, double End, double Constant)
{
    public static ConfidenceWeights Robust { get; } = new(1, 3.5, 0.5, 3, 4, 0.5, -0.8);

    public static ConfidenceWeights Paper { get; } = new(1.8, 1.4, 6, 15, 6.4, 0.2, -4);
}
