using System.Globalization;
using CellStitch.Core.Volumes;

namespace CellStitch.Accuracy;

/// <summary>A cell of the failure gallery.</summary>
/// <param name="Truth">The true cell that was not found, 0 for an invented cell.</param>
/// <param name="Results">The cells of the result that belong to it, largest share first.</param>
/// <param name="LostVoxels">How bad it is: the voxels of the cell less those found.</param>
/// <param name="Caption">What went wrong.</param>
/// <param name="Linkable">Whether perfect linking of the same slices gets it right: finds the true cell, or leaves out the invented one.</param>
internal sealed record WorstCell(uint Truth, IReadOnlyList<uint> Results, double LostVoxels, string Caption, bool Linkable)
{
    // Cells of the result with less of a true cell than this are not named.
    private const double SmallestShare = 0.1;

    /// <summary>The worst cells of a result, worst first; each cell of the result at most once, since two true cells that it merges are one error.</summary>
    public static IReadOnlyList<WorstCell> Of(AccuracyCase item, LabelVolume result, PerfectLinking perfect, int count)
    {
        var errors = CellErrors.Of(item.Truth, result);
        var unlinkable = CellErrors.Of(item.Truth, perfect.Labels).Lost.Select(cell => cell.Label).ToHashSet();
        Dictionary<(uint Truth, uint Result), long> shares = Shares(item.Truth, result);
        Dictionary<(uint Truth, uint Result), long> masks = Shares(item.Truth, (LabelVolume)item.Masks.Xy);
        var found = new HashSet<uint>(shares.Keys.Select(pair => pair.Result).Except(errors.Wrong.Select(cell => cell.Label)));
        Dictionary<uint, ErrorKind> kinds = errors.Wrong.ToDictionary(cell => cell.Label, cell => cell.Kind);
        IEnumerable<WorstCell> cells = errors.Lost.Select(Lost).Concat(errors.Wrong.Where(cell => cell.Kind == ErrorKind.Invented).Select(Invented));

        var worst = new List<WorstCell>();
        foreach (WorstCell cell in cells.OrderByDescending(cell => cell.LostVoxels).ThenBy(cell => cell.Truth))
        {
            if (worst.Count < count && !worst.Exists(shown => shown.Results.Take(1).SequenceEqual(cell.Results.Take(1)) && cell.Results.Count > 0))
            {
                worst.Add(cell);
            }
        }

        return worst;

        WorstCell Lost(LostCell cell)
        {
            (uint Result, double Share)[] parts = [.. shares.Where(pair => pair.Key.Truth == cell.Label && pair.Key.Result != 0)
                .Select(pair => (pair.Key.Result, pair.Value / (double)cell.Voxels)).Where(part => part.Item2 >= SmallestShare)
                .OrderByDescending(part => part.Item2).ThenBy(part => part.Result)];
            return new WorstCell(cell.Label, [.. parts.Select(part => part.Result)], cell.Voxels * (1 - cell.IoU), Caption(cell, parts), !unlinkable.Contains(cell.Label));
        }

        string Caption(LostCell cell, (uint Result, double Share)[] parts)
        {
            string iou = $"IoU {cell.IoU.ToString("F2", CultureInfo.InvariantCulture)}";
            if (parts.Sum(part => part.Share) < 0.5)
            {
                return $"missed: the XY masks show {Percent(ShownByMasks(cell))} of it, the result {Percent(parts.Sum(part => part.Share))}";
            }

            (uint result, double share) = parts[0];
            return share <= 0.5 ? $"split into {parts.Length} cells, the largest with {Percent(share)} of it ({iou})"
                : found.Contains(result) ? $"merge: {Percent(share)} of it went to a neighbour that was found ({iou})"
                : kinds[result] == ErrorKind.Merge ? $"merge: one cell holds it and a neighbour ({iou})"
                : $"outline: its slices hold parts of other cells or of the background, or lack parts of it ({iou})";
        }

        double ShownByMasks(LostCell cell) => 1 - (masks.GetValueOrDefault((cell.Label, 0u)) / (double)cell.Voxels);

        WorstCell Invented(WrongCell cell)
        {
            double over = shares.GetValueOrDefault((0u, cell.Label)) / (double)cell.Voxels;
            return new WorstCell(0, [cell.Label], cell.Voxels, $"invented: {Percent(over)} of it lies over background", true);
        }
    }

    private static string Percent(double share) => $"{Math.Round(100 * share).ToString(CultureInfo.InvariantCulture)} %";

    private static Dictionary<(uint Truth, uint Result), long> Shares(LabelVolume truth, LabelVolume result)
    {
        var shares = new Dictionary<(uint Truth, uint Result), long>();
        Span<uint> cells = truth.Voxels;
        Span<uint> labels = result.Voxels;
        for (int i = 0; i < cells.Length; i++)
        {
            (uint, uint) key = (cells[i], labels[i]);
            shares[key] = shares.GetValueOrDefault(key) + 1;
        }

        return shares;
    }
}
