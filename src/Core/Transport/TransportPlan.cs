using System.Diagnostics;

namespace CellStitch.Core.Transport;

/// <summary>An optimal plan: how much mass moves along each arc and through the hub.</summary>
public sealed class TransportPlan
{
    private readonly long[] _mass;
    private readonly long[] _toHub;
    private readonly long[] _fromHub;

    /// <summary>Takes the arrays over without copying them. <see cref="OptimalityCertificate"/> checks a plan.</summary>
    /// <param name="problem">The problem that the plan solves.</param>
    /// <param name="mass">Mass per arc, in the order of <see cref="TransportProblem.Arcs"/>.</param>
    /// <param name="toHub">Mass per source that goes to the hub.</param>
    /// <param name="fromHub">Mass per target that comes from the hub.</param>
    /// <param name="potentials">Dual solution, or null from a solver that gives none.</param>
    public TransportPlan(TransportProblem problem, long[] mass, long[] toHub, long[] fromHub, DualPotentials? potentials)
    {
        Debug.Assert(
            mass.Length == problem.Arcs.Length && toHub.Length == problem.SourceMass.Length && fromHub.Length == problem.TargetMass.Length,
            "A plan has one entry per arc, source and target.");
        _mass = mass;
        _toHub = toHub;
        _fromHub = fromHub;
        Potentials = potentials;
        Cost = ObjectiveOf(problem);
    }

    /// <summary>Mass per arc, in the order of <see cref="TransportProblem.Arcs"/>.</summary>
    public ReadOnlySpan<long> Mass => _mass;

    /// <summary>Mass per source that goes to the hub: it overlaps nothing that would take it more cheaply.</summary>
    public ReadOnlySpan<long> ToHub => _toHub;

    /// <summary>Mass per target that comes from the hub.</summary>
    public ReadOnlySpan<long> FromHub => _fromHub;

    /// <summary>The objective, exactly: Σ mass · cost over the arcs and the hub. 128 bits, since pixels · 10⁹ come near 2⁶³.</summary>
    public Int128 Cost { get; }

    /// <summary>The dual solution that proves the plan optimal; null if the solver gives none.</summary>
    public DualPotentials? Potentials { get; }

    private Int128 ObjectiveOf(TransportProblem problem)
    {
        Int128 cost = 0;
        ReadOnlySpan<TransportArc> arcs = problem.Arcs;
        for (int i = 0; i < arcs.Length; i++)
        {
            cost += (Int128)_mass[i] * arcs[i].Cost;
        }

        foreach (long mass in _toHub)
        {
            cost += (Int128)mass * problem.HubCost;
        }

        return cost;
    }
}
