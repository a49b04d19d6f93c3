using CellStitch.Core.Transport;

namespace CellStitch.Core.Interpolation;

/// <summary>
/// How a slice moves on its way to the other one: the rigid motion that comes nearest, in the mean square over all mass of the plan, to where the plan takes the
/// contour (Procrustes). Its translation joins the centres of the contours.
/// </summary>
/// <param name="FromY">Centre of the own contour.</param>
/// <param name="FromX">Centre of the own contour.</param>
/// <param name="ToY">Centre of the other contour.</param>
/// <param name="ToX">Centre of the other contour.</param>
/// <param name="Cosine">Of the angle it turns by.</param>
/// <param name="Sine">Of that angle, positive from y to x.</param>
internal readonly record struct SliceMotion(double FromY, double FromX, double ToY, double ToX, double Cosine, double Sine)
{
    /// <summary>No motion at all.</summary>
    public static SliceMotion None => new(0, 0, 0, 0, 1, 0);

    /// <summary>The same motion seen from the other slice.</summary>
    public SliceMotion Reversed => new(ToY, ToX, FromY, FromX, Cosine, -Sine);

    /// <summary>The motion that the optimal plan between two contours describes.</summary>
    public static SliceMotion Of(Contour source, Contour target)
    {
        // One and the same plan for both directions, so that the way back is the same way.
        return Compare(source.Points, target.Points) <= 0
            ? Fit(source.Points, target.Points, PlanarTransport.Solve(source.Points, target.Points).Moves)
            : Fit(target.Points, source.Points, PlanarTransport.Solve(target.Points, source.Points).Moves).Reversed;
    }

    private static SliceMotion Fit(PlanePoint[] source, PlanePoint[] target, PlanarMove[] moves)
    {
        PlanePoint origin = source[0];
        (double fromY, double fromX) = Mean(source, origin);
        (double toY, double toX) = Mean(target, origin);
        (double turned, double kept) = (0, 0);
        foreach (PlanarMove move in moves)
        {
            (double py, double px) = (source[move.Source].Y - origin.Y - fromY, source[move.Source].X - origin.X - fromX);
            (double qy, double qx) = (target[move.Target].Y - origin.Y - toY, target[move.Target].X - origin.X - toX);
            turned += move.Mass * ((qx * py) - (qy * px));
            kept += move.Mass * ((qy * py) + (qx * px));
        }

        double length = Math.Sqrt((turned * turned) + (kept * kept));
        (double cosine, double sine) = length > 0 ? (kept / length, turned / length) : (1, 0);
        return new SliceMotion(fromY + origin.Y, fromX + origin.X, toY + origin.Y, toX + origin.X, cosine, sine);
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

    private static int Compare(PlanePoint[] a, PlanePoint[] b)
    {
        if (a.Length != b.Length)
        {
            return a.Length.CompareTo(b.Length);
        }

        int different = a.AsSpan().CommonPrefixLength(b);
        return different == a.Length ? 0 : (a[different].Y, a[different].X).CompareTo((b[different].Y, b[different].X));
    }
}
