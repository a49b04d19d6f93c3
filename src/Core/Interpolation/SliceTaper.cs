namespace CellStitch.Core.Interpolation;

/// <summary>
/// The end of a cell that the next layer does not show: it closes like half an ellipsoid, half way to that layer. The end may lie anywhere between the two layers;
/// half way a pixel is as likely inside as outside.
/// </summary>
internal static class SliceTaper
{
    /// <summary>The layer <paramref name="away"/> of <paramref name="steps"/> away from the cell's last slice.</summary>
    public static InterpolatedSlice At(SignedDistance slice, uint label, int step, int away, int steps)
    {
        // Past the tip the depth runs on, below 0: two cells that end and begin on top of each other share the space half and half.
        double height = 2.0 * away / steps;
        double loss = height < 1 ? 1 - Math.Sqrt(1 - (height * height)) : height;
        var shrink = (float)((slice.Deepest * loss) + (height < 1 ? 0 : 0.5));
        var depths = new short[slice.Box.Pixels];
        int at = 0;
        for (int y = slice.Box.Top; y < slice.Box.Bottom; y++)
        {
            for (int x = slice.Box.Left; x < slice.Box.Right; x++)
            {
                depths[at++] = InterpolatedSlice.Stored(slice[y, x] - shrink);
            }
        }

        return new InterpolatedSlice(label, step, Matched: false, slice.Box, depths);
    }
}
