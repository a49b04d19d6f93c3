using CellStitch.Core.Evaluation;
using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;

namespace CellStitch.Accuracy;

/// <summary>A cell of a result, how sure it claims to be, and whether it matches a true cell (IoU at least 0.5).</summary>
internal readonly record struct SureCell(string Method, CaseGroup Group, bool WeightsChosenOnIt, double Confidence, bool Right)
{
    public static IEnumerable<SureCell> Of(string method, AccuracyCase item, LabelVolume result, StitchSummary summary)
    {
        InstanceOverlap overlap = InstanceOverlap.Measure(item.Truth, result);
        var right = new HashSet<uint>();
        foreach (InstancePair pair in overlap.Pairs)
        {
            if (2 * pair.Voxels >= overlap.Union(pair))
            {
                right.Add(overlap.Predicted[pair.Predicted].Label);
            }
        }

        return summary.Confidences.Select((cell, i) => new SureCell(method, item.Group, item.ParametersChosenOnIt, cell.Confidence, right.Contains((uint)i + 1)));
    }

    /// <summary>Chance that a wrong cell is less sure than a right one, ties half; not a number where all are right.</summary>
    public static double Auroc(IReadOnlyCollection<SureCell> cells)
    {
        long wrong = 0;
        double pairs = 0;
        foreach (IGrouping<double, SureCell> level in cells.GroupBy(cell => cell.Confidence).OrderBy(level => level.Key))
        {
            int rightHere = level.Count(cell => cell.Right);
            int wrongHere = level.Count() - rightHere;
            pairs += rightHere * (wrong + (wrongHere / 2.0));
            wrong += wrongHere;
        }

        return pairs / (wrong * (double)(cells.Count - wrong));
    }
}
