namespace CellStitch.Core.Interpolation;

/// <summary>
/// Exact Euclidean distance to the border of a slice, positive inside, in pixels: half a pixel at the pixels on either side of the border. What lies beyond the image
/// is unknown and no outside.
/// </summary>
internal sealed class SignedDistance
{
    // One pixel around the bounding box holds the nearest outside pixel of every inside pixel; the second lets samples between pixels interpolate.
    private const int Margin = 2;

    private readonly float[] _values;

    private SignedDistance(PixelBox box, float[] values, float deepest) => (Box, _values, Deepest) = (box, values, deepest);

    /// <summary>Where distances are known.</summary>
    public PixelBox Box { get; }

    /// <summary>The largest distance.</summary>
    public float Deepest { get; }

    public float this[int y, int x] => _values[((y - Box.Top) * Box.Width) + x - Box.Left];

    public static SignedDistance Of(SliceMask slice, PixelBox image)
    {
        PixelBox box = slice.Box.Grown(Margin, image);
        var inside = new bool[box.Pixels];
        for (int y = slice.Box.Top; y < slice.Box.Bottom; y++)
        {
            ReadOnlySpan<byte> row = slice.Framed.Slice(slice.IndexOf(y, slice.Box.Left), slice.Box.Width);
            int at = ((y - box.Top) * box.Width) + slice.Box.Left - box.Left;
            for (int x = 0; x < row.Length; x++)
            {
                inside[at + x] = row[x] != 0;
            }
        }

        int[] vertical = VerticalDistances(inside, box);
        var values = new float[box.Pixels];
        float deepest = 0;
        for (int y = 0; y < box.Height; y++)
        {
            ReadOnlySpan<int> column = vertical.AsSpan(y * box.Width, box.Width);
            ReadOnlySpan<bool> side = inside.AsSpan(y * box.Width, box.Width);
            for (int x = 0; x < box.Width; x++)
            {
                float distance = MathF.Sqrt(SquaredDistance(column, side, x)) - 0.5f;
                values[(y * box.Width) + x] = side[x] ? distance : -distance;
                deepest = side[x] ? Math.Max(deepest, distance) : deepest;
            }
        }

        return new SignedDistance(box, values, deepest);
    }

    /// <summary>The distance at a point between pixels; outside the box no less far out than the box's rim.</summary>
    public float At(double y, double x)
    {
        double inY = Math.Clamp(y, Box.Top, Box.Bottom - 1);
        double inX = Math.Clamp(x, Box.Left, Box.Right - 1);
        int top = Math.Min((int)inY, Math.Max(Box.Bottom - 2, Box.Top));
        int left = Math.Min((int)inX, Math.Max(Box.Right - 2, Box.Left));
        int at = ((top - Box.Top) * Box.Width) + left - Box.Left;
        int right = Box.Width > 1 ? 1 : 0;
        int below = Box.Height > 1 ? Box.Width : 0;
        float down = (float)(inY - top);
        float across = (float)(inX - left);
        float upper = (_values[at] * (1 - across)) + (_values[at + right] * across);
        float lower = (_values[at + below] * (1 - across)) + (_values[at + below + right] * across);
        float value = (upper * (1 - down)) + (lower * down);
        if (inY == y && inX == x)
        {
            return value;
        }

        return value - (float)Math.Sqrt(((y - inY) * (y - inY)) + ((x - inX) * (x - inX)));
    }

    /// <summary>Per pixel the distance within its column to the nearest pixel of the other side; the image may have none.</summary>
    private static int[] VerticalDistances(bool[] inside, PixelBox box)
    {
        int none = box.Height + box.Width;
        var distances = new int[inside.Length];
        for (int x = 0; x < box.Width; x++)
        {
            int run = none;
            bool before = inside[x];
            for (int at = x; at < inside.Length; at += box.Width)
            {
                run = inside[at] == before ? Math.Min(run + 1, none) : 1;
                (before, distances[at]) = (inside[at], run);
            }

            run = none;
            before = inside[inside.Length - box.Width + x];
            for (int at = inside.Length - box.Width + x; at >= 0; at -= box.Width)
            {
                run = inside[at] == before ? Math.Min(run + 1, none) : 1;
                (before, distances[at]) = (inside[at], Math.Min(distances[at], run));
            }
        }

        return distances;
    }

    private static int SquaredDistance(ReadOnlySpan<int> column, ReadOnlySpan<bool> side, int x)
    {
        int nearest = column[x] * column[x];
        bool own = side[x];
        for (int d = 1; d * d < nearest && (x - d >= 0 || x + d < side.Length); d++)
        {
            if (x - d >= 0)
            {
                int apart = side[x - d] == own ? column[x - d] : 0;
                nearest = Math.Min(nearest, (d * d) + (apart * apart));
            }

            if (x + d < side.Length)
            {
                int apart = side[x + d] == own ? column[x + d] : 0;
                nearest = Math.Min(nearest, (d * d) + (apart * apart));
            }
        }

        return nearest;
    }
}
