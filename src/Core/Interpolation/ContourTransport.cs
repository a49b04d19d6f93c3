using CellStitch.Core.Transport;

namespace CellStitch.Core.Interpolation;

/// <summary>The optimal plan between the contours of two slices of a cell ("Contour transport" in <c>docs/algorithm.md</c>).</summary>
internal static class ContourTransport
{
    /// <summary>Solves in an order that does not depend on which slice is called the source, so that both directions use one plan.</summary>
    /// <returns>The plan from source to target.</returns>
    public static PlanarPlan Between(Contour source, Contour target)
    {
        if (Compare(source.Points, target.Points) <= 0)
        {
            return PlanarTransport.Solve(source.Points, target.Points);
        }

        PlanarPlan plan = PlanarTransport.Solve(target.Points, source.Points);
        PlanarMove[] moves = [.. plan.Moves.Select(move => new PlanarMove(move.Target, move.Source, move.Mass))];
        return plan with
        {
            SourceMass = plan.TargetMass,
            TargetMass = plan.SourceMass,
            Moves = moves,
            Potentials = new DualPotentials(
                [.. plan.Potentials.Target.ToArray().Select(p => -p)], [.. plan.Potentials.Source.ToArray().Select(p => -p)]),
        };
    }

    private static int Compare(PlanePoint[] a, PlanePoint[] b)
    {
        if (a.Length != b.Length)
        {
            return a.Length.CompareTo(b.Length);
        }

        for (int i = 0; i < a.Length; i++)
        {
            if (a[i] != b[i])
            {
                return (a[i].Y, a[i].X).CompareTo((b[i].Y, b[i].X));
            }
        }

        return 0;
    }
}
