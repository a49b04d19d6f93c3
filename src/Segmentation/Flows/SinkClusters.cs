using CellStitch.Core.Volumes;

namespace CellStitch.Segmentation.Flows;

/// <summary>Groups sinks that lie together into cells: peaks of their histogram grow over the voxels around them. An image is a volume of one layer.</summary>
internal static class SinkClusters
{
    private const int PeakReach = 2;
    private const int SmallestPeak = 10;
    private const int Rounds = 5;
    private const int SmallestNeighbour = 2;

    // Cellpose's bound: what covers more than this share of an image is no cell.
    private const double LargestShare = 0.4;

    /// <summary>Labels 1 … n, in ascending order of the sizes of their sinks.</summary>
    /// <param name="sinks">Raster index of the sink per voxel; −1 outside cells.</param>
    /// <param name="shape">Shape (z, y, x).</param>
    public static int[] Label(int[] sinks, VolumeShape shape)
    {
        int[] counts = new int[sinks.Length];
        foreach (int sink in sinks)
        {
            if (sink >= 0)
            {
                counts[sink]++;
            }
        }

        // OrderBy is stable: equal peaks stay in raster order. The fuller sink is written last and wins.
        int[] peaks = [.. Peaks(counts, shape).OrderBy(peak => counts[peak])];
        int[] grown = new int[counts.Length];
        for (int k = 0; k < peaks.Length; k++)
        {
            Grow(counts, shape, peaks[k], k + 1, grown);
        }

        int[] labels = new int[sinks.Length];
        int[] sizes = new int[peaks.Length + 1];
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = sinks[i] >= 0 ? grown[sinks[i]] : 0;
            sizes[labels[i]]++;
        }

        int next = 0;
        int[] numbers = [.. sizes.Select((size, label) => label > 0 && size > 0 && size <= LargestShare * labels.Length ? ++next : 0)];
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = numbers[labels[i]];
        }

        return labels;
    }

    private static List<int> Peaks(int[] counts, VolumeShape shape)
    {
        var peaks = new List<int>();
        for (int at = 0; at < counts.Length; at++)
        {
            if (counts[at] > SmallestPeak && IsLargest(counts, shape, at))
            {
                peaks.Add(at);
            }
        }

        return peaks;
    }

    private static bool IsLargest(int[] counts, VolumeShape shape, int at)
    {
        int most = counts[at];
        foreach (int other in Around(at, PeakReach, shape))
        {
            if (counts[other] > most)
            {
                return false;
            }
        }

        return true;
    }

    // Each round takes what touches, also diagonally, and is not nearly empty.
    private static void Grow(int[] counts, VolumeShape shape, int peak, int label, int[] grown)
    {
        var reached = new HashSet<int> { peak };
        List<int> rim = [peak];
        for (int round = 0; round < Rounds; round++)
        {
            var next = new List<int>();
            foreach (int at in rim)
            {
                foreach (int other in Around(at, 1, shape))
                {
                    if (counts[other] > SmallestNeighbour && reached.Add(other))
                    {
                        next.Add(other);
                    }
                }
            }

            rim = next;
        }

        foreach (int at in reached)
        {
            grown[at] = label;
        }
    }

    // The voxels of a cube around a voxel, cut off at the frame.
    private static IEnumerable<int> Around(int at, int reach, VolumeShape shape)
    {
        (int z, int y, int x) = (at / shape.LayerPixels, at / shape.Width % shape.Height, at % shape.Width);
        for (int otherZ = Math.Max(z - reach, 0); otherZ <= Math.Min(z + reach, shape.Depth - 1); otherZ++)
        {
            for (int otherY = Math.Max(y - reach, 0); otherY <= Math.Min(y + reach, shape.Height - 1); otherY++)
            {
                for (int otherX = Math.Max(x - reach, 0); otherX <= Math.Min(x + reach, shape.Width - 1); otherX++)
                {
                    yield return (otherZ * shape.LayerPixels) + (otherY * shape.Width) + otherX;
                }
            }
        }
    }
}
