namespace CellStitch.Segmentation.Flows;

/// <summary>Groups sinks that lie together into cells: peaks of their histogram grow over the pixels around them.</summary>
internal static class SinkClusters
{
    private const int Border = 20;
    private const int PeakReach = 2;
    private const int SmallestPeak = 10;
    private const int Rounds = 5;
    private const int SmallestNeighbour = 2;
    private const int Window = (2 * Rounds) + 1;

    // Cellpose's bound: what covers more than this share of an image is no cell.
    private const double LargestShare = 0.4;

    /// <summary>Labels 1 … n, in ascending order of the sizes of their sinks.</summary>
    /// <param name="sinks">Raster index of the sink per pixel; −1 outside cells.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    public static int[] Label(int[] sinks, int height, int width)
    {
        int gridWidth = width + (2 * Border);
        int gridHeight = height + (2 * Border);
        int[] counts = new int[gridHeight * gridWidth];
        foreach (int sink in sinks)
        {
            if (sink >= 0)
            {
                counts[OnGrid(sink)]++;
            }
        }

        // OrderBy is stable: equal peaks stay in raster order. The fuller sink is written last and wins.
        int[] peaks = [.. Peaks(counts, gridHeight, gridWidth).OrderBy(peak => counts[peak])];
        int[] grown = new int[counts.Length];
        for (int k = 0; k < peaks.Length; k++)
        {
            Grow(counts, gridWidth, peaks[k], k + 1, grown);
        }

        int[] labels = new int[sinks.Length];
        int[] sizes = new int[peaks.Length + 1];
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = sinks[i] >= 0 ? grown[OnGrid(sinks[i])] : 0;
            sizes[labels[i]]++;
        }

        int next = 0;
        int[] numbers = [.. sizes.Select((size, label) => label > 0 && size > 0 && size <= LargestShare * labels.Length ? ++next : 0)];
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = numbers[labels[i]];
        }

        return labels;

        int OnGrid(int sink) => (((sink / width) + Border) * gridWidth) + (sink % width) + Border;
    }

    private static List<int> Peaks(int[] counts, int height, int width)
    {
        var peaks = new List<int>();
        for (int y = PeakReach; y < height - PeakReach; y++)
        {
            for (int x = PeakReach; x < width - PeakReach; x++)
            {
                int at = (y * width) + x;
                if (counts[at] > SmallestPeak && IsLargest(counts, width, at))
                {
                    peaks.Add(at);
                }
            }
        }

        return peaks;
    }

    private static bool IsLargest(int[] counts, int width, int at)
    {
        for (int dy = -PeakReach; dy <= PeakReach; dy++)
        {
            foreach (int other in counts.AsSpan(at + (dy * width) - PeakReach, (2 * PeakReach) + 1))
            {
                if (other > counts[at])
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static void Grow(int[] counts, int width, int peak, int label, int[] grown)
    {
        int corner = peak - (Rounds * width) - Rounds;
        var reached = new bool[Window * Window];
        reached[reached.Length / 2] = true;
        for (int round = 0; round < Rounds; round++)
        {
            var wider = new bool[reached.Length];
            for (int i = 0; i < wider.Length; i++)
            {
                (int y, int x) = Math.DivRem(i, Window);
                wider[i] = counts[corner + (y * width) + x] > SmallestNeighbour && Touches(reached, y, x);
            }

            reached = wider;
        }

        for (int i = 0; i < reached.Length; i++)
        {
            if (reached[i])
            {
                grown[corner + (i / Window * width) + (i % Window)] = label;
            }
        }
    }

    private static bool Touches(bool[] reached, int y, int x)
    {
        for (int row = Math.Max(0, y - 1); row <= Math.Min(Window - 1, y + 1); row++)
        {
            for (int column = Math.Max(0, x - 1); column <= Math.Min(Window - 1, x + 1); column++)
            {
                if (reached[(row * Window) + column])
                {
                    return true;
                }
            }
        }

        return false;
    }
}
