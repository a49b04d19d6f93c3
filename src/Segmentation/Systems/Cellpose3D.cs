using CellStitch.Core.Volumes;
using CellStitch.Segmentation.Flows;
using CellStitch.Segmentation.Stacks;

namespace CellStitch.Segmentation.Systems;

/// <summary>
/// Cellpose's own way to 3D (docs/systems.md, "Cellpose 3D"): the network's flows of the slices of all three directions are averaged, and every voxel follows them to the sink
/// of its cell.
/// </summary>
public static class Cellpose3D
{
    /// <summary>Voxels of the smallest cell that stays, unless said otherwise.</summary>
    public const int DefaultMinimumVolume = 15;

    // Cellpose's number at the nominal size; larger cells take longer ways.
    private const int StepsAtNominalSize = 200;

    // Nearly all the time is the network's.
    private const double NetworkShare = 0.9;

    /// <summary>Segments a stack, which is held in memory.</summary>
    /// <param name="raw">The stack.</param>
    /// <param name="setup">What was decided for it.</param>
    /// <param name="network">The network.</param>
    /// <param name="minimumVolume">Cells of fewer voxels are removed.</param>
    /// <param name="threads">Slices worked on at once, at least 1. The result does not depend on it.</param>
    /// <param name="progress">Receives the share of the work done, from any thread.</param>
    /// <param name="cancellation">Checked before each slice.</param>
    /// <returns>Labels 1 … K by first voxel.</returns>
    /// <exception cref="InvalidMaskException">The stack cannot be read, or does not fit into memory.</exception>
    public static LabelVolume Segment(
        IRawSource raw,
        SegmentationSetup setup,
        FlowNetwork network,
        int minimumVolume = DefaultMinimumVolume,
        int threads = 1,
        IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        InMemory.Require(raw);
        float[] voxels = InMemory.Read(raw, setup.Range, setup.Contrast, cancellation);
        VolumeFlows flows = VolumeFlows.Of(
            voxels, raw.Shape, setup, network.Run, threads, share => progress?.Report(NetworkShare * share), cancellation);
        int[] labels = Labels(flows, setup.Diameter, minimumVolume, threads, cancellation);
        progress?.Report(1);
        return InMemory.Number(labels, raw);
    }

    /// <summary>From flows to cells, without the network.</summary>
    internal static int[] Labels(VolumeFlows flows, double diameter, int minimumVolume, int threads, CancellationToken cancellation)
    {
        int steps = (int)Math.Ceiling(StepsAtNominalSize * Math.Max(1, diameter / NominalSize.Diameter));
        int[] sinks = VolumeDynamics.Sinks(flows, steps, threads, cancellation);
        return MaskHoles.FillAndDrop(SinkClusters.Label(sinks, flows.Shape), flows.Shape, minimumVolume);
    }
}
