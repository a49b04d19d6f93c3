using CellStitch.Core.Transport;

namespace CellStitch.Core.Interpolation;

/// <summary>A closed line of a contour.</summary>
/// <param name="First">Position of its first point in <see cref="Contour.Points"/>; the ring ends where the next one begins.</param>
/// <param name="IsHole">Whether it runs around a hole instead of around a piece.</param>
internal readonly record struct ContourRing(int First, bool IsHole);

/// <summary>
/// The contour of a slice: its pixels that have a 4-neighbour outside, ring by ring in the order in which the border runs, pieces clockwise (y pointing down)
/// and holes the other way. Each pixel appears once, in the ring that meets it first.
/// </summary>
internal sealed class Contour
{
    // The directions of travel: right, down, left, up. The slice lies on the right-hand side, the outside one step to the left.
    private static readonly (int Y, int X)[] Steps = [(0, 1), (1, 0), (0, -1), (-1, 0)];

    // Bits of a pixel: the side with the outside of direction d has been walked along; the pixel is in the contour.
    private const int Listed = 1 << 4;

    private Contour(PlanePoint[] points, ContourRing[] rings) => (Points, Rings) = (points, rings);

    /// <summary>The points in pixels of the image.</summary>
    public PlanePoint[] Points { get; }

    /// <summary>The rings by their first pixel in raster order.</summary>
    public ContourRing[] Rings { get; }

    /// <summary>Follows all borders of a slice. Pixels that touch at a corner belong together.</summary>
    public static Contour Trace(SliceMask slice)
    {
        var points = new List<PlanePoint>();
        var rings = new List<ContourRing>();
        ReadOnlySpan<byte> pixels = slice.Framed;
        var walked = new byte[pixels.Length];
        for (int at = slice.Stride + 1; at < pixels.Length - slice.Stride - 1; at++)
        {
            if (pixels[at] == 0)
            {
                continue;
            }

            // Raster order meets a piece first at a top side, a hole first at the bottom side of the pixel above it.
            if (pixels[at - slice.Stride] == 0 && (walked[at] & 1) == 0)
            {
                rings.Add(new ContourRing(points.Count, IsHole: false));
                Follow(slice, walked, at, direction: 0, points);
            }

            if (pixels[at + slice.Stride] == 0 && (walked[at] & 4) == 0)
            {
                rings.Add(new ContourRing(points.Count, IsHole: true));
                Follow(slice, walked, at, direction: 2, points);
            }
        }

        return new Contour([.. points], [.. rings]);
    }

    private static void Follow(SliceMask slice, byte[] walked, int at, int direction, List<PlanePoint> points)
    {
        ReadOnlySpan<byte> pixels = slice.Framed;
        int stride = slice.Stride;
        while ((walked[at] & (1 << direction)) == 0)
        {
            if ((walked[at] & Listed) == 0)
            {
                points.Add(new PlanePoint((at / stride) - 1 + slice.Box.Top, (at % stride) - 1 + slice.Box.Left));
            }

            walked[at] |= (byte)(Listed | (1 << direction));
            int left = (direction + 3) & 3;
            int ahead = at + (Steps[direction].Y * stride) + Steps[direction].X;
            int aheadLeft = ahead + (Steps[left].Y * stride) + Steps[left].X;
            if (pixels[aheadLeft] != 0)
            {
                (at, direction) = (aheadLeft, left);
            }
            else if (pixels[ahead] != 0)
            {
                at = ahead;
            }
            else
            {
                direction = (direction + 1) & 3;
            }
        }
    }
}
