using CellStitch.Core.Volumes;

namespace CellStitch.Segmentation.Stacks;

/// <summary>Tells masks from intensities, so that masks dropped under the wrong name are not segmented again.</summary>
internal static class MaskLikeness
{
    private const int Layers = 3;

    // Within masks neighbours are equal: 0.91 to 1 of them in our mask files, at most 0.31 in our raw stacks, where noise makes pixels differ.
    private const double EqualShare = 0.75;

    // Smooth, dim images are flat too, but there neighbours that differ do so by the smallest step; in masks at most 0.6 of them do.
    private const double SmallStepShare = 0.8;

    /// <summary>Whether the pixels of a few layers are like those of masks.</summary>
    public static bool Of(IRawSource raw, CancellationToken cancellation)
    {
        (long equal, long small, long large) = (0, 0, 0);
        float[] layer = new float[raw.Shape.LayerPixels];
        int count = Math.Min(Layers, raw.Shape.Depth);
        for (int i = 0; i < count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            using IRawRows rows = raw.OpenRows(((2 * i) + 1) * raw.Shape.Depth / (2 * count));
            rows.Read(layer);
            for (int at = 1; at < layer.Length; at++)
            {
                (float before, float here) = (layer[at - 1], layer[at]);
                if (here < 0 || here != MathF.Truncate(here))
                {
                    return false;
                }

                // Background beside background says nothing: raw stacks that were cleaned have it too.
                if (before == 0 || here == 0 || at % raw.Shape.Width == 0)
                {
                    continue;
                }

                equal += here == before ? 1 : 0;
                small += Math.Abs(here - before) == 1 ? 1 : 0;
                large += Math.Abs(here - before) > 1 ? 1 : 0;
            }
        }

        // Cells that never touch have no unequal neighbours at all.
        return equal > EqualShare * (equal + small + large) && small <= SmallStepShare * (small + large);
    }
}
