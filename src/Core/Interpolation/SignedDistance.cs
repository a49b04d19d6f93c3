using System.Numerics;

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

    /// <summary>The distances in <see cref="Box"/> in raster order.</summary>
    public ReadOnlySpan<float> Values => _values;

    public float this[int y, int x] => _values[((y - Box.Top) * Box.Width) + x - Box.Left];

    public static SignedDistance Of(SliceMask slice, PixelBox image)
    {
        PixelBox box = slice.Box.Grown(Margin, image);
        byte[] inside = Inside(slice, box);
        int[] vertical = VerticalDistances(inside, box);
        float[] values = GC.AllocateUninitializedArray<float>(box.Pixels);
        var row = new RowDistances(box.Width, box.Height + box.Width);
        float deepest = 0;
        for (int y = 0; y < box.Height; y++)
        {
            ReadOnlySpan<byte> side = inside.AsSpan(y * box.Width, box.Width);
            Span<float> distances = values.AsSpan(y * box.Width, box.Width);
            row.Measure(vertical.AsSpan(y * box.Width, box.Width), side, distances);
            for (int x = 0; x < distances.Length; x++)
            {
                deepest = Math.Max(deepest, distances[x]);
            }
        }

        return new SignedDistance(box, values, deepest);
    }

    /// <summary>The distance at a point between pixels; outside the box no less far out than the box's rim.</summary>
    public float At(double y, double x)
    {
        double inY = Math.Clamp(y, Box.Top, Box.Bottom - 1);
        double inX = Math.Clamp(x, Box.Left, Box.Right - 1);
        int top = Math.Min(unchecked((int)inY), Math.Max(Box.Bottom - 2, Box.Top));
        int left = Math.Min(unchecked((int)inX), Math.Max(Box.Right - 2, Box.Left));
        int at = ((top - Box.Top) * Box.Width) + left - Box.Left;
        int right = Box.Width > 1 ? 1 : 0;
        int below = Box.Height > 1 ? Box.Width : 0;
        var down = (float)(inY - top);
        var across = (float)(inX - left);
        float upper = (_values[at] * (1 - across)) + (_values[at + right] * across);
        float lower = (_values[at + below] * (1 - across)) + (_values[at + below + right] * across);
        float value = (upper * (1 - down)) + (lower * down);
        if (inY == y && inX == x)
        {
            return value;
        }

        return value - (float)Math.Sqrt(((y - inY) * (y - inY)) + ((x - inX) * (x - inX)));
    }

    private static byte[] Inside(SliceMask slice, PixelBox box)
    {
        var inside = new byte[box.Pixels];
        for (int y = slice.Box.Top; y < slice.Box.Bottom; y++)
        {
            slice.Framed.Slice(slice.IndexOf(y, slice.Box.Left), slice.Box.Width)
                .CopyTo(inside.AsSpan(((y - box.Top) * box.Width) + slice.Box.Left - box.Left));
        }

        return inside;
    }

    /// <summary>Per pixel the distance within its column to the nearest pixel of the other side; the image may have none.</summary>
    private static int[] VerticalDistances(byte[] inside, PixelBox box)
    {
        int width = box.Width;
        int none = box.Height + width;
        int[] distances = GC.AllocateUninitializedArray<int>(inside.Length);
        distances.AsSpan(0, width).Fill(none);
        for (int at = width; at < distances.Length; at++)
        {
            distances[at] = inside[at] == inside[at - width] ? Math.Min(distances[at - width] + 1, none) : 1;
        }

        for (int at = distances.Length - width - 1; at >= 0; at--)
        {
            distances[at] = Math.Min(distances[at], inside[at] == inside[at + width] ? distances[at + width] + 1 : 1);
        }

        return distances;
    }

    /// <summary>The horizontal half of the distance: along a row, min over d of d² + (column distance at x ± d)², several x at once.</summary>
    private sealed class RowDistances
    {
        private readonly int _width;
        private readonly int _reach;
        private readonly int _none;

        // Squared column distances as a pixel inside and as one outside sees them, with a rim of unreachable ones on either side.
        private readonly int[] _fromInside;
        private readonly int[] _fromOutside;

        public RowDistances(int width, int none)
        {
            // The squares of a box that has no other side fit, as its diagonal does.
            (_width, _none) = (width, (int)Math.Min((long)none * none, int.MaxValue / 4));
            _reach = width + Vector<int>.Count;
            _fromInside = Unreachable();
            _fromOutside = Unreachable();
        }

        public void Measure(ReadOnlySpan<int> column, ReadOnlySpan<byte> side, Span<float> distances)
        {
            int furthest = 0;
            for (int x = 0; x < column.Length; x++)
            {
                int squared = column[x] * column[x];
                (_fromInside[_reach + x], _fromOutside[_reach + x]) = side[x] != 0 ? (squared, 0) : (0, squared);
                furthest = Math.Max(furthest, column[x]);
            }

            furthest = Math.Min(furthest, _width);
            Span<int> nearest = stackalloc int[Vector<int>.Count];
            for (int x = 0; x < _width; x += Vector<int>.Count)
            {
                var inside = new Vector<int>(_fromInside, _reach + x);
                var outside = new Vector<int>(_fromOutside, _reach + x);
                for (int d = 1; d < furthest; d++)
                {
                    // No pixel further along the row can be nearer.
                    var squared = new Vector<int>(d * d);
                    if (Vector.LessThanOrEqualAll(Vector.Max(inside, outside), squared))
                    {
                        break;
                    }

                    inside = Vector.Min(inside, squared + Vector.Min(new Vector<int>(_fromInside, _reach + x - d), new Vector<int>(_fromInside, _reach + x + d)));
                    outside = Vector.Min(outside, squared + Vector.Min(new Vector<int>(_fromOutside, _reach + x - d), new Vector<int>(_fromOutside, _reach + x + d)));
                }

                // Of the two one is 0: a pixel is on its own side.
                Vector<int> larger = Vector.Max(inside, outside);
                larger.CopyTo(nearest);
                int count = Math.Min(Vector<int>.Count, _width - x);
                for (int lane = 0; lane < count; lane++)
                {
                    float distance = MathF.Sqrt(nearest[lane]) - 0.5f;
                    distances[x + lane] = side[x + lane] != 0 ? distance : -distance;
                }
            }
        }

        private int[] Unreachable()
        {
            var row = new int[_width + (2 * _reach) + Vector<int>.Count];
            Array.Fill(row, _none);
            return row;
        }
    }
}
