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
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="depth">Least depth, from the lowest pixel to where it meets a deeper basin, of a basin that stays.</param>
    public static int[] Label(float[] heights, bool[]? mask, int height, int width, double depth)
    {
        int[] order = [.. Enumerable.Range(0, heights.Length).Where(i => mask is null || mask[i])];
        float[] keys = [.. order.Select(i => heights[i])];
        // Array.Sort is not stable; the index breaks ties.
        Array.Sort(keys, order, Comparer<float>.Default);
        SortTies(keys, order);

        int[] parents = new int[heights.Length];
        Array.Fill(parents, -1);
        foreach (int at in order)
        {
            parents[at] = at;
            (int y, int x) = Math.DivRem(at, width);
            // The deepest neighbouring basin takes the pixel.
            int best = -1;
            Span<int> roots = [Root(y - 1, x), Root(y, x - 1), Root(y, x + 1), Root(y + 1, x)];
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

        int Root(int y, int x) => y < 0 || x < 0 || y >= height || x >= width || parents[(y * width) + x] < 0 ? -1 : Find((y * width) + x);

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
