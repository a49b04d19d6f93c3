using CellStitch.Core.Transport;

namespace CellStitch.Core.Tests.Transport;

public sealed class PlanarTransportTests
{
    public static TheoryData<string> Families => ["cloud", "line", "one source", "one target", "same points", "ring", "rotated ring", "shuffled ring", "huge"];

    [Theory]
    [MemberData(nameof(Families))]
    public void Solve_RandomPoints_CostsWhatOrToolsFindsAndProvesIt(string family)
    {
        for (int seed = 0; seed < 25; seed++)
        {
            (PlanePoint[] sources, PlanePoint[] targets) = Create(family, seed);
            var problem = Dense(sources, targets);
            Int128 expected = OrToolsMinCostFlow.Solve(problem).Cost;

            foreach (RowScan scan in Enum.GetValues<RowScan>())
            {
                PlanarPlan plan = PlanarTransport.Solve(sources, targets, scan);

                Assert.True(expected == plan.Cost, $"{family} {seed} {scan}: {plan.Cost}, OR-Tools {expected}");
                Assert.Null(OptimalityCertificate.FindViolation(problem, AsPlan(problem, plan)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Solve_EitherScan_GivesTheSamePlan(string family)
    {
        (PlanePoint[] sources, PlanePoint[] targets) = Create(family, 3);

        PlanarPlan vector = PlanarTransport.Solve(sources, targets);
        PlanarPlan plain = PlanarTransport.Solve(sources, targets, RowScan.Plain);

        Assert.Equal(plain.Moves, vector.Moves);
    }

    [Theory]
    [InlineData(50, 400)]
    [InlineData(100, 200)]
    [InlineData(200, 200)]
    [InlineData(400, 400)]
    public void Solve_Contours_CostWhatTheNetworkSimplexFinds(int n, int m)
    {
        PlanePoint[] sources = ContourPoints.Ring(n, turned: 0);
        PlanePoint[] targets = ContourPoints.Ring(m, turned: 0.37);

        PlanarPlan plan = PlanarTransport.Solve(sources, targets);

        TransportProblem problem = Dense(sources, targets);
        Assert.Equal(HubNetworkSimplex.Solve(problem).Cost, plan.Cost);
        Assert.Null(OptimalityCertificate.FindViolation(problem, AsPlan(problem, plan)));
    }

    [Fact]
    public void Solve_SamePoints_MovesNothing()
    {
        PlanePoint[] ring = ContourPoints.Ring(120, turned: 0);

        PlanarPlan plan = PlanarTransport.Solve(ring, ring);

        Assert.Equal(0, plan.Cost);
        Assert.All(plan.Moves, move => Assert.Equal(move.Source, move.Target));
    }

    /// <summary>The same problem with all its arcs written down; the hub is too dear to be used.</summary>
    internal static TransportProblem Dense(PlanePoint[] sources, PlanePoint[] targets)
    {
        long divisor = (long)System.Numerics.BigInteger.GreatestCommonDivisor(sources.Length, targets.Length);
        long[] sourceMass = [.. Enumerable.Repeat(targets.Length / divisor, sources.Length)];
        long[] targetMass = [.. Enumerable.Repeat(sources.Length / divisor, targets.Length)];
        TransportArc[] arcs =
        [
            .. from source in Enumerable.Range(0, sources.Length)
               from target in Enumerable.Range(0, targets.Length)
               select new TransportArc(source, target, (int)sources[source].SquaredDistanceTo(targets[target])),
        ];
        return new TransportProblem(sourceMass, targetMass, arcs, int.MaxValue);
    }

    private static TransportPlan AsPlan(TransportProblem problem, PlanarPlan plan)
    {
        int targets = problem.TargetMass.Length;
        var mass = new long[problem.Arcs.Length];
        foreach (PlanarMove move in plan.Moves)
        {
            mass[(move.Source * targets) + move.Target] = move.Mass;
        }

        // All potentials may be shifted; the certificate's hub has potential 0 and wants the targets at 0 or above.
        long shift = plan.Potentials.Target.ToArray().Min();
        var potentials = new DualPotentials(
            [.. plan.Potentials.Source.ToArray().Select(p => p - shift)], [.. plan.Potentials.Target.ToArray().Select(p => p - shift)]);
        return new TransportPlan(problem, mass, new long[problem.SourceMass.Length], new long[targets], potentials);
    }

    private static (PlanePoint[] Sources, PlanePoint[] Targets) Create(string family, int seed)
    {
        var random = new Random(seed);
        int n = family == "one source" ? 1 : random.Next(1, 60);
        int m = family == "one target" ? 1 : random.Next(1, 60);
        switch (family)
        {
            case "ring":
                return (ContourPoints.Ring(n + 8, 0), ContourPoints.Ring(m + 8, 0));
            case "rotated ring":
                return (ContourPoints.Ring(n + 8, 0), ContourPoints.Ring(m + 8, random.NextDouble()));
            case "shuffled ring":
                PlanePoint[] shuffled = ContourPoints.Ring(m + 8, 0.5);
                random.Shuffle(shuffled);
                return (ContourPoints.Ring(n + 8, 0), shuffled);
            default:
                // "huge": potentials pass 32 bits, so the vector scan must step aside.
                int size = family switch { "huge" => 16_000, "same points" => 2, _ => 40 };
                return (Cloud(random, n, size, family == "line"), Cloud(random, m, size, family == "line"));
        }
    }

    private static PlanePoint[] Cloud(Random random, int count, int size, bool line) =>
        [.. Enumerable.Range(0, count).Select(_ => new PlanePoint(random.Next(size), line ? 3 : random.Next(size)))];
}
