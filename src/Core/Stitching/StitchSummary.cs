namespace CellStitch.Core.Stitching;

/// <summary>What the stitching found, in numbers.</summary>
/// <param name="Cells">Cells in the result.</param>
/// <param name="Links">Slices that continue the cell of a layer before.</param>
/// <param name="NewCells">Slices that began a cell, before the final pass.</param>
/// <param name="RejectedByVote">Of the new cells: those whose match the projections voted down.</param>
/// <param name="BridgedGaps">Links across one or more empty layers.</param>
/// <param name="FilledHoles">Slices of which holes were filled.</param>
/// <param name="RemovedSmall">Cells removed for their volume (or because others filled over all of them).</param>
/// <param name="MergedSingleLayer">Single-layer cells that became part of another cell.</param>
/// <param name="RemovedSingleLayer">Single-layer cells that were removed.</param>
/// <param name="EmptyLayers">Layers without a cell in the XY masks.</param>
public sealed record StitchSummary(
    int Cells,
    int Links,
    int NewCells,
    int RejectedByVote,
    int BridgedGaps,
    int FilledHoles,
    int RemovedSmall,
    int MergedSingleLayer,
    int RemovedSingleLayer,
    int EmptyLayers)
{
    /// <summary>Pieces that profile <c>robust</c> gave to the cell they touch most.</summary>
    public int AbsorbedPieces { get; init; }

    /// <summary>Slices that profile <c>robust</c> split because they cover several cells.</summary>
    public int SplitSlices { get; init; }

    /// <summary>Slices that profile <c>robust</c> filled in where a cell was missing; known when all layers are painted.</summary>
    public int FilledSlices { get; init; }

    /// <summary>How sure each cell is, label 1 first.</summary>
    public IReadOnlyList<CellConfidence> Confidences { get; init; } = [];

    /// <summary>Cells that profile <c>robust</c> dropped.</summary>
    public IReadOnlyList<DroppedCell> Dropped { get; init; } = [];

    internal static StitchSummary Of(
        CellSlice[][] layers,
        Relabeling relabeling,
        LayerSurvey[] surveys,
        CellCensus census,
        int[] becomes,
        uint[] labels,
        int rejectedByVote,
        int bridgedGaps)
    {
        int[] kept = [.. Enumerable.Range(1, relabeling.CellCount).Where(census.Fills)];
        return new StitchSummary(
            Cells: (int)labels.Max(),
            Links: layers.Sum(layer => layer.Length) - relabeling.CellCount,
            NewCells: relabeling.CellCount,
            RejectedByVote: rejectedByVote,
            BridgedGaps: bridgedGaps,
            FilledHoles: surveys.Sum(survey => survey.Changed.Count(slice => slice.FilledPixels > 0)),
            RemovedSmall: relabeling.CellCount - kept.Length,
            MergedSingleLayer: kept.Count(cell => becomes[cell] != cell && becomes[cell] != 0),
            RemovedSingleLayer: kept.Count(cell => becomes[cell] == 0),
            EmptyLayers: layers.Count(layer => layer.Length == 0));
    }
}

