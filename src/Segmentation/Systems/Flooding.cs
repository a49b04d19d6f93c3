using CellStitch.Core.Volumes;

namespace CellStitch.Segmentation.Systems;

/// <summary>
/// Seeded watershed (Meyer's flooding): labels spread to neighbours along the axes, from low to high; of several at one height the one that was reached first goes on. Boundaries get
/// the label that reaches them.
/// </summary>
internal static class Flooding
{
    private const int Levels = ushort.MaxValue + 1;

    /// <summary>Spreads the labels over all voxels they reach.</summary>
    /// <param name="heights">Height of every voxel.</param>
    /// <param name="labels">Seeds; 0 where nothing is yet. Changed.</param>
    /// <param name="shape">Shape (z, y, x); one layer for an image.</param>
    /// <param name="isOpen">Whether a voxel may be flooded.</param>
    public static void Spread(ReadOnlySpan<ushort> heights, Span<int> labels, VolumeShape shape, Func<int, bool> isOpen)
    {
        // A queue per height, chained through the voxels: every voxel enters one queue once.
        int[] next = new int[labels.Length];
        int[] heads = new int[Levels];
        int[] tails = new int[Levels];
        Array.Fill(heads, -1);
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] > 0)
            {
                Enter(i, heights[i], next, heads, tails);
            }
        }

        Span<int> neighbours = stackalloc int[6];
        for (int level = 0; level < Levels; level++)
        {
            while (heads[level] >= 0)
            {
                int at = heads[level];
                heads[level] = next[at];
                foreach (int other in Neighbours(at, shape, neighbours))
                {
                    if (labels[other] == 0 && isOpen(other))
                    {
                        labels[other] = labels[at];
                        Enter(other, Math.Max(level, heights[other]), next, heads, tails);
                    }
                }
            }
        }
    }

    private static void Enter(int voxel, int level, int[] next, int[] heads, int[] tails)
    {
        next[voxel] = -1;
        if (heads[level] < 0)
        {
            heads[level] = voxel;
        }
        else
        {
            next[tails[level]] = voxel;
        }

        tails[level] = voxel;
    }

    private static Span<int> Neighbours(int at, VolumeShape shape, Span<int> neighbours)
    {
        int x = at % shape.Width;
        int y = at / shape.Width % shape.Height;
        int z = at / shape.LayerPixels;
        int count = 0;
        Take(neighbours, z > 0, at - shape.LayerPixels);
        Take(neighbours, y > 0, at - shape.Width);
        Take(neighbours, x > 0, at - 1);
        Take(neighbours, x < shape.Width - 1, at + 1);
        Take(neighbours, y < shape.Height - 1, at + shape.Width);
        Take(neighbours, z < shape.Depth - 1, at + shape.LayerPixels);
        return neighbours[..count];

        void Take(Span<int> taken, bool exists, int neighbour)
        {
            if (exists)
            {
                taken[count++] = neighbour;
            }
        }
    }
}
