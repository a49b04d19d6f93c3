using Google.OrTools.Graph;

namespace CellStitch.Core.Transport;

/// <summary>
/// The transport problem solved by OR-Tools' cost-scaling push-relabel code (Goldberg, "An efficient implementation of a scaling
/// minimum-cost flow algorithm", Journal of Algorithms 22, 1997). An independent second opinion on <see cref="HubNetworkSimplex"/>.
/// </summary>
public static class OrToolsMinCostFlow
{
    /// <summary>Solves the problem exactly; the same problem always gives the same plan.</summary>
    /// <param name="problem">A checked problem.</param>
    /// <returns>An optimal plan without dual potentials, which the library does not hand out.</returns>
    /// <exception cref="InvalidOperationException">OR-Tools does not end with status OPTIMAL, for example on masses near 2⁶³.</exception>
    public static TransportPlan Solve(TransportProblem problem)
    {
        ReadOnlySpan<long> sourceMass = problem.SourceMass;
        ReadOnlySpan<long> targetMass = problem.TargetMass;
        ReadOnlySpan<TransportArc> arcs = problem.Arcs;
        int firstTarget = sourceMass.Length;
        int hub = firstTarget + targetMass.Length;

        // Arc numbers are handed out in order: the problem's arcs, source → hub, hub → target.
        using var flow = new MinCostFlow(hub + 1, arcs.Length + hub);
        foreach (TransportArc arc in arcs)
        {
            long capacity = Math.Min(sourceMass[arc.Source], targetMass[arc.Target]);
            flow.AddArcWithCapacityAndUnitCost(arc.Source, firstTarget + arc.Target, capacity, arc.Cost);
        }

        for (int x = 0; x < sourceMass.Length; x++)
        {
            flow.AddArcWithCapacityAndUnitCost(x, hub, sourceMass[x], problem.HubCost);
            flow.SetNodeSupply(x, sourceMass[x]);
        }

        for (int y = 0; y < targetMass.Length; y++)
        {
            flow.AddArcWithCapacityAndUnitCost(hub, firstTarget + y, targetMass[y], 0);
            flow.SetNodeSupply(firstTarget + y, -targetMass[y]);
        }

        MinCostFlowBase.Status status = flow.Solve();
        if (status != MinCostFlowBase.Status.OPTIMAL)
        {
            throw new InvalidOperationException($"OR-Tools' MinCostFlow found no plan: it ended with {status} instead of OPTIMAL.");
        }

        long[] mass = Flows(flow, 0, arcs.Length);
        long[] toHub = Flows(flow, arcs.Length, sourceMass.Length);
        long[] fromHub = Flows(flow, arcs.Length + sourceMass.Length, targetMass.Length);
        return new TransportPlan(problem, mass, toHub, fromHub, potentials: null);
    }

    private static long[] Flows(MinCostFlow flow, int first, int count)
    {
        var flows = new long[count];
        for (int i = 0; i < count; i++)
        {
            flows[i] = flow.Flow(first + i);
        }

        return flows;
    }
}
