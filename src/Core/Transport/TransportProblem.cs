namespace CellStitch.Core.Transport;

/// <summary>One way from a source to a target.</summary>
/// <param name="Source">Index of the source.</param>
/// <param name="Target">Index of the target.</param>
/// <param name="Cost">Cost of one unit of mass; an integer, so that optimality needs no epsilon.</param>
public readonly record struct TransportArc(int Source, int Target, int Cost);

/// <summary>
/// A balanced transport problem in sparse form: arcs where sources and targets touch, and a hub for all the rest.
/// From every source to the hub one unit costs <see cref="HubCost"/>, from the hub to every target nothing.
/// </summary>
/// <remarks>
/// Equal in value to the dense problem in which every pair without an arc costs <see cref="HubCost"/>: what the arcs leave over at
/// sources and targets adds up to the same mass and can always be paired. The sparse form leaves open which of those pairs it would be.
/// </remarks>
public sealed class TransportProblem
{
    private readonly long[] _sourceMass;
    private readonly long[] _targetMass;
    private readonly TransportArc[] _arcs;

    /// <summary>Checks the parts and takes the arrays over without copying them.</summary>
    /// <param name="sourceMass">Mass per source, ≥ 0.</param>
    /// <param name="targetMass">Mass per target, ≥ 0; the same total as the sources.</param>
    /// <param name="arcs">Arcs in strictly ascending order of (source, target), costs in [0, <paramref name="hubCost"/>].</param>
    /// <param name="hubCost">Cost of one unit of mass through the hub, ≥ 0.</param>
    /// <exception cref="ArgumentException">A part breaks its rule; the message names the first place.</exception>
    public TransportProblem(long[] sourceMass, long[] targetMass, TransportArc[] arcs, int hubCost)
    {
        if (hubCost < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(hubCost), hubCost, "The hub costs less than nothing; it must cost 0 or more.");
        }

        long supply = Total(sourceMass, "source", nameof(sourceMass));
        long demand = Total(targetMass, "target", nameof(targetMass));
        if (supply != demand)
        {
            throw new ArgumentException(
                $"The sources hold {supply}, the targets {demand}; both must hold the same mass.", nameof(targetMass));
        }

        // The solvers number all nodes (sources, targets, hub) and all arcs (these and one per node) with an int.
        if ((long)sourceMass.Length + targetMass.Length + arcs.Length >= Array.MaxLength)
        {
            throw new ArgumentException(
                $"{sourceMass.Length} sources, {targetMass.Length} targets and {arcs.Length} arcs are more than {Array.MaxLength - 1} in all.",
                nameof(arcs));
        }

        CheckArcs(arcs, sourceMass.Length, targetMass.Length, hubCost);
        _sourceMass = sourceMass;
        _targetMass = targetMass;
        _arcs = arcs;
        HubCost = hubCost;
    }

    /// <summary>Mass per source, ≥ 0.</summary>
    public ReadOnlySpan<long> SourceMass => _sourceMass;

    /// <summary>Mass per target, ≥ 0; the same total as <see cref="SourceMass"/>, below 2⁶³ − 1.</summary>
    public ReadOnlySpan<long> TargetMass => _targetMass;

    /// <summary>The arcs in strictly ascending order of (source, target).</summary>
    public ReadOnlySpan<TransportArc> Arcs => _arcs;

    /// <summary>Cost of one unit of mass through the hub; no arc costs more.</summary>
    public int HubCost { get; }

    private static long Total(long[] masses, string side, string parameter)
    {
        Int128 total = 0;
        for (int i = 0; i < masses.Length; i++)
        {
            if (masses[i] < 0)
            {
                throw new ArgumentException($"Mass {masses[i]} of {side} {i} is negative.", parameter);
            }

            total += masses[i];
        }

        // long.MaxValue itself stands for "no limit yet" in the solvers.
        return total < long.MaxValue
            ? (long)total
            : throw new ArgumentException($"The {side} masses add up to {total}; they must stay below {long.MaxValue}.", parameter);
    }

    private static void CheckArcs(TransportArc[] arcs, int sources, int targets, int hubCost)
    {
        for (int i = 0; i < arcs.Length; i++)
        {
            (int source, int target, int cost) = arcs[i];
            if (source < 0 || source >= sources || target < 0 || target >= targets)
            {
                throw new ArgumentException(
                    $"Arc {i} goes from source {source} to target {target}; there are {sources} sources and {targets} targets.", nameof(arcs));
            }

            if (cost < 0 || cost > hubCost)
            {
                throw new ArgumentException($"Arc {i} costs {cost}; it must cost between 0 and the hub's {hubCost}.", nameof(arcs));
            }

            if (i > 0 && (source, target).CompareTo((arcs[i - 1].Source, arcs[i - 1].Target)) <= 0)
            {
                throw new ArgumentException(
                    $"Arc {i} ({source} → {target}) does not come after arc {i - 1} ({arcs[i - 1].Source} → {arcs[i - 1].Target}); "
                    + "arcs must ascend by source, then by target.",
                    nameof(arcs));
            }
        }
    }
}
