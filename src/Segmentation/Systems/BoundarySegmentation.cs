using CellStitch.Core.Volumes;
using CellStitch.Segmentation.Flows;
using CellStitch.Segmentation.Stacks;

namespace CellStitch.Segmentation.Systems;

/// <summary>
/// From boundaries to cells as PlantSeg does it (docs/systems.md, "Boundaries"): supervoxels by a distance-transform watershed, joined by the mean boundary probability
/// between them. The boundaries are given, or come from the network's flows.
/// </summary>
public static class BoundarySegmentation
{
    private const double NetworkShare = 0.8;

    /// <summary>Segments by boundaries that come from the network; the stack is held in memory.</summary>
    /// <param name="raw">The stack.</param>
    /// <param name="setup">What was decided for it.</param>
    /// <param name="network">The network.</param>
    /// <param name="options">Options.</param>
    /// <param name="threads">Slices or layers worked on at once, at least 1. The result does not depend on it.</param>
    /// <param name="progress">Receives the share of the work done, from any thread.</param>
    /// <param name="cancellation">Checked before each slice.</param>
    /// <returns>Labels 1 … K by first voxel; 0 where the network sees no cell.</returns>
    /// <exception cref="InvalidMaskException">The stack cannot be read, or does not fit into memory.</exception>
    public static LabelVolume Segment(
        IRawSource raw,
        SegmentationSetup setup,
        FlowNetwork network,
        BoundaryOptions options,
        int threads = 1,
        IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        InMemory.Require(raw);
        float[] voxels = InMemory.Read(raw, setup.Range, setup.Contrast, cancellation);
        VolumeFlows flows = VolumeFlows.Of(
            voxels, raw.Shape, setup, network.Run, threads, share => progress?.Report(NetworkShare * share), cancellation);
        int[] labels = Labels(BoundaryMap.From(flows), options, setup.Anisotropy, threads, cancellation);
        progress?.Report(1);
        return InMemory.Number(labels, raw);
    }

    /// <summary>Segments by boundaries that are given; they are held in memory.</summary>
    /// <param name="boundaries">Boundary probabilities: 0 … 1, 0 … 255 or 0 … 65,535.</param>
    /// <param name="anisotropy">Distance of layers / distance of pixels; counts for supervoxels of the volume only.</param>
    /// <param name="options">Options.</param>
    /// <param name="threads">Layers worked on at once, at least 1. The result does not depend on it.</param>
    /// <param name="progress">Receives the share of the work done.</param>
    /// <param name="cancellation">Checked before each layer.</param>
    /// <returns>Labels 1 … K by first voxel; without a background unless <see cref="BoundaryOptions.DropsLargest"/> makes one.</returns>
    /// <exception cref="InvalidMaskException">The stack cannot be read, holds other numbers, or does not fit into memory.</exception>
    public static LabelVolume Segment(
        IRawSource boundaries,
        double anisotropy,
        BoundaryOptions options,
        int threads = 1,
        IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        InMemory.Require(boundaries);
        int[] labels = Labels(BoundaryMap.Given(boundaries, cancellation), options, anisotropy, threads, cancellation);
        progress?.Report(1);
        return InMemory.Number(labels, boundaries);
    }

    private static int[] Labels(BoundaryMap map, BoundaryOptions options, double anisotropy, int threads, CancellationToken cancellation)
    {
        int[] labels = DistanceWatershed.Label(map, options, anisotropy, threads, cancellation);
        AverageLinkage.Join(map, labels, 1 - options.Beta, cancellation);
        SmallRegions.GiveAway(map.Probability, labels, map.Shape, i => map.Cells is null || map.Cells[i], options.MinimumVolume);
        if (options.DropsLargest)
        {
            DropLargest(labels);
        }

        return labels;
    }

    private static void DropLargest(int[] labels)
    {
        int[] sizes = new int[labels.Max() + 1];
        foreach (int label in labels)
        {
            sizes[label] += label == 0 ? 0 : 1;
        }

        int largest = Array.IndexOf(sizes, sizes.Max());
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = labels[i] == largest ? 0 : labels[i];
        }
    }
}
