using CellStitch.Core.Transport;

namespace CellStitch.Core.Interpolation;

/// <summary>
/// Profile <c>paper</c>: the points of the upper contour move along the plan, are joined in the order of their angle around their centre, and what they enclose is filled.
/// </summary>
internal static class ContourFill
{
    /// <summary>The layer <paramref name="step"/> of <paramref name="steps"/>.</summary>
    /// <param name="label">The cell.</param>
    /// <param name="source">The outer contour in the upper layer.</param>
    /// <param name="target">The outer contour in the lower layer.</param>
    /// <param name="plan">The plan between them.</param>
    /// <param name="step">The layer.</param>
    /// <param name="steps">Layers from the upper to the lower one.</param>
    /// <param name="image">The image.</param>
    public static InterpolatedSlice At(uint label, PlanePoint[] source, PlanePoint[] target, PlanarPlan plan, int step, int steps, PixelBox image)
    {
        PlanePoint[] points = ByAngle(Moved(source, target, plan, step, steps));
        PixelBox box = BoxOf(points).Grown(1, image);
        var raster = new byte[box.Pixels];
        for (int i = 0; i < points.Length; i++)
        {
            Join(points[i], points[(i + 1) % points.Length], point => raster[((point.Y - box.Top) * box.Width) + point.X - box.Left] = 1);
        }

        BackgroundFill.FillEnclosed(raster, box.Width);
        short[] depths = Array.ConvertAll(raster, pixel => pixel != 0 ? (short)0 : InterpolatedSlice.Nowhere);
        return new InterpolatedSlice(label, step, Matched: true, box, depths);
    }

    /// <summary>(1 − α) p + α Σ w(p, q) q per source point, truncated as published; exactly, in units of 1 / (mass · steps).</summary>
    private static PlanePoint[] Moved(PlanePoint[] source, PlanePoint[] target, PlanarPlan plan, int step, int steps)
    {
        var sums = new (long Y, long X)[source.Length];
        foreach (PlanarMove move in plan.Moves)
        {
            sums[move.Source].Y += move.Mass * target[move.Target].Y;
            sums[move.Source].X += move.Mass * target[move.Target].X;
        }

        long mass = plan.SourceMass;
        var moved = new PlanePoint[source.Length];
        for (int i = 0; i < moved.Length; i++)
        {
            moved[i] = new PlanePoint(
                (int)((((steps - step) * mass * source[i].Y) + (step * sums[i].Y)) / (mass * steps)),
                (int)((((steps - step) * mass * source[i].X) + (step * sums[i].X)) / (mass * steps)));
        }

        return moved;
    }

    private static PlanePoint[] ByAngle(PlanePoint[] points)
    {
        double centreY = Math.Round(points.Average(point => point.Y), MidpointRounding.ToEven);
        double centreX = Math.Round(points.Average(point => point.X), MidpointRounding.ToEven);
        return [.. points.OrderBy(point => Math.Atan2(point.X - centreX, point.Y - centreY))];
    }

    private static PixelBox BoxOf(PlanePoint[] points) => PixelBox.Between(
        points.Min(point => point.Y), points.Min(point => point.X), points.Max(point => point.Y) + 1, points.Max(point => point.X) + 1);

    /// <summary>Diagonal steps first, then straight ones, as published.</summary>
    private static void Join(PlanePoint from, PlanePoint to, Action<PlanePoint> draw)
    {
        draw(from);
        while (from != to)
        {
            from = new PlanePoint(from.Y + Math.Sign(to.Y - from.Y), from.X + Math.Sign(to.X - from.X));
            draw(from);
        }
    }
}
