namespace CellStitch.Core.Stitching;

/// <summary>The choices in the linking of profile <c>robust</c>; bench/Accuracy measures what each brings.</summary>
internal sealed record LinkingRule
{
    /// <summary>Longest distance in non-empty layers of which evidence counts.</summary>
    public int LongestDistance { get; init; } = 8;

    /// <summary>What a pixel of the smaller slice counts against a link, in units of 1/20.</summary>
    public int PerSmallerPixel { get; init; } = 2;

    /// <summary>Whether two slices of one layer may belong to one cell, if the evidence within layers is for it.</summary>
    public bool SeveralPerLayer { get; init; } = true;

    /// <summary>Whether cells are cut where little evidence holds them together.</summary>
    public bool CutWaists { get; init; } = true;
}
