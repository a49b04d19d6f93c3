using CellStitch.Core.Transport;

namespace CellStitch.Core.Stitching;

/// <summary>The cost of matching two slices: C(x, y) = 1 − J(x, y), with J = n / (|x| + |y| − n) the Jaccard index.</summary>
public static class JaccardCost
{
    /// <summary>Cost 1.0 in integer units: C is rounded to 10⁻⁹, so that every sum and comparison of the transport is exact.</summary>
    public const int One = 1_000_000_000;

    /// <summary>C(x, y) in units of 10⁻⁹, rounded half up, 0 … <see cref="One"/>.</summary>
    /// <param name="overlap">n(x, y) in pixels.</param>
    /// <param name="sourcePixels">|x|.</param>
    /// <param name="targetPixels">|y|.</param>
    public static int Of(int overlap, int sourcePixels, int targetPixels)
    {
        long union = Union(overlap, sourcePixels, targetPixels);
        return (int)(((2L * One * (union - overlap)) + union) / (2 * union));
    }

    /// <summary>Compares two Jaccard indices as exact fractions: positive when the first is larger.</summary>
    /// <param name="overlap">n of the first pair.</param>
    /// <param name="union">|x ∪ y| of the first pair.</param>
    /// <param name="otherOverlap">n of the second pair.</param>
    /// <param name="otherUnion">|x ∪ y| of the second pair.</param>
    public static int CompareJaccard(int overlap, long union, int otherOverlap, long otherUnion)
    {
        // Both factors stay below 2³¹ (pixels of a layer), so the products cannot overflow.
        return (overlap * otherUnion).CompareTo(otherOverlap * union);
    }

    /// <summary>|x ∪ y| = |x| + |y| − n in pixels.</summary>
    public static long Union(int overlap, int sourcePixels, int targetPixels) => (long)sourcePixels + targetPixels - overlap;

    /// <summary>
    /// The transport problem of a layer pair: masses are areas in pixels (background included on both sides), arcs are the overlapping pairs at
    /// their cost, and every other pair, whose cost is exactly 1, goes through the hub (docs/algorithm.md, "What makes it fast").
    /// </summary>
    /// <param name="pair">The layer pair.</param>
    public static TransportProblem Problem(LayerPair pair) => Problem(pair, Arcs(pair));

    /// <summary>The arcs of the problem, one per entry of <see cref="LayerPair.Overlaps"/>.</summary>
    internal static TransportArc[] Arcs(LayerPair pair)
    {
        var arcs = new TransportArc[pair.Overlaps.Length];
        for (int i = 0; i < arcs.Length; i++)
        {
            SliceOverlap overlap = pair.Overlaps[i];
            int cost = Of(overlap.Pixels, pair.SourcePixels(overlap.Source), pair.TargetPixels(overlap.Target));
            arcs[i] = new TransportArc(overlap.Source, overlap.Target, cost);
        }

        return arcs;
    }

    internal static TransportProblem Problem(LayerPair pair, TransportArc[] arcs)
    {
        var sourceMass = new long[pair.Sources.Length + 1];
        for (int x = 0; x < sourceMass.Length; x++)
        {
            sourceMass[x] = pair.SourcePixels(x);
        }

        var targetMass = new long[pair.Targets.Length + 1];
        for (int y = 0; y < targetMass.Length; y++)
        {
            targetMass[y] = pair.TargetPixels(y);
        }

        return new TransportProblem(sourceMass, targetMass, arcs, One);
    }
}
