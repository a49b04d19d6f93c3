using CellStitch.Core.Volumes;

namespace CellStitch.Segmentation.Systems;

/// <summary>Regions that are too small go to their neighbours, by flooding from those that stay.</summary>
internal static class SmallRegions
{
    /// <summary>Where no region is large enough all of them stay: there is nobody to give them to.</summary>
    /// <param name="heights">Boundary probabilities.</param>
    /// <param name="labels">Regions; 0 is none. Changed.</param>
    /// <param name="shape">Shape (z, y, x).</param>
    /// <param name="isOpen">Whether a voxel may be in a region.</param>
    /// <param name="smallest">Voxels of the smallest region that stays.</param>
    public static void GiveAway(ReadOnlySpan<ushort> heights, Span<int> labels, VolumeShape shape, Func<int, bool> isOpen, int smallest)
    {
        int count = 0;
        foreach (int label in labels)
        {
            count = Math.Max(count, label);
        }

        int[] sizes = new int[count + 1];
        foreach (int label in labels)
        {
            sizes[label]++;
        }

        bool anyStays = sizes.AsSpan(1).ContainsAnyInRange(smallest, int.MaxValue);
        bool anyGoes = sizes.AsSpan(1).ContainsAnyInRange(1, smallest - 1);
        if (!anyStays || !anyGoes)
        {
            return;
        }

        foreach (ref int label in labels)
        {
            label = sizes[label] < smallest ? 0 : label;
        }

        Flooding.Spread(heights, labels, shape, isOpen);
    }
}
