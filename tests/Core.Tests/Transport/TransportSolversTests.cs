using CellStitch.Core.Transport;

namespace CellStitch.Core.Tests.Transport;

/// <summary>What both solvers promise: exact plans, the same cost, a proof, the same plan each time.</summary>
public sealed class TransportSolversTests
{
    private static readonly Func<TransportProblem, TransportPlan>[] Solvers = [HubNetworkSimplex.Solve, OrToolsMinCostFlow.Solve];

    // Hub cost 10 throughout; every plan is the only optimal one.
    public static TheoryData<string, long[], long[], TransportArc[], long[], long[], long[], int> ByHand => new()
    {
        { "nothing at all", [], [], [], [], [], [], 0 },
        { "one pair", [4], [4], [new(0, 0, 3)], [4], [0], [0], 12 },
        { "no arcs: all through the hub", [2, 3], [1, 4], [], [], [2, 3], [1, 4], 50 },
        { "only massless bins", [0, 0], [0], [new(0, 0, 1), new(1, 0, 2)], [0, 0], [0, 0], [0], 0 },
        { "one target takes the cheaper source first", [5, 5], [6, 4], [new(0, 0, 4), new(1, 0, 3)], [1, 5], [4, 0], [0, 4], 59 },
        {
            "two cells swap for the sum, not for the best pair",
            [3, 3], [3, 3], [new(0, 0, 1), new(0, 1, 2), new(1, 0, 3), new(1, 1, 9)],
            [0, 3, 3, 0], [0, 0], [0, 0], 15
        },
        {
            "an arc as dear as detour and hub stays unused",
            [3, 2], [3, 2], [new(0, 0, 0), new(0, 1, 1), new(1, 0, 10)],
            [3, 0, 0], [0, 2], [0, 2], 20
        },
        { "a massless target beside a cheap arc", [2], [0, 2], [new(0, 0, 0), new(0, 1, 7)], [0, 2], [0], [0, 0], 14 },
        { "a massless source beside a cheap arc", [0, 2], [2], [new(0, 0, 0), new(1, 0, 7)], [0, 2], [0, 0], [0], 14 },
        {
            "a chain: each shift frees the next target",
            [2, 2, 2], [2, 2, 2], [new(0, 0, 6), new(1, 0, 1), new(1, 1, 2), new(2, 1, 1), new(2, 2, 2)],
            [2, 0, 2, 0, 2], [0, 0, 0], [0, 0, 0], 20
        },
    };

    [Theory]
    [MemberData(nameof(ByHand))]
    public void Solvers_TinyProblem_GiveThePlanDoneByHand(
        string name, long[] source, long[] target, TransportArc[] arcs, long[] mass, long[] toHub, long[] fromHub, int cost)
    {
        var problem = new TransportProblem(source, target, arcs, hubCost: 10);

        foreach (Func<TransportProblem, TransportPlan> solve in Solvers)
        {
            TransportPlan plan = solve(problem);

            Assert.Equal(mass, plan.Mass.ToArray());
            Assert.Equal(toHub, plan.ToHub.ToArray());
            Assert.Equal(fromHub, plan.FromHub.ToArray());
            Assert.True(cost == plan.Cost, $"{name}: cost {plan.Cost} instead of {cost}");
        }
    }

    [Theory]
    [MemberData(nameof(RandomTransport.Families), MemberType = typeof(RandomTransport))]
    public void Solvers_RandomProblems_AgreeWithTheOracleAndProveIt(string family)
    {
        for (int seed = 0; seed < 60; seed++)
        {
            TransportProblem problem = RandomTransport.Create(family, seed);
            long expected = SuccessiveShortestPaths.Cost(problem);
            foreach (Func<TransportProblem, TransportPlan> solve in Solvers)
            {
                TransportPlan plan = solve(problem);

                Assert.True(expected == plan.Cost, $"{family} {seed}: {solve.Method.DeclaringType!.Name} {plan.Cost}, oracle {expected}");
                Assert.Null(OptimalityCertificate.FindViolation(problem, plan));
            }
        }
    }

    [Theory]
    [InlineData(100, false)]
    [InlineData(100, true)]
    [InlineData(900, false)]
    [InlineData(900, true)]
    public void Solvers_DriftedVoronoiLayers_AgreeAndProveIt(int cells, bool walls)
    {
        TransportProblem problem = VoronoiTransport.Create(cells, pitch: 12, walls, seed: 7);

        TransportPlan simplex = HubNetworkSimplex.Solve(problem);
        TransportPlan orTools = OrToolsMinCostFlow.Solve(problem);

        Assert.Equal(simplex.Cost, orTools.Cost);
        Assert.Null(OptimalityCertificate.FindViolation(problem, simplex));
        Assert.Null(OptimalityCertificate.FindViolation(problem, orTools));
    }

    [Fact]
    public void Solvers_ManyAtOnce_GiveTheSamePlan()
    {
        TransportProblem problem = VoronoiTransport.Create(400, pitch: 8, walls: true, seed: 3);
        foreach (Func<TransportProblem, TransportPlan> solve in Solvers)
        {
            long[] alone = solve(problem).Mass.ToArray();
            long[][] together = [.. ParallelEnumerable.Range(0, 64).WithDegreeOfParallelism(8).Select(_ => solve(problem).Mass.ToArray())];

            Assert.All(together, mass => Assert.Equal(alone, mass));
        }
    }

    [Theory]
    [MemberData(nameof(RandomTransport.Families), MemberType = typeof(RandomTransport))]
    public void Solvers_PermutedProblem_CostTheSame(string family)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            TransportProblem problem = RandomTransport.Create(family, seed);
            TransportProblem permuted = RandomTransport.Permute(problem, seed);

            Assert.All(Solvers, solve => Assert.Equal(solve(problem).Cost, solve(permuted).Cost));
        }
    }

    [Fact]
    public void Simplex_LargestMassesAndCosts_StayExact()
    {
        long half = long.MaxValue / 2;
        var problem = new TransportProblem([half, half], [half, half], [new(0, 0, int.MaxValue - 1), new(1, 0, 1)], int.MaxValue);

        TransportPlan plan = HubNetworkSimplex.Solve(problem);

        Assert.Equal(half * ((Int128)int.MaxValue + 1), plan.Cost);
        Assert.Null(OptimalityCertificate.FindViolation(problem, plan));
    }

    [Fact]
    public void OrTools_MassesBeyondItsRange_ThrowsWithItsStatus()
    {
        long half = long.MaxValue / 2;
        var problem = new TransportProblem([half, half], [half, half], [new(0, 0, 1), new(0, 1, 1)], int.MaxValue);

        var error = Assert.Throws<InvalidOperationException>(() => OrToolsMinCostFlow.Solve(problem));

        Assert.Contains("instead of OPTIMAL", error.Message, StringComparison.Ordinal);
    }
}
