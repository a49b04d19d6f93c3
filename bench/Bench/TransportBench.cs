using System.Diagnostics;
using System.Globalization;
using CellStitch.Core.Tests.Transport;
using CellStitch.Core.Transport;

namespace CellStitch.Bench;

/// <summary>`transport`: both exact solvers on the same ladder of drifted Voronoi layers, medians and best times of one run.</summary>
internal static class TransportBench
{
    // Cells of about 14 × 14 pixels, the size at which a layer of 20,000 still fits 2,048 × 2,048.
    private const int Pitch = 14;
    private const int Runs = 7;

    // The runtime recompiles a method optimised after 30 calls, in the background.
    private const int WarmUpRuns = 200;

    private static readonly int[] CellsPerLayer = [500, 1000, 2000, 5000, 10_000, 20_000];

    public static void Run(TextWriter output)
    {
        TransportProblem warmUp = VoronoiTransport.Create(CellsPerLayer[0], Pitch, walls: true, seed: 0);
        for (int run = 0; run < WarmUpRuns; run++)
        {
            HubNetworkSimplex.Solve(warmUp);
            OrToolsMinCostFlow.Solve(warmUp);
        }

        output.WriteLine("Medians (best) of one run:");
        output.WriteLine();
        output.WriteLine("| layers | cells/layer | arcs | simplex ms | OR-Tools ms | OR-Tools / simplex |");
        output.WriteLine("|---|---|---|---|---|---|");
        foreach (bool walls in (bool[])[false, true])
        {
            foreach (int cells in CellsPerLayer)
            {
                output.WriteLine(Row(cells, walls));
            }
        }
    }

    private static string Row(int cells, bool walls)
    {
        TransportProblem problem = VoronoiTransport.Create(cells, Pitch, walls, seed: cells);
        var simplexMs = new double[Runs];
        var orToolsMs = new double[Runs];
        for (int run = 0; run < Runs; run++)
        {
            // In turns, so that a busy moment of the machine hits both.
            (simplexMs[run], TransportPlan simplex) = Time(HubNetworkSimplex.Solve, problem);
            (orToolsMs[run], TransportPlan orTools) = Time(OrToolsMinCostFlow.Solve, problem);
            if (simplex.Cost != orTools.Cost)
            {
                throw new InvalidOperationException($"{cells} cells: simplex costs {simplex.Cost}, OR-Tools {orTools.Cost}.");
            }
        }

        Array.Sort(simplexMs);
        Array.Sort(orToolsMs);
        (double ours, double theirs) = (simplexMs[Runs / 2], orToolsMs[Runs / 2]);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {(walls ? "walls" : "packed")} | {cells} | {problem.Arcs.Length} | {ours:F2} ({simplexMs[0]:F2}) "
            + $"| {theirs:F1} ({orToolsMs[0]:F1}) | {theirs / ours:F0} ({orToolsMs[0] / simplexMs[0]:F0}) |");
    }

    private static (double Ms, TransportPlan Plan) Time(Func<TransportProblem, TransportPlan> solve, TransportProblem problem)
    {
        long start = Stopwatch.GetTimestamp();
        TransportPlan plan = solve(problem);
        return (Stopwatch.GetElapsedTime(start).TotalMilliseconds, plan);
    }
}
