using CellStitch.Core.Transport;

namespace CellStitch.Core.Interpolation;

/// <summary>
/// How a slice moves on its way to the other one: the affine map that comes nearest, in the mean square over all mass of the plan, to where the plan takes the contour.
/// </summary>
/// <param name="FromY">Centre of the own contour.</param>
/// <param name="FromX">Centre of the own contour.</param>
/// <param name="ToY">Centre of the other contour.</param>
/// <param name="ToX">Centre of the other contour.</param>
/// <param name="YY">The linear part: y from y.</param>
/// <param name="YX">y from x.</param>
/// <param name="XY">x from y.</param>
/// <param name="XX">x from x.</param>
internal readonly record struct SliceMotion(double FromY, double FromX, double ToY, double ToX, double YY, double YX, double XY, double XX)
{
    // A map that stretches or squeezes the slice more than this is a sign of slices that are no images of each other (pieces that join, a cut-off part).
    private const double LargestStretch = 2;

    /// <summary>No motion at all.</summary>
    public static SliceMotion None => new(0, 0, 0, 0, 1, 0, 0, 1);

    public static (SliceMotion Source, SliceMotion Target) Of(Contour source, Contour target)
    {
        PlanarPlan plan = ContourTransport.Between(source, target);
        return (Fit(source.Points, target.Points, plan.Moves, reversed: false), Fit(target.Points, source.Points, plan.Moves, reversed: true));
    }

    private static SliceMotion Fit(PlanePoint[] own, PlanePoint[] other, PlanarMove[] moves, bool reversed)
    {
        // Coordinates relative to a pixel near the contour keep all sums exact integers in a double.
        PlanePoint origin = own[0];
        (double fromY, double fromX) = Mean(own, origin);
        (double toY, double toX) = Mean(other, origin);
        double total = 0;
        (double pyy, double pyx, double pxx) = (0, 0, 0);
        (double qyy, double qyx, double qxy, double qxx) = (0, 0, 0, 0);
        foreach (PlanarMove move in moves)
        {
            (int i, int j) = reversed ? (move.Target, move.Source) : (move.Source, move.Target);
            (double py, double px) = (own[i].Y - origin.Y - fromY, own[i].X - origin.X - fromX);
            (double qy, double qx) = (other[j].Y - origin.Y - toY, other[j].X - origin.X - toX);
            total += move.Mass;
            pyy += move.Mass * (py * py);
            pyx += move.Mass * (py * px);
            pxx += move.Mass * (px * px);
            qyy += move.Mass * (qy * py);
            qyx += move.Mass * (qy * px);
            qxy += move.Mass * (qx * py);
            qxx += move.Mass * (qx * px);
        }

        var motion = new SliceMotion(fromY + origin.Y, fromX + origin.X, toY + origin.Y, toX + origin.X, 1, 0, 0, 1);
        double determinant = (pyy * pxx) - (pyx * pyx);

        // A line or a point has no second direction; there the linear part stays 1.
        if (determinant <= 0.01 * total * total)
        {
            return motion;
        }

        SliceMotion affine = motion with
        {
            YY = ((qyy * pxx) - (qyx * pyx)) / determinant,
            YX = ((qyx * pyy) - (qyy * pyx)) / determinant,
            XY = ((qxy * pxx) - (qxx * pyx)) / determinant,
            XX = ((qxx * pyy) - (qxy * pyx)) / determinant,
        };
        return affine.IsTame ? affine : motion;
    }

    // Singular values from the invariants of the matrix: their squares add up to the sum of squares, their product is the determinant.
    private bool IsTame
    {
        get
        {
            double squares = (YY * YY) + (YX * YX) + (XY * XY) + (XX * XX);
            double determinant = (YY * XX) - (YX * XY);
            double root = Math.Sqrt(Math.Max(0, (squares * squares) - (4 * determinant * determinant)));
            double largest = Math.Sqrt((squares + root) / 2);
            return determinant > 0 && largest <= LargestStretch && determinant / largest >= 1 / LargestStretch;
        }
    }

    private static (double Y, double X) Mean(PlanePoint[] points, PlanePoint origin)
    {
        (long y, long x) = (0, 0);
        foreach (PlanePoint point in points)
        {
            (y, x) = (y + point.Y - origin.Y, x + point.X - origin.X);
        }

        return ((double)y / points.Length, (double)x / points.Length);
    }
}
