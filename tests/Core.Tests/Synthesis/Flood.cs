using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.Synthesis;

/// <summary>Connected components the slow, obvious way.</summary>
internal static class Flood
{
    /// <summary>Components (8 neighbours) of equal non-zero labels in a plane, numbered 1 … in raster order.</summary>
    public static int[] Components(uint[,] plane)
    {
        (int rows, int columns) = (plane.GetLength(0), plane.GetLength(1));
        var found = new int[rows * columns];
        int count = 0;
        for (int start = 0; start < found.Length; start++)
        {
            if (plane[start / columns, start % columns] != 0 && found[start] == 0)
            {
                Fill(plane, found, start, ++count);
            }
        }

        return found;
    }

    /// <summary>Number of pieces (26 neighbours) of each label of a volume.</summary>
    public static Dictionary<uint, int> Pieces(LabelVolume volume)
    {
        VolumeShape shape = volume.Shape;
        var seen = new bool[shape.Voxels];
        var pieces = new Dictionary<uint, int>();
        for (int start = 0; start < seen.Length; start++)
        {
            uint label = volume.Voxels[start];
            if (label == 0 || seen[start])
            {
                continue;
            }

            pieces[label] = pieces.GetValueOrDefault(label) + 1;
            var open = new Stack<int>([start]);
            seen[start] = true;
            while (open.TryPop(out int voxel))
            {
                foreach (int next in Around(voxel, shape))
                {
                    if (!seen[next] && volume.Voxels[next] == label)
                    {
                        seen[next] = true;
                        open.Push(next);
                    }
                }
            }
        }

        return pieces;
    }

    /// <summary>Whether two planes divide their pixels in the same way, whatever the numbers; background must be background.</summary>
    public static bool SamePartition(ReadOnlySpan<int> expected, ReadOnlySpan<uint> actual)
    {
        var there = new Dictionary<int, uint> { [0] = 0 };
        var back = new Dictionary<uint, int> { [0] = 0 };
        for (int i = 0; i < expected.Length; i++)
        {
            there.TryAdd(expected[i], actual[i]);
            back.TryAdd(actual[i], expected[i]);
            if (there[expected[i]] != actual[i] || back[actual[i]] != expected[i])
            {
                return false;
            }
        }

        return true;
    }

    private static void Fill(uint[,] plane, int[] found, int start, int component)
    {
        (int rows, int columns) = (plane.GetLength(0), plane.GetLength(1));
        uint label = plane[start / columns, start % columns];
        var open = new Stack<int>([start]);
        found[start] = component;
        while (open.TryPop(out int pixel))
        {
            foreach (int next in Around(pixel, new VolumeShape(1, rows, columns)))
            {
                if (found[next] == 0 && plane[next / columns, next % columns] == label)
                {
                    found[next] = component;
                    open.Push(next);
                }
            }
        }
    }

    private static IEnumerable<int> Around(int voxel, VolumeShape shape)
    {
        int z = voxel / shape.LayerPixels;
        int y = voxel % shape.LayerPixels / shape.Width;
        int x = voxel % shape.Width;
        return
            from dz in Enumerable.Range(-1, 3)
            from dy in Enumerable.Range(-1, 3)
            from dx in Enumerable.Range(-1, 3)
            where z + dz >= 0 && z + dz < shape.Depth && y + dy >= 0 && y + dy < shape.Height && x + dx >= 0 && x + dx < shape.Width
            select voxel + (dz * shape.LayerPixels) + (dy * shape.Width) + dx;
    }
}
