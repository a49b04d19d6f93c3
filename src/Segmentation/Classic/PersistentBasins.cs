using CellStitch.Core.Volumes;

namespace CellStitch.Segmentation.Classic;

/// <summary>
/// Watershed whose shallow basins are merged: pixels are flooded from low to high; where two basins meet, the shallower one joins the other if it
/// is less deep than asked for, else the watershed runs between them.
/// </summary>
internal static class PersistentBasins
{
    /// <summary>Labels the basins 1 … n by their first pixel.</summary>
    /// <param name="heights">Height of every pixel.</param>
    /// <param name="mask">Pixels that are flooded; null for all.</param>
    /// <param name="shape">Shape (z, y, x); one layer for an image.</param>
    /// <param name="depth">Least depth, from the lowest pixel to where it meets a deeper basin, of a basin that stays.</param>
    /// <param name="cancellation">Looked at before the flooding.</param>
    public static int[] Label(float[] heights, bool[]? mask, VolumeShape shape, double depth, CancellationToken cancellation = default)
    {
        int[] order = [.. Enumerable.Range(0, heights.Length).Where(i => mask is null || mask[i])];
        float[] keys = [.. order.Select(i => heights[i])];
        // Array.Sort is not stable; the index breaks ties.
        Array.Sort(keys, order, Comparer<float>.Default);
        SortTies(keys, order);

        cancellation.ThrowIfCancellationRequested();
        int[] parents = new int[heights.Length];
        Array.Fill(parents, -1);
        Span<int> roots = stackalloc int[6];
        foreach (int at in order)
        {
            parents[at] = at;
            int x = at % shape.Width;
            int y = at / shape.Width % shape.Height;
            int z = at / shape.LayerPixels;
            roots[0] = z > 0 ? Root(at - shape.LayerPixels) : -1;
            roots[1] = y > 0 ? Root(at - shape.Width) : -1;
            roots[2] = x > 0 ? Root(at - 1) : -1;
            roots[3] = x < shape.Width - 1 ? Root(at + 1) : -1;
            roots[4] = y < shape.Height - 1 ? Root(at + shape.Width) : -1;
            roots[5] = z < shape.Depth - 1 ? Root(at + shape.LayerPixels) : -1;
            // The deepest neighbouring basin takes the pixel.
            int best = -1;
            foreach (int root in roots)
            {
                best = root >= 0 && (best < 0 || Before(root, best)) ? root : best;
            }

            if (best < 0)
            {
                continue;
            }

            parents[at] = best;
            foreach (int root in roots)
            {
                if (root >= 0 && root != best && heights[at] - heights[root] < depth)
                {
                    parents[root] = best;
                }
            }
        }

        int[] labels = new int[heights.Length];
        int[] numbers = new int[heights.Length];
        int next = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            if (parents[i] >= 0)
            {
                int root = Find(i);
                numbers[root] = numbers[root] == 0 ? ++next : numbers[root];
                labels[i] = numbers[root];
            }
        }

        return labels;

        int Root(int i) => parents[i] < 0 ? -1 : Find(i);

        bool Before(int a, int b) => heights[a] < heights[b] || (heights[a] == heights[b] && a < b);

        // A basin's root is its lowest pixel.
        int Find(int i)
        {
            while (parents[i] != i)
            {
                parents[i] = parents[parents[i]];
                i = parents[i];
            }

            return i;
        }
    }

    private static void SortTies(float[] keys, int[] order)
    {
        for (int first = 0; first < keys.Length;)
        {
            int end = first + 1;
            while (end < keys.Length && keys[end] == keys[first])
            {
                end++;
            }

            Array.Sort(order, first, end - first);
            first = end;
        }
    }
}
