using CellStitch.Core.Volumes;
using CellStitch.Segmentation.Classic;

namespace CellStitch.Segmentation.Systems;

/// <summary>
/// Supervoxels from a boundary map (Beier et al. 2017, as PlantSeg uses it): the distance to the boundary is smoothed, its maxima are seeds, and a watershed of the map grows them.
/// </summary>
internal static class DistanceWatershed
{
    // PlantSeg's configuration: pixels of the smoothing, pixels or voxels of the smallest supervoxel.
    private const double SeedSigma = 2;
    private const int SmallestSupervoxel = 50;

    /// <summary>Labels 1 … n; 0 outside the cells of the map.</summary>
    /// <param name="map">The boundaries.</param>
    /// <param name="options">Threshold, and whether layers are apart.</param>
    /// <param name="anisotropy">Distance of layers / distance of pixels.</param>
    /// <param name="threads">Layers, or lines, worked on at once.</param>
    /// <param name="cancellation">Checked before each layer.</param>
    public static int[] Label(BoundaryMap map, BoundaryOptions options, double anisotropy, int threads, CancellationToken cancellation)
    {
        int[] labels = new int[map.Probability.Length];
        if (options.Supervoxels == Supervoxels.Volume)
        {
            Grow(map, 0, map.Shape, labels, options.Threshold, anisotropy, threads, cancellation);
            return labels;
        }

        VolumeShape layer = map.Shape with { Depth = 1 };
        int[] counts = new int[map.Shape.Depth];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        Parallel.For(0, map.Shape.Depth, parallel, z =>
            counts[z] = Grow(map, z * layer.LayerPixels, layer, labels.AsSpan(z * layer.LayerPixels, layer.LayerPixels), options.Threshold, 1, threads: 1, cancellation));
        int before = 0;
        for (int z = 0; z < counts.Length; z++)
        {
            foreach (ref int label in labels.AsSpan(z * layer.LayerPixels, layer.LayerPixels))
            {
                label = label == 0 ? 0 : label + before;
            }

            before += counts[z];
        }

        // A layer that is nothing but boundary has no seeds of its own.
        Flooding.Spread(map.Probability, labels, map.Shape, i => map.Cells is null || map.Cells[i]);
        return labels;
    }

    // A run of layers of the map; returns the largest label.
    private static int Grow(
        BoundaryMap map, int first, VolumeShape shape, Span<int> labels, double threshold, double anisotropy, int threads, CancellationToken cancellation)
    {
        var inside = new bool[labels.Length];
        ReadOnlySpan<ushort> boundaries = map.Probability.AsSpan(first, labels.Length);
        for (int i = 0; i < inside.Length; i++)
        {
            inside[i] = boundaries[i] <= threshold * BoundaryMap.Certain;
        }

        float[] distance = DistanceMap.Inside(inside, shape, anisotropy, threads, cancellation);
        for (int i = 0; i < distance.Length; i++)
        {
            distance[i] = IsCell(i) ? distance[i] : 0;
        }

        int[] seeds = RegionalMaxima.Label(Smoothing.Gaussian(distance, shape, shape.Depth > 1 ? SeedSigma / anisotropy : 0, SeedSigma, threads, cancellation), shape);
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = IsCell(i) ? seeds[i] : 0;
        }

        Flooding.Spread(boundaries, labels, shape, IsCell);
        SmallRegions.GiveAway(boundaries, labels, shape, IsCell, SmallestSupervoxel);
        return seeds.Length == 0 ? 0 : seeds.Max();

        bool IsCell(int i) => map.Cells is null || map.Cells[first + i];
    }
}
