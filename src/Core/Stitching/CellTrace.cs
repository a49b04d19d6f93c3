using CellStitch.Core.Transport;

namespace CellStitch.Core.Stitching;

/// <summary>The cell tracing function T_M of the paper ("CellStitch stitching algorithm") and its inverse step.</summary>
public static class CellTrace
{
    /// <summary>The entry of <see cref="Targets"/> for a source whose mass mostly goes to cells it does not overlap.</summary>
    public const int Nowhere = -1;

    /// <summary>
    /// For each source x, where its mass mostly moves: T(x) = argmax_y M(x, y) over the overlapping pairs. x traces nowhere when a dense optimal
    /// plan could put more on one far cell, that is when min(h(x), G) &gt; max_y M(x, y), with h(x) the mass x sends to the hub and G the largest
    /// mass a target takes from it (docs/algorithm.md, "Tracing").
    /// </summary>
    /// <param name="pair">The layer pair; its overlaps are the arcs of the plan.</param>
    /// <param name="plan">An optimal plan of <see cref="JaccardCost.Problem(LayerPair)"/>.</param>
    /// <returns>For each dense source index x (0 = background) the index into <see cref="LayerPair.Overlaps"/> of (x, T(x)), or <see cref="Nowhere"/>.</returns>
    public static int[] Targets(LayerPair pair, TransportPlan plan)
    {
        var trace = new int[pair.Sources.Length + 1];
        var largest = new long[trace.Length];
        Array.Fill(trace, Nowhere);
        for (int i = 0; i < pair.Overlaps.Length; i++)
        {
            // Overlaps ascend in (x, y), so of equal masses the first wins: background, then the smaller first pixel.
            int x = pair.Overlaps[i].Source;
            if (plan.Mass[i] > largest[x])
            {
                largest[x] = plan.Mass[i];
                trace[x] = i;
            }
        }

        long largestFromHub = 0;
        foreach (long mass in plan.FromHub)
        {
            largestFromHub = Math.Max(largestFromHub, mass);
        }

        for (int x = 0; x < trace.Length; x++)
        {
            if (Math.Min(plan.ToHub[x], largestFromHub) > largest[x])
            {
                trace[x] = Nowhere;
            }
        }

        return trace;
    }

    /// <summary>For each target y, the source of least cost among those that trace to it: argmin over T⁻¹(y) of C(x, y), background included.</summary>
    /// <param name="pair">The layer pair.</param>
    /// <param name="trace">What <see cref="Targets"/> returned for it.</param>
    /// <returns>For each dense target index y the dense source index x; 0 when T⁻¹(y) is empty or background wins. Entry 0 is not used.</returns>
    public static int[] Sources(LayerPair pair, int[] trace)
    {
        var source = new int[pair.Targets.Length + 1];
        var bestOverlap = new int[source.Length];
        var bestUnion = new long[source.Length];
        foreach (int i in trace)
        {
            if (i == Nowhere)
            {
                continue;
            }

            SliceOverlap overlap = pair.Overlaps[i];
            int y = overlap.Target;
            long union = JaccardCost.Union(overlap.Pixels, pair.SourcePixels(overlap.Source), pair.TargetPixels(y));

            // x ascends, so of equal costs the first wins: background, then the smaller first pixel. Fractions, not rounded costs.
            if (bestOverlap[y] == 0 || JaccardCost.CompareJaccard(overlap.Pixels, union, bestOverlap[y], bestUnion[y]) > 0)
            {
                (source[y], bestOverlap[y], bestUnion[y]) = (overlap.Source, overlap.Pixels, union);
            }
        }

        return source;
    }
}
