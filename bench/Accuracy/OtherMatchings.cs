using CellStitch.Core.Stitching;
using CellStitch.Core.Transport;
using CellStitch.Core.Volumes;

namespace CellStitch.Accuracy;

/// <summary>What the paper argues against: profile <c>paper</c> with another matching of neighbouring layers; votes and final pass stay.</summary>
internal static class OtherMatchings
{
    /// <summary>Each source traces to what it overlaps most, instead of to where the plan moves it.</summary>
    public static int[] LargestOverlap(LayerPair pair)
    {
        var trace = new int[pair.Sources.Length + 1];
        var largest = new int[trace.Length];
        Array.Fill(trace, CellTrace.Nowhere);
        for (int i = 0; i < pair.Overlaps.Length; i++)
        {
            SliceOverlap overlap = pair.Overlaps[i];
            if (overlap.Pixels > largest[overlap.Source])
            {
                (largest[overlap.Source], trace[overlap.Source]) = (overlap.Pixels, i);
            }
        }

        return CellTrace.Sources(pair, trace);
    }

    /// <summary>
    /// Transport and trace as in the method, by the distance of centroids over the sum of the radii of discs of equal areas (at most 1) instead of 1 − J.
    /// Background has no centroid: it keeps 1 − J.
    /// </summary>
    /// <param name="xy">The XY masks.</param>
    public static Func<LayerPair, int, int, int[]> ByCentroids(LabelVolume xy)
    {
        Dictionary<uint, (double Y, double X)>[] centroids = [.. Enumerable.Range(0, xy.Shape.Depth).Select(z => Centroids(xy, z))];
        return (pair, source, target) =>
        {
            TransportArc[] arcs = JaccardCost.Arcs(pair);
            for (int i = 0; i < arcs.Length; i++)
            {
                SliceOverlap overlap = pair.Overlaps[i];
                if (overlap.Source != 0 && overlap.Target != 0)
                {
                    (CellSlice x, CellSlice y) = (pair.Sources[overlap.Source - 1], pair.Targets[overlap.Target - 1]);
                    arcs[i] = arcs[i] with { Cost = Cost(x, centroids[source][x.Label], y, centroids[target][y.Label]) };
                }
            }

            int[] trace = CellTrace.Targets(pair, HubNetworkSimplex.Solve(JaccardCost.Problem(pair, arcs)));
            var sources = new int[pair.Targets.Length + 1];
            var least = new int[sources.Length];
            Array.Fill(least, int.MaxValue);
            foreach (int i in trace.Where(i => i != CellTrace.Nowhere))
            {
                int y = pair.Overlaps[i].Target;
                if (arcs[i].Cost < least[y])
                {
                    (least[y], sources[y]) = (arcs[i].Cost, pair.Overlaps[i].Source);
                }
            }

            return sources;
        };
    }

    private static int Cost(CellSlice x, (double Y, double X) from, CellSlice y, (double Y, double X) to)
    {
        double distance = Math.Sqrt(((from.Y - to.Y) * (from.Y - to.Y)) + ((from.X - to.X) * (from.X - to.X)));
        double radii = Math.Sqrt(x.Pixels / Math.PI) + Math.Sqrt(y.Pixels / Math.PI);
        return (int)Math.Round(JaccardCost.One * Math.Min(1, distance / radii));
    }

    private static Dictionary<uint, (double Y, double X)> Centroids(LabelVolume xy, int z)
    {
        var sums = new Dictionary<uint, (long Y, long X, long Pixels)>();
        for (int i = 0; i < xy.Shape.LayerPixels; i++)
        {
            uint label = xy.Layer(z)[i];
            (long y, long x, long pixels) = sums.GetValueOrDefault(label);
            sums[label] = (y + (i / xy.Shape.Width), x + (i % xy.Shape.Width), pixels + 1);
        }

        return sums.ToDictionary(sum => sum.Key, sum => (sum.Value.Y / (double)sum.Value.Pixels, sum.Value.X / (double)sum.Value.Pixels));
    }
}
