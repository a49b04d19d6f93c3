using CellStitch.Core.Volumes;

namespace CellStitch.Accuracy;

/// <summary>How many errors of each kind a method makes on a case, and which of them better linking could mend.</summary>
/// <param name="TrueCells">True cells.</param>
/// <param name="Lost">True cells that the method did not find.</param>
/// <param name="LostLinkable">Of these: found by perfect linking of the same slices.</param>
/// <param name="LostMissing">Of the others: the XY masks show at most half of the cell.</param>
/// <param name="Merges">Wrong cells by kind.</param>
/// <param name="Splits">The same.</param>
/// <param name="Invented">The same.</param>
/// <param name="Outlines">The same.</param>
/// <param name="InventedAtBorder">Of the invented: those that reach the border of the image, where the truth has no cell at all: it was not annotated there.</param>
/// <param name="Slices">Slices of the XY masks.</param>
/// <param name="FalseSlices">Of these: mostly over background.</param>
/// <param name="ImpureSlices">Of these: less than 70 % in one cell.</param>
internal readonly record struct ErrorCounts(
    int TrueCells, int Lost, int LostLinkable, int LostMissing, int Merges, int Splits, int Invented, int Outlines, int InventedAtBorder, int Slices, int FalseSlices, int ImpureSlices)
{
    /// <summary>Neither linking nor more slices would find them: the slices hold several cells, or parts of them.</summary>
    public int LostImpure => Lost - LostLinkable - LostMissing;

    /// <summary>Cells of the result that match no true one.</summary>
    public int Wrong => Merges + Splits + Invented + Outlines;

    /// <summary>AP at 0.5 without the invented cells at the border.</summary>
    public double Ap50InsideBorder => (TrueCells - Lost) / (double)(TrueCells + Wrong - InventedAtBorder);

    public static ErrorCounts Of(AccuracyCase item, LabelVolume result, PerfectLinking perfect)
    {
        var errors = CellErrors.Of(item.Truth, result);
        var unlinkable = CellErrors.Of(item.Truth, perfect.Labels).Lost.Select(cell => cell.Label).ToHashSet();
        uint[] beyond = [.. errors.Lost.Select(cell => cell.Label).Where(unlinkable.Contains)];
        return new ErrorCounts(
            errors.TrueCells,
            errors.Lost.Count,
            errors.Lost.Count - beyond.Length,
            Unseen(item, beyond),
            Wrong(ErrorKind.Merge),
            Wrong(ErrorKind.Split),
            Wrong(ErrorKind.Invented),
            Wrong(ErrorKind.Outline),
            InventedAtUnannotatedBorder(),
            perfect.Slices,
            perfect.False,
            perfect.Impure);

        int Wrong(ErrorKind kind) => errors.Wrong.Count(cell => cell.Kind == kind);

        int InventedAtUnannotatedBorder()
        {
            HashSet<uint> atBorder = AtBorder(result);
            return AtBorder(item.Truth).Count > 0 ? 0 : errors.Wrong.Count(cell => cell.Kind == ErrorKind.Invented && atBorder.Contains(cell.Label));
        }
    }

    public static ErrorCounts operator +(ErrorCounts a, ErrorCounts b) => new(
        a.TrueCells + b.TrueCells,
        a.Lost + b.Lost,
        a.LostLinkable + b.LostLinkable,
        a.LostMissing + b.LostMissing,
        a.Merges + b.Merges,
        a.Splits + b.Splits,
        a.Invented + b.Invented,
        a.Outlines + b.Outlines,
        a.InventedAtBorder + b.InventedAtBorder,
        a.Slices + b.Slices,
        a.FalseSlices + b.FalseSlices,
        a.ImpureSlices + b.ImpureSlices);

    // Cells with a pixel in the first or last row or column of a layer.
    private static HashSet<uint> AtBorder(LabelVolume volume)
    {
        var cells = new HashSet<uint>();
        (int depth, int height, int width) = volume.Shape;
        for (int z = 0; z < depth; z++)
        {
            for (int y = 0; y < height; y++)
            {
                cells.UnionWith([volume[z, y, 0], volume[z, y, width - 1]]);
            }

            for (int x = 0; x < width; x++)
            {
                cells.UnionWith([volume[z, 0, x], volume[z, height - 1, x]]);
            }
        }

        cells.Remove(0);
        return cells;
    }

    private static int Unseen(AccuracyCase item, uint[] cells)
    {
        var seen = cells.ToDictionary(cell => cell, _ => 0L);
        Span<uint> truth = item.Truth.Voxels;
        Span<uint> xy = ((LabelVolume)item.Masks.Xy).Voxels;
        for (int i = 0; i < truth.Length; i++)
        {
            if (seen.ContainsKey(truth[i]))
            {
                seen[truth[i]] += xy[i] != 0 ? 1 : -1;
            }
        }

        return seen.Values.Count(balance => balance <= 0);
    }
}
