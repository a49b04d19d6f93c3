using CellStitch.Core.Evaluation;
using CellStitch.Core.Volumes;

namespace CellStitch.Accuracy;

/// <summary>What is wrong with a cell of a result that matches no true cell at IoU ≥ 0.5.</summary>
internal enum ErrorKind
{
    /// <summary>It holds more than half of two true cells or more.</summary>
    Merge,

    /// <summary>Most of it lies in one true cell, of which it has at most half.</summary>
    Split,

    /// <summary>Most of it is over background.</summary>
    Invented,

    /// <summary>Anything else: mostly slices that are too large or too small for their cell.</summary>
    Outline,
}

/// <summary>A cell of a result that is wrong.</summary>
/// <param name="Label">Its label.</param>
/// <param name="Kind">What is wrong.</param>
/// <param name="Voxels">Its size.</param>
/// <param name="Truth">Label of the true cell it shares most voxels with, 0 for none.</param>
internal sealed record WrongCell(uint Label, ErrorKind Kind, long Voxels, uint Truth);

/// <summary>A true cell that no cell of the result matches at IoU ≥ 0.5.</summary>
/// <param name="Label">Its label.</param>
/// <param name="Voxels">Its size.</param>
/// <param name="Result">Label of the cell of the result that fits best, 0 for none.</param>
/// <param name="IoU">How well.</param>
internal sealed record LostCell(uint Label, long Voxels, uint Result, double IoU);

/// <summary>The errors of a result, cell by cell.</summary>
internal sealed class CellErrors
{
    private CellErrors(int trueCells, List<WrongCell> wrong, List<LostCell> lost)
    {
        (TrueCells, Wrong, Lost) = (trueCells, wrong, lost);
    }

    public int TrueCells { get; }

    public IReadOnlyList<WrongCell> Wrong { get; }

    public IReadOnlyList<LostCell> Lost { get; }

    public static CellErrors Of(LabelVolume truth, LabelVolume result)
    {
        InstanceOverlap overlap = InstanceOverlap.Measure(truth, result);
        var byTruth = new List<InstancePair>[overlap.Truth.Length];
        var byResult = new List<InstancePair>[overlap.Predicted.Length];
        foreach (InstancePair pair in overlap.Pairs)
        {
            (byTruth[pair.Truth] ??= []).Add(pair);
            (byResult[pair.Predicted] ??= []).Add(pair);
        }

        var lost = new List<LostCell>();
        for (int i = 0; i < byTruth.Length; i++)
        {
            InstancePair[] pairs = [.. (byTruth[i] ?? []).OrderByDescending(IoU)];
            double best = pairs.Length == 0 ? 0 : IoU(pairs[0]);
            if (best < 0.5)
            {
                lost.Add(new LostCell(overlap.Truth[i].Label, overlap.Truth[i].Voxels, pairs.Length == 0 ? 0 : overlap.Predicted[pairs[0].Predicted].Label, best));
            }
        }

        var wrong = new List<WrongCell>();
        for (int i = 0; i < byResult.Length; i++)
        {
            List<InstancePair> pairs = byResult[i] ?? [];
            if (!pairs.Exists(pair => IoU(pair) >= 0.5))
            {
                Instance cell = overlap.Predicted[i];
                InstancePair? most = pairs.Count == 0 ? null : pairs.MaxBy(pair => pair.Voxels);
                wrong.Add(new WrongCell(cell.Label, Kind(cell, pairs), cell.Voxels, most is { } pair ? overlap.Truth[pair.Truth].Label : 0));
            }
        }

        return new CellErrors(byTruth.Length, wrong, lost);

        double IoU(InstancePair pair) => pair.Voxels / (double)overlap.Union(pair);

        ErrorKind Kind(Instance cell, List<InstancePair> pairs)
        {
            if (2 * pairs.Sum(pair => pair.Voxels) < cell.Voxels)
            {
                return ErrorKind.Invented;
            }

            if (pairs.Count(pair => 2 * pair.Voxels > overlap.Truth[pair.Truth].Voxels) > 1)
            {
                return ErrorKind.Merge;
            }

            InstancePair most = pairs.MaxBy(pair => pair.Voxels);
            bool isPiece = 2 * most.Voxels > cell.Voxels && 2 * most.Voxels <= overlap.Truth[most.Truth].Voxels;
            return isPiece ? ErrorKind.Split : ErrorKind.Outline;
        }
    }
}
