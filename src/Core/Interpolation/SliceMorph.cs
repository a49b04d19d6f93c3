namespace CellStitch.Core.Interpolation;

/// <summary>
/// A slice on its way to the cell's slice in the next layer, profile <c>robust</c>: both slices are moved and stretched towards each other as far as an affine map can
/// follow the transport of their contours; what is left of their difference is blended by signed distance. So every topology is safe, identical slices stay as they
/// are, and the way back is the same way.
/// </summary>
/// <param name="source">The slice in the upper layer.</param>
/// <param name="target">The slice in the lower layer.</param>
/// <param name="moves">Their motions; none for plain blending.</param>
internal sealed class SliceMorph(SignedDistance source, SignedDistance target, (SliceMotion Source, SliceMotion Target) moves)
{
    // Beyond the bounding boxes there may be claims of up to a pixel, where neighbours leave a seam.
    private const int Margin = 1;

    /// <summary>The layer <paramref name="step"/> of <paramref name="steps"/>.</summary>
    public InterpolatedSlice At(uint label, int step, int steps, PixelBox image)
    {
        var upper = MovedSlice.Of(source, moves.Source, steps - step, step);
        var lower = MovedSlice.Of(target, moves.Target, step, steps - step);
        PixelBox box = upper.Box.Union(lower.Box).Grown(Margin, image);
        var depths = new short[box.Pixels];
        int at = 0;
        for (int y = box.Top; y < box.Bottom; y++)
        {
            for (int x = box.Left; x < box.Right; x++)
            {
                float depth = (((steps - step) * upper.DepthAt(y, x)) + (step * lower.DepthAt(y, x))) / steps;
                depths[at++] = InterpolatedSlice.Stored(depth);
            }
        }

        return new InterpolatedSlice(label, step, Matched: true, box, depths);
    }

    /// <summary>A slice moved part of its way: where a pixel of the layer in between comes from.</summary>
    private readonly struct MovedSlice
    {
        private readonly SignedDistance _slice;
        private readonly (double Y, double X) _from;
        private readonly (double Y, double X) _now;
        private readonly (double YY, double YX, double XY, double XX) _back;
        private readonly float _scale;

        private MovedSlice(SignedDistance slice, SliceMotion motion, int stay, int go)
        {
            int steps = stay + go;
            _slice = slice;
            _from = (motion.FromY, motion.FromX);
            _now = (((stay * motion.FromY) + (go * motion.ToY)) / steps, ((stay * motion.FromX) + (go * motion.ToX)) / steps);
            (double yy, double yx) = ((stay + (go * motion.YY)) / steps, go * motion.YX / steps);
            (double xy, double xx) = (go * motion.XY / steps, (stay + (go * motion.XX)) / steps);
            double determinant = (yy * xx) - (yx * xy);
            _back = (xx / determinant, -yx / determinant, -xy / determinant, yy / determinant);

            // Distances grow with the slice, on average over its directions.
            _scale = (float)Math.Sqrt(determinant);
            PixelBox own = slice.Box;
            double top = double.MaxValue, left = double.MaxValue, bottom = double.MinValue, right = double.MinValue;
            foreach ((int y, int x) in new[] { (own.Top, own.Left), (own.Top, own.Right - 1), (own.Bottom - 1, own.Left), (own.Bottom - 1, own.Right - 1) })
            {
                double movedY = _now.Y + (yy * (y - _from.Y)) + (yx * (x - _from.X));
                double movedX = _now.X + (xy * (y - _from.Y)) + (xx * (x - _from.X));
                (top, bottom) = (Math.Min(top, movedY), Math.Max(bottom, movedY));
                (left, right) = (Math.Min(left, movedX), Math.Max(right, movedX));
            }

            Box = PixelBox.Between((int)Math.Floor(top), (int)Math.Floor(left), (int)Math.Ceiling(bottom) + 1, (int)Math.Ceiling(right) + 1);
        }

        public PixelBox Box { get; }

        public static MovedSlice Of(SignedDistance slice, SliceMotion motion, int stay, int go) => new(slice, motion, stay, go);

        public float DepthAt(int y, int x)
        {
            double dy = y - _now.Y;
            double dx = x - _now.X;
            return _scale * _slice.At(_from.Y + (_back.YY * dy) + (_back.YX * dx), _from.X + (_back.XY * dy) + (_back.XX * dx));
        }
    }
}
