namespace CellStitch.Core.Evaluation;

/// <summary>
/// Which true and predicted cells correspond: those that share more than half of the smaller of the two. Two predicted cells in one
/// true cell are a split, two true cells in one predicted cell a merge, and a cell without any counterpart is missed or invented.
/// </summary>
internal sealed class Correspondence
{
    // "More than half" is the least share that no two disjoint cells can both have of a third.
    private const decimal Majority = 0.5m;

    private Correspondence()
    {
    }

    public required IReadOnlyList<CellParts> Split { get; init; }

    public required IReadOnlyList<CellParts> Merged { get; init; }

    public required IReadOnlyList<uint> Missed { get; init; }

    public required IReadOnlyList<uint> Invented { get; init; }

    public static Correspondence Of(InstanceOverlap overlap)
    {
        CellParts[] ofTruth = Alone(overlap.Truth);
        CellParts[] ofPredicted = Alone(overlap.Predicted);
        foreach (InstancePair pair in overlap.Pairs)
        {
            Instance truth = overlap.Truth[pair.Truth];
            Instance predicted = overlap.Predicted[pair.Predicted];
            if (pair.Voxels > Majority * Math.Min(truth.Voxels, predicted.Voxels))
            {
                ((List<uint>)ofTruth[pair.Truth].Parts).Add(predicted.Label);
                ((List<uint>)ofPredicted[pair.Predicted].Parts).Add(truth.Label);
            }
        }

        return new Correspondence
        {
            Split = [.. ofTruth.Where(cell => cell.Parts.Count > 1)],
            Merged = [.. ofPredicted.Where(cell => cell.Parts.Count > 1)],
            Missed = [.. ofTruth.Where(cell => cell.Parts.Count == 0).Select(cell => cell.Cell)],
            Invented = [.. ofPredicted.Where(cell => cell.Parts.Count == 0).Select(cell => cell.Cell)],
        };
    }

    private static CellParts[] Alone(ReadOnlySpan<Instance> cells)
    {
        var alone = new CellParts[cells.Length];
        for (int i = 0; i < alone.Length; i++)
        {
            alone[i] = new CellParts(cells[i].Label, new List<uint>());
        }

        return alone;
    }
}
