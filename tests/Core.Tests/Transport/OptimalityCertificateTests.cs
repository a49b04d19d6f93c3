using CellStitch.Core.Transport;

namespace CellStitch.Core.Tests.Transport;

public sealed class OptimalityCertificateTests
{
    // Optimal: 0 → 1 and 1 → 0, cost 2 · (2 + 3) = 10.
    private static readonly TransportProblem Problem =
        new([2, 2], [2, 2], [new(0, 0, 1), new(0, 1, 2), new(1, 0, 3), new(1, 1, 9)], hubCost: 10);

    private const string NegativeCycle =
        "The residual network has a cycle of negative cost: the plan is feasible, but a cheaper one exists.";

    public static TheoryData<long[], long[], long[], string> Wrong => new()
    {
        { [0, 2, 1, 0], [0, 0], [0, 0], "Source 1 sends 1; its mass is 2." },
        { [0, 1, 2, 0], [1, 0], [0, 0], "Target 1 receives 1; its mass is 2." },
        { [-1, 3, 3, -1], [0, 0], [0, 0], "Arc 0 carries -1." },
        { [0, 3, 2, 0], [-1, 0], [0, -1], "Source 0 sends -1 through the hub." },
        { [2, 0, 0, 2], [0, 0], [0, 0], NegativeCycle },
        { [0, 1, 2, 0], [1, 0], [0, 1], NegativeCycle },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Certificate_WrongPlan_NamesTheViolation(long[] mass, long[] toHub, long[] fromHub, string violation)
    {
        var plan = new TransportPlan(Problem, mass, toHub, fromHub, potentials: null);

        Assert.Equal(violation, OptimalityCertificate.FindViolation(Problem, plan));
    }

    [Fact]
    public void Certificate_OptimalPlanWithoutPotentials_FindsThem()
    {
        var plan = new TransportPlan(Problem, [0, 2, 2, 0], [0, 0], [0, 0], potentials: null);

        Assert.Null(OptimalityCertificate.FindViolation(Problem, plan));
    }

    [Theory]
    [InlineData(5, 3, 0, 3, "Arc 0 carries 0 at reduced cost -4.")]
    [InlineData(0, 3, 0, 0, "Arc 1 carries 2 at reduced cost 2.")]
    [InlineData(12, 14, 11, 10, "Source 0 sends 0 to the hub at reduced cost -2.")]
    [InlineData(1, 3, 0, -1, "Target 1 receives 0 from the hub at reduced cost -1.")]
    public void Certificate_PotentialsThatProveNothing_NamesWhereTheyFail(long x0, long x1, long y0, long y1, string violation)
    {
        var plan = new TransportPlan(Problem, [0, 2, 2, 0], [0, 0], [0, 0], new DualPotentials([x0, x1], [y0, y1]));

        Assert.Equal(violation, OptimalityCertificate.FindViolation(Problem, plan));
    }
}
