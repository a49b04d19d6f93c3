using CellStitch.Core.Volumes;

namespace CellStitch.Segmentation.Systems;

/// <summary>Maxima of a landscape: connected voxels (also diagonally) of one height, above 0, none of which has a higher neighbour.</summary>
internal static class RegionalMaxima
{
    /// <summary>Labels the maxima 1 … n by their first voxel; 0 elsewhere.</summary>
    /// <param name="heights">Heights in raster order.</param>
    /// <param name="shape">Shape (z, y, x); one layer for an image.</param>
    public static int[] Label(ReadOnlySpan<float> heights, VolumeShape shape)
    {
        int[] labels = new int[heights.Length];
        var seen = new bool[heights.Length];
        var plateau = new List<int>();
        int next = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            if (heights[i] > 0 && !seen[i] && IsMaximum(i, heights, shape, seen, plateau))
            {
                next++;
                plateau.ForEach(at => labels[at] = next);
            }
        }

        return labels;
    }

    private static bool IsMaximum(int first, ReadOnlySpan<float> heights, VolumeShape shape, bool[] seen, List<int> plateau)
    {
        bool highest = true;
        plateau.Clear();
        plateau.Add(first);
        seen[first] = true;
        for (int k = 0; k < plateau.Count; k++)
        {
            int at = plateau[k];
            (int z, int y, int x) = (at / shape.LayerPixels, at / shape.Width % shape.Height, at % shape.Width);
            for (int otherZ = Math.Max(z - 1, 0); otherZ <= Math.Min(z + 1, shape.Depth - 1); otherZ++)
            {
                for (int otherY = Math.Max(y - 1, 0); otherY <= Math.Min(y + 1, shape.Height - 1); otherY++)
                {
                    for (int otherX = Math.Max(x - 1, 0); otherX <= Math.Min(x + 1, shape.Width - 1); otherX++)
                    {
                        int other = (otherZ * shape.LayerPixels) + (otherY * shape.Width) + otherX;
                        highest &= heights[other] <= heights[first];
                        if (heights[other] == heights[first] && !seen[other])
                        {
                            seen[other] = true;
                            plateau.Add(other);
                        }
                    }
                }
            }
        }

        return highest;
    }
}
