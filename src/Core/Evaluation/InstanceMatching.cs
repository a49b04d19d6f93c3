using Google.OrTools.Graph;

namespace CellStitch.Core.Evaluation;

/// <summary>
/// A one-to-one matching of true and predicted cells with as many pairs as possible, on pairs whose IoU reaches a threshold
/// (ALGORITHM "Evaluation": TP at t is its size). Above 1/2 there is only one; below, and for ties at exactly 1/2, cells compete.
/// </summary>
/// <param name="Pairs">
/// The matched pairs, ascending by truth. Among several largest matchings it is the one with the largest sum of IoU (each rounded to 10⁻⁹);
/// if that sum ties too, the solver's choice, which is the same on every run. No score depends on which of them it is.
/// </param>
public sealed record InstanceMatching(IReadOnlyList<InstancePair> Pairs)
{
    /// <summary>Decimal places a threshold may have: a product with a 64-bit count then stays exact in <see cref="decimal"/>.</summary>
    public const int ThresholdPlaces = 9;

    // IoU as an integer cost, in billionths.
    private const double IoUUnits = 1e9;

    /// <summary>Finds the matching.</summary>
    /// <param name="overlap">The two volumes.</param>
    /// <param name="threshold">
    /// Smallest IoU of a pair, in (0, 1], taken as the decimal it is written as: 0.55 is exactly 11/20. IoU is compared as the exact fraction
    /// of two voxel counts, never as a rounded number.
    /// </param>
    /// <param name="strict">False: a pair with IoU = threshold counts (≥, as the field's programs do). True: it does not (&gt;, as the paper says).</param>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is outside (0, 1] or has more than 9 decimal places.</exception>
    public static InstanceMatching At(InstanceOverlap overlap, decimal threshold, bool strict = false)
    {
        if (threshold is <= 0 or > 1 || threshold.Scale > ThresholdPlaces)
        {
            throw new ArgumentOutOfRangeException(
                nameof(threshold), threshold, $"must lie in (0, 1] and have at most {ThresholdPlaces} decimal places");
        }

        var certain = new List<InstancePair>();
        var contested = new List<InstancePair>();
        List<InstancePair> candidates = Candidates(overlap, threshold, strict);
        var truthRivals = new int[overlap.Truth.Length];
        var predictedRivals = new int[overlap.Predicted.Length];
        foreach (InstancePair pair in candidates)
        {
            truthRivals[pair.Truth]++;
            predictedRivals[pair.Predicted]++;
        }

        foreach (InstancePair pair in candidates)
        {
            bool alone = truthRivals[pair.Truth] == 1 && predictedRivals[pair.Predicted] == 1;
            (alone ? certain : contested).Add(pair);
        }

        certain.AddRange(Settle(overlap, contested));
        certain.Sort((a, b) => a.Truth.CompareTo(b.Truth));
        return new InstanceMatching(certain);
    }

    private static List<InstancePair> Candidates(InstanceOverlap overlap, decimal threshold, bool strict)
    {
        var candidates = new List<InstancePair>();
        foreach (InstancePair pair in overlap.Pairs)
        {
            decimal needed = threshold * overlap.Union(pair);
            if (strict ? pair.Voxels > needed : pair.Voxels >= needed)
            {
                candidates.Add(pair);
            }
        }

        return candidates;
    }

    // Largest flow source → truth → predicted → sink of unit capacities, at the smallest cost 1 − IoU per pair.
    private static IEnumerable<InstancePair> Settle(InstanceOverlap overlap, List<InstancePair> contested)
    {
        if (contested.Count == 0)
        {
            return [];
        }

        const int Source = 0;
        const int Sink = 1;
        var network = new MinCostFlow();
        var truthNodes = new Dictionary<int, int>();
        var predictedNodes = new Dictionary<int, int>();
        int nodes = Sink + 1;
        var arcs = new int[contested.Count];
        for (int i = 0; i < arcs.Length; i++)
        {
            InstancePair pair = contested[i];
            if (truthNodes.TryAdd(pair.Truth, nodes))
            {
                network.AddArcWithCapacityAndUnitCost(Source, nodes++, 1, 0);
            }

            if (predictedNodes.TryAdd(pair.Predicted, nodes))
            {
                network.AddArcWithCapacityAndUnitCost(nodes++, Sink, 1, 0);
            }

            double iou = (double)pair.Voxels / overlap.Union(pair);
            arcs[i] = network.AddArcWithCapacityAndUnitCost(
                truthNodes[pair.Truth], predictedNodes[pair.Predicted], 1, (long)Math.Round(IoUUnits * (1 - iou)));
        }

        long most = Math.Min(truthNodes.Count, predictedNodes.Count);
        network.SetNodeSupply(Source, most);
        network.SetNodeSupply(Sink, -most);
        MinCostFlow.Status status = network.SolveMaxFlowWithMinCost();
        if (status != MinCostFlow.Status.OPTIMAL)
        {
            throw new InvalidOperationException($"The matching of {arcs.Length} contested pairs ended with {status}.");
        }

        return contested.Where((_, i) => network.Flow(arcs[i]) == 1);
    }
}
