namespace CellStitch.Core.Interpolation;

/// <summary>
/// A slice on its way to the cell's slice in the next layer, profile <c>robust</c>: both slices are moved towards each other as the transport of their contours says,
/// and what is left of their difference is blended by signed distance. So every topology is safe, identical slices stay as they are, and the way back is the same way.
/// </summary>
/// <param name="source">The slice in the upper layer.</param>
/// <param name="target">The slice in the lower layer.</param>
/// <param name="motion">From the source to the target; none for plain blending.</param>
internal sealed class SliceMorph(SignedDistance source, SignedDistance target, SliceMotion motion)
{
    // Beyond the bounding boxes there may be claims of up to a pixel, where neighbours leave a seam.
    private const int Margin = 1;

    // Pixels beside a border lie half a pixel out; a bulge below that leaves identical slices identical.
    private const float LargestBulge = 0.45f;

    /// <summary>The layer <paramref name="step"/> of <paramref name="steps"/>.</summary>
    public InterpolatedSlice At(uint label, int step, int steps, PixelBox image)
    {
        var upper = new MovedSlice(source, motion, steps - step, step);
        var lower = new MovedSlice(target, motion.Reversed, step, steps - step);
        PixelBox box = upper.Box.Union(lower.Box).Grown(Margin, image);
        float bulge = Bulge(step, steps);
        short[] depths = GC.AllocateUninitializedArray<short>(box.Pixels);
        Span<float> above = new float[box.Width];
        Span<float> below = new float[box.Width];
        int at = 0;
        for (int y = box.Top; y < box.Bottom; y++)
        {
            upper.ReadRow(y, box.Left, above);
            lower.ReadRow(y, box.Left, below);
            for (int x = 0; x < above.Length; x++)
            {
                float depth = (((steps - step) * above[x]) + (step * below[x])) / steps;
                depths[at++] = InterpolatedSlice.Stored(depth + bulge);
            }
        }

        return new InterpolatedSlice(label, step, Matched: true, box, depths);
    }

    /// <summary>
    /// Cells are round along z too: between two layers h apart a sphere of radius R stands out over the straight line by α (1 − α) h² / 2R.
    /// </summary>
    private float Bulge(int step, int steps) =>
        Math.Min(LargestBulge, step * (steps - step) / (source.Deepest + target.Deepest));

    /// <summary>A slice moved part of its way: where a pixel of the layer in between comes from.</summary>
    private readonly struct MovedSlice
    {
        private readonly SignedDistance _slice;
        private readonly SliceMotion _motion;
        private readonly (double Y, double X) _now;
        private readonly double _cosine;
        private readonly double _sine;

        public MovedSlice(SignedDistance slice, SliceMotion motion, int stay, int go)
        {
            double steps = stay + go;
            (_slice, _motion) = (slice, motion);
            _now = (((stay * motion.FromY) + (go * motion.ToY)) / steps, ((stay * motion.FromX) + (go * motion.ToX)) / steps);

            // Part of a turn by interpolating and normalising, which needs no function that differs between machines.
            (double cosine, double sine) = (stay + (go * motion.Cosine), go * motion.Sine);
            double length = Math.Sqrt((cosine * cosine) + (sine * sine));
            (_cosine, _sine) = length > 0 ? (cosine / length, sine / length) : (1, 0);
            Box = Moved(slice.Box);
        }

        public PixelBox Box { get; }

        /// <summary>Depths of a run of pixels of the layer in between.</summary>
        public void ReadRow(int y, int left, Span<float> depths)
        {
            double dy = y - _now.Y;
            double fromY = _motion.FromY + (_cosine * dy);
            double fromX = _motion.FromX - (_sine * dy);
            ReadOnlySpan<float> values = _slice.Values;
            PixelBox box = _slice.Box;
            for (int i = 0; i < depths.Length; i++)
            {
                double dx = left + i - _now.X;
                double ownY = fromY + (_sine * dx) - box.Top;
                double ownX = fromX + (_cosine * dx) - box.Left;
                if (ownY < 0 || ownX < 0 || ownY >= box.Height - 1 || ownX >= box.Width - 1)
                {
                    depths[i] = _slice.At(ownY + box.Top, ownX + box.Left);
                    continue;
                }

                // Within the box, as was just seen: a checked conversion takes longer than all the rest.
                (int row, int column) = unchecked(((int)ownY, (int)ownX));
                (float down, float across) = ((float)(ownY - row), (float)(ownX - column));
                int at = (row * box.Width) + column;
                float high = values[at] + (across * (values[at + 1] - values[at]));
                float low = values[at + box.Width] + (across * (values[at + box.Width + 1] - values[at + box.Width]));
                depths[i] = high + (down * (low - high));
            }
        }

        private PixelBox Moved(PixelBox box)
        {
            (double height, double width) = ((box.Height - 1) / 2.0, (box.Width - 1) / 2.0);
            double dy = box.Top + height - _motion.FromY;
            double dx = box.Left + width - _motion.FromX;
            double y = _now.Y + (_cosine * dy) - (_sine * dx);
            double x = _now.X + (_cosine * dx) + (_sine * dy);
            double reachY = (Math.Abs(_cosine) * height) + (Math.Abs(_sine) * width);
            double reachX = (Math.Abs(_cosine) * width) + (Math.Abs(_sine) * height);
            return PixelBox.Between(
                (int)Math.Floor(y - reachY), (int)Math.Floor(x - reachX), (int)Math.Ceiling(y + reachY) + 1, (int)Math.Ceiling(x + reachX) + 1);
        }
    }
}
