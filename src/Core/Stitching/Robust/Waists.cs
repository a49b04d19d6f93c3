namespace CellStitch.Core.Stitching;

/// <summary>
/// Cuts cells at their waist: two cells on top of each other that one bad mask joined hang together by little evidence, with much more above and below.
/// </summary>
internal static class Waists
{
    // The evidence across a waist is less than 3/10 of the strongest on either side (docs/algorithm.md, "Linking").
    private const int WaistTenths = 3;

    // A single slice may hang loosely at a cell's end without being another cell.
    private const int LeastLayers = 2;

    /// <summary>Cuts every cell as often as it has a waist.</summary>
    /// <param name="graph">The slices and the evidence.</param>
    /// <param name="clusters">For each slice number the smallest slice number of its cell; entry 0 is 0.</param>
    /// <param name="run">Threads and cancellation.</param>
    /// <returns>The same for the parts.</returns>
    public static int[] Cut(SliceGraph graph, int[] clusters, LayerRuns run)
    {
        int[][] cells = [.. Enumerable.Range(1, clusters.Length - 1).GroupBy(slice => clusters[slice]).Select(cell => cell.ToArray())];
        SliceLink[][] links = LinksByCell(graph, clusters, cells);
        int[] parts = [.. clusters];
        run.For(cells.Length, i =>
        {
            var open = new Stack<(ArraySegment<int> Slices, SliceLink[] Links)>();
            open.Push((cells[i], links[i]));
            while (open.TryPop(out (ArraySegment<int> Slices, SliceLink[] Links) part))
            {
                if (Waist(graph, part.Slices, part.Links) is { } above)
                {
                    ArraySegment<int> below = part.Slices[above..];
                    foreach (int slice in below)
                    {
                        parts[slice] = below[0];
                    }

                    open.Push((part.Slices[..above], [.. part.Links.Where(link => link.B < below[0])]));
                    open.Push((below, [.. part.Links.Where(link => link.A >= below[0])]));
                }
            }
        });
        return parts;
    }

    private static SliceLink[][] LinksByCell(SliceGraph graph, int[] clusters, int[][] cells)
    {
        var place = new int[clusters.Length];
        for (int i = 0; i < cells.Length; i++)
        {
            place[cells[i][0]] = i;
        }

        var count = new int[cells.Length];
        foreach (SliceLink link in graph.Links)
        {
            count[place[clusters[link.A]]] += Within(link) ? 1 : 0;
        }

        SliceLink[][] links = [.. count.Select(within => new SliceLink[within])];
        foreach (SliceLink link in graph.Links)
        {
            if (Within(link))
            {
                int i = place[clusters[link.A]];
                links[i][^count[i]--] = link;
            }
        }

        return links;

        bool Within(SliceLink link) => link.Weight != 0 && clusters[link.A] == clusters[link.B];
    }

    // How many slices lie above the waist; null when there is none. Of several the one with the least evidence across, then the one nearer to the middle.
    private static int? Waist(SliceGraph graph, ArraySegment<int> slices, SliceLink[] links)
    {
        // Entry k is the position of the first slice of the k-th layer; the evidence across gap k is that between layers up to k and layers after it.
        int[] first = [.. Enumerable.Range(0, slices.Count).Where(i => i == 0 || graph.Slices[slices[i]].Layer != graph.Slices[slices[i - 1]].Layer)];
        int gaps = first.Length - 1;
        if (gaps + 1 < 2 * LeastLayers)
        {
            return null;
        }

        Evidence[] across = Across(graph, slices, first, links);
        var strongestBelow = new Evidence[gaps];
        for (int k = gaps - 2; k >= 0; k--)
        {
            strongestBelow[k] = k == gaps - 2 ? across[k + 1] : Evidence.Max(strongestBelow[k + 1], across[k + 1]);
        }

        int? waist = null;
        Evidence strongestAbove = across[0];
        for (int k = LeastLayers - 1; k <= gaps - LeastLayers; k++)
        {
            bool isWaist = across[k].IsWaistBeside(strongestAbove) && across[k].IsWaistBeside(strongestBelow[k]);
            int order = !isWaist ? 1 : waist is not { } other ? -1 : across[k].CompareTo(across[other]);
            if (order < 0 || (isWaist && order == 0 && OffMiddle(k) < OffMiddle(waist!.Value)))
            {
                waist = k;
            }

            strongestAbove = Evidence.Max(strongestAbove, across[k]);
        }

        return waist is { } found ? first[found + 1] : null;

        int OffMiddle(int k) => Math.Abs((2 * k) - (gaps - 1));
    }

    private static Evidence[] Across(SliceGraph graph, ArraySegment<int> slices, int[] first, SliceLink[] links)
    {
        int[] layers = [.. first.Select(i => graph.Slices[slices[i]].Layer)];
        var begins = new Evidence[layers.Length];
        foreach (SliceLink link in links)
        {
            int from = Array.BinarySearch(layers, graph.Slices[link.A].Layer);
            int to = Array.BinarySearch(layers, graph.Slices[link.B].Layer);
            begins[from] = new Evidence(begins[from].Weight + link.Weight, begins[from].Union + link.Union);
            begins[to] = new Evidence(begins[to].Weight - link.Weight, begins[to].Union - link.Union);
        }

        for (int k = 1; k < begins.Length; k++)
        {
            begins[k] = new Evidence(begins[k - 1].Weight + begins[k].Weight, begins[k - 1].Union + begins[k].Union);
        }

        return begins[..^1];
    }

    // ΣW / ΣU; no links at all are no evidence.
    private readonly record struct Evidence(long Weight, long Union) : IComparable<Evidence>
    {
        private long Divisor => Math.Max(1, Union);

        public static Evidence Max(Evidence a, Evidence b) => a.CompareTo(b) >= 0 ? a : b;

        public int CompareTo(Evidence other) => ((Int128)Weight * other.Divisor).CompareTo((Int128)other.Weight * Divisor);

        public bool IsWaistBeside(Evidence strong) => strong.Weight > 0 && 10 * (Int128)Weight * strong.Divisor < WaistTenths * (Int128)strong.Weight * Divisor;
    }
}
