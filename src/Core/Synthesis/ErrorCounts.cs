namespace CellStitch.Core.Synthesis;

/// <summary>How often each error really happened in a mask stack.</summary>
/// <param name="Slices">Slices of the ideal masks.</param>
/// <param name="Mergeable">Slices that were not dropped and have a neighbour near enough to merge with.</param>
/// <param name="Merged">Of these, slices fused with a neighbour by an error of their own.</param>
/// <param name="Split">Slices cut in two.</param>
/// <param name="Eroded">Objects that lost their outermost pixels; a fused pair or a cut slice counts once.</param>
/// <param name="Dropped">Slices left out.</param>
/// <param name="FalseSlices">Slices invented.</param>
public readonly record struct ErrorCounts(long Slices, long Mergeable, long Merged, long Split, long Eroded, long Dropped, long FalseSlices)
{
    /// <summary>The counts of two parts of a stack together.</summary>
    public static ErrorCounts operator +(ErrorCounts left, ErrorCounts right) => left.Add(right);

    /// <summary>The counts of this part and <paramref name="other"/> together.</summary>
    public ErrorCounts Add(ErrorCounts other)
    {
        return new ErrorCounts(
            Slices + other.Slices,
            Mergeable + other.Mergeable,
            Merged + other.Merged,
            Split + other.Split,
            Eroded + other.Eroded,
            Dropped + other.Dropped,
            FalseSlices + other.FalseSlices);
    }
}
