using CellStitch.Core.Transport;

namespace CellStitch.Core.Tests.Transport;

/// <summary>Points on wobbly closed curves, about one pixel apart, as contours of cells have them.</summary>
internal static class ContourPoints
{
    /// <summary>A ring of <paramref name="count"/> points; which of them comes first is <paramref name="turned"/>, in turns.</summary>
    public static PlanePoint[] Ring(int count, double turned)
    {
        double radius = count / Math.Tau;
        var points = new PlanePoint[count];
        for (int i = 0; i < count; i++)
        {
            double angle = Math.Tau * ((i / (double)count) + turned);
            double r = radius * (1 + (0.2 * Math.Sin(3 * angle)));
            points[i] = new PlanePoint((int)Math.Round(500 + (r * Math.Sin(angle))), (int)Math.Round(500 + (r * Math.Cos(angle))));
        }

        return points;
    }
}
