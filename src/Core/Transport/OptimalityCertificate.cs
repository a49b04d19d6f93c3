namespace CellStitch.Core.Transport;

/// <summary>
/// Proves a plan feasible and optimal with integers alone: marginals, then reduced costs and complementary slackness
/// (Ahuja, Magnanti and Orlin, "Network Flows", 1993, theorems 9.3 and 9.4).
/// </summary>
public static class OptimalityCertificate
{
    /// <summary>Looks for a reason why the plan is not an optimal plan of the problem.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="plan">A plan; where it brings no potentials, they are searched in its residual network, in O(nodes · arcs).</param>
    /// <returns>The first violation as a sentence; null if the plan is proved optimal.</returns>
    public static string? FindViolation(TransportProblem problem, TransportPlan plan)
    {
        if (FindMarginalViolation(problem, plan) is string infeasible)
        {
            return infeasible;
        }

        return (plan.Potentials ?? FindPotentials(problem, plan)) is DualPotentials potentials
            ? FindSlacknessViolation(problem, plan, potentials)
            : "The residual network has a cycle of negative cost: the plan is feasible, but a cheaper one exists.";
    }

    private static string? FindMarginalViolation(TransportProblem problem, TransportPlan plan)
    {
        Int128[] sent = Array.ConvertAll(plan.ToHub.ToArray(), mass => (Int128)mass);
        Int128[] received = Array.ConvertAll(plan.FromHub.ToArray(), mass => (Int128)mass);
        for (int i = 0; i < plan.Mass.Length; i++)
        {
            if (plan.Mass[i] < 0)
            {
                return $"Arc {i} carries {plan.Mass[i]}.";
            }

            sent[problem.Arcs[i].Source] += plan.Mass[i];
            received[problem.Arcs[i].Target] += plan.Mass[i];
        }

        return FindSideViolation("Source", "sends", problem.SourceMass, sent, plan.ToHub)
            ?? FindSideViolation("Target", "receives", problem.TargetMass, received, plan.FromHub);
    }

    private static string? FindSideViolation(
        string side, string verb, ReadOnlySpan<long> masses, Int128[] moved, ReadOnlySpan<long> throughHub)
    {
        for (int i = 0; i < masses.Length; i++)
        {
            if (throughHub[i] < 0)
            {
                return $"{side} {i} {verb} {throughHub[i]} through the hub.";
            }

            if (moved[i] != masses[i])
            {
                return $"{side} {i} {verb} {moved[i]}; its mass is {masses[i]}.";
            }
        }

        return null;
    }

    private static string? FindSlacknessViolation(TransportProblem problem, TransportPlan plan, DualPotentials potentials)
    {
        for (int i = 0; i < plan.Mass.Length; i++)
        {
            (int source, int target, int cost) = problem.Arcs[i];
            long reduced = cost - potentials.Source[source] + potentials.Target[target];
            if (Violates(reduced, plan.Mass[i]))
            {
                return $"Arc {i} carries {plan.Mass[i]} at reduced cost {reduced}.";
            }
        }

        for (int x = 0; x < plan.ToHub.Length; x++)
        {
            long reduced = problem.HubCost - potentials.Source[x];
            if (Violates(reduced, plan.ToHub[x]))
            {
                return $"Source {x} sends {plan.ToHub[x]} to the hub at reduced cost {reduced}.";
            }
        }

        for (int y = 0; y < plan.FromHub.Length; y++)
        {
            if (Violates(potentials.Target[y], plan.FromHub[y]))
            {
                return $"Target {y} receives {plan.FromHub[y]} from the hub at reduced cost {potentials.Target[y]}.";
            }
        }

        return null;
    }

    private static bool Violates(long reducedCost, long mass) => reducedCost < 0 || (reducedCost > 0 && mass > 0);

    /// <summary>Bellman and Ford's shortest distances in the residual network; null if a negative cycle leaves none.</summary>
    private static DualPotentials? FindPotentials(TransportProblem problem, TransportPlan plan)
    {
        // π is the distance from a node to the hub. A way along an arc is open always, the way back only where mass can be taken back.
        // From any start the distances settle within one round per node, unless a negative cycle keeps shortening them.
        var source = new long[problem.SourceMass.Length];
        var target = new long[problem.TargetMass.Length];
        Array.Fill(source, problem.HubCost);
        long hub = 0;
        for (int round = 0; round <= source.Length + target.Length + 1; round++)
        {
            if (!Relax(problem, plan, source, target, ref hub))
            {
                return new DualPotentials(Array.ConvertAll(source, d => d - hub), Array.ConvertAll(target, d => d - hub));
            }
        }

        return null;
    }

    private static bool Relax(TransportProblem problem, TransportPlan plan, long[] source, long[] target, ref long hub)
    {
        bool changed = false;
        for (int i = 0; i < plan.Mass.Length; i++)
        {
            (int x, int y, int cost) = problem.Arcs[i];
            changed |= Shorten(ref source[x], target[y] + cost);
            changed |= plan.Mass[i] > 0 && Shorten(ref target[y], source[x] - cost);
        }

        for (int x = 0; x < source.Length; x++)
        {
            changed |= Shorten(ref source[x], hub + problem.HubCost);
            changed |= plan.ToHub[x] > 0 && Shorten(ref hub, source[x] - problem.HubCost);
        }

        for (int y = 0; y < target.Length; y++)
        {
            changed |= Shorten(ref hub, target[y]);
            changed |= plan.FromHub[y] > 0 && Shorten(ref target[y], hub);
        }

        return changed;
    }

    private static bool Shorten(ref long distance, long candidate)
    {
        bool shorter = candidate < distance;
        distance = shorter ? candidate : distance;
        return shorter;
    }
}
