using CellStitch.Core.Transport;

namespace CellStitch.Core.Tests.Transport;

/// <summary>The third opinion: unit by unit along Bellman-Ford's cheapest residual path. Slow, obvious, on its own.</summary>
internal static class SuccessiveShortestPaths
{
    public static long Cost(TransportProblem problem)
    {
        int sources = problem.SourceMass.Length;
        int hub = sources + problem.TargetMass.Length;
        var arcs = new List<(int From, int To, long Cost)>();
        foreach (TransportArc arc in problem.Arcs)
        {
            arcs.Add((arc.Source, sources + arc.Target, arc.Cost));
        }

        arcs.AddRange(Enumerable.Range(0, hub).Select(i => i < sources ? (i, hub, (long)problem.HubCost) : (hub, i, 0L)));
        var flow = new long[arcs.Count];
        long[] supply = [.. problem.SourceMass];
        long[] demand = [.. problem.TargetMass];
        while (Array.FindIndex(supply, mass => mass > 0) is var start and >= 0)
        {
            SendOne(start, arcs, flow, supply, demand, sources, hub);
        }

        return arcs.Select((arc, i) => arc.Cost * flow[i]).Sum();
    }

    private static void SendOne(
        int start, List<(int From, int To, long Cost)> arcs, long[] flow, long[] supply, long[] demand, int sources, int hub)
    {
        const long Far = long.MaxValue / 4;
        var distance = new long[hub + 1];
        var arrival = new (int From, int Arc, int Step)[hub + 1];
        Array.Fill(distance, Far);
        distance[start] = 0;
        for (int round = 0; round <= hub; round++)
        {
            for (int i = 0; i < arcs.Count; i++)
            {
                (int from, int to, long cost) = arcs[i];
                if (distance[from] < Far && distance[from] + cost < distance[to])
                {
                    (distance[to], arrival[to]) = (distance[from] + cost, (from, i, 1));
                }

                if (flow[i] > 0 && distance[to] < Far && distance[to] - cost < distance[from])
                {
                    (distance[from], arrival[from]) = (distance[to] - cost, (to, i, -1));
                }
            }
        }

        int end = Enumerable.Range(0, demand.Length).Where(y => demand[y] > 0).MinBy(y => distance[sources + y]);
        supply[start]--;
        demand[end]--;
        for (int node = sources + end; node != start; node = arrival[node].From)
        {
            flow[arrival[node].Arc] += arrival[node].Step;
        }
    }
}
