using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Baselines;

/// <summary>What <see cref="IouStitching"/> found.</summary>
/// <param name="Cells">Cells of the result, labels 1 … <paramref name="Cells"/>.</param>
/// <param name="Links">Slices that continue a cell of the layer above.</param>
public readonly record struct IouStitchingSummary(uint Cells, long Links);

/// <summary>
/// The baseline: Cellpose's 2D rule (<c>stitch3D</c>), which links slices of adjacent layers by their IoU alone (<see cref="IouLinks"/>).
/// Nothing is linked across an empty layer. Every slice becomes part of a cell; nothing is removed, filled or corrected.
/// </summary>
public static class IouStitching
{
    /// <summary>Cellpose's default threshold.</summary>
    public const decimal DefaultThreshold = 0.25m;

    /// <summary>Stitches 2D masks into 3D cells. Holds two layers per thread, whatever the depth, besides a few numbers per slice.</summary>
    /// <param name="xyMasks">XY masks; labels unique within a layer.</param>
    /// <param name="result">Receives labels 1 … K by first appearance (layer, then first pixel in raster order).</param>
    /// <param name="threshold">Smallest IoU of a link, in [0, 1], compared as the exact fraction it is written as, at most 9 decimal places.</param>
    /// <param name="threads">Layers worked on at the same time, at least 1. The result does not depend on it.</param>
    /// <param name="progress">Receives the share of the work done, in (0, 1], from any thread.</param>
    /// <param name="cancellation">Looked at before each layer.</param>
    /// <exception cref="InvalidMaskException">A layer cannot be read or does not hold labels.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is outside [0, 1] or has more than 9 decimal places, or there are no threads.</exception>
    public static IouStitchingSummary Stitch(
        ILayerSource xyMasks,
        ILayerSink result,
        decimal threshold = DefaultThreshold,
        int threads = 1,
        IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        if (threshold is < 0 or > 1 || threshold.Scale > IouLinks.ThresholdPlaces)
        {
            throw new ArgumentOutOfRangeException(
                nameof(threshold), threshold, $"must lie in [0, 1] and have at most {IouLinks.ThresholdPlaces} decimal places");
        }

        var passes = new TwoPasses(xyMasks.Shape.Depth, threads, progress, cancellation);
        IouLinks[] layers = Link(xyMasks, threshold, passes);
        uint[][] labels = Number(layers, out IouStitchingSummary summary);
        result.Begin(xyMasks.Shape, summary.Cells, xyMasks.VoxelSize);
        Paint(xyMasks, layers, labels, result, passes);
        return summary;
    }

    private static IouLinks[] Link(ILayerSource xyMasks, decimal threshold, TwoPasses passes)
    {
        int layerPixels = xyMasks.Shape.LayerPixels;
        var layers = new IouLinks[xyMasks.Shape.Depth];
        passes.InParallel(passes.Threads, part =>
        {
            int first = (int)((long)layers.Length * part / passes.Threads);
            int end = (int)((long)layers.Length * (part + 1) / passes.Threads);
            if (first == end)
            {
                return;
            }

            // Above layer 0 there is background only.
            var source = new uint[layerPixels];
            var target = new uint[layerPixels];
            if (first > 0)
            {
                xyMasks.ReadLayer(first - 1, source);
            }

            for (int z = first; z < end; z++)
            {
                passes.Cancellation.ThrowIfCancellationRequested();
                xyMasks.ReadLayer(z, target);
                var table = new OverlapTable();
                table.Add(0, source, target);
                layers[z] = IouLinks.Between(LayerPair.From(table, layerPixels), threshold);
                (source, target) = (target, source);
                passes.LayerDone();
            }
        });
        return layers;
    }

    // Numbers run on over all layers, so a new cell never meets a label of an earlier one (the second bug in the remarks of IouLinks).
    private static uint[][] Number(IouLinks[] layers, out IouStitchingSummary summary)
    {
        uint cells = 0;
        long links = 0;
        var labels = new uint[layers.Length][];
        for (int z = 0; z < layers.Length; z++)
        {
            ReadOnlySpan<int> predecessors = layers[z].Predecessors;
            labels[z] = new uint[predecessors.Length];
            for (int y = 0; y < predecessors.Length; y++)
            {
                bool linked = predecessors[y] > 0;
                labels[z][y] = linked ? labels[z - 1][predecessors[y] - 1] : ++cells;
                links += linked ? 1 : 0;
            }
        }

        summary = new IouStitchingSummary(cells, links);
        return labels;
    }

    private static void Paint(ILayerSource xyMasks, IouLinks[] layers, uint[][] labels, ILayerSink result, TwoPasses passes)
    {
        VolumeShape shape = xyMasks.Shape;
        var painted = new uint[Math.Min(passes.Threads, shape.Depth)][];
        for (int first = 0; first < shape.Depth; first += painted.Length)
        {
            int start = first;
            int count = Math.Min(painted.Length, shape.Depth - first);
            passes.InParallel(count, i =>
            {
                uint[] layer = painted[i] ??= new uint[shape.LayerPixels];
                xyMasks.ReadLayer(start + i, layer);
                new LabelMap(layers[start + i].Slices, labels[start + i]).Paint(layer);
            });

            for (int i = 0; i < count; i++)
            {
                passes.Cancellation.ThrowIfCancellationRequested();
                result.Write(painted[i]);
                passes.LayerDone();
            }
        }
    }

    // Threads, progress and cancellation of a run that visits every layer twice.
    private sealed class TwoPasses(int depth, int threads, IProgress<double>? progress, CancellationToken cancellation)
    {
        private int _done;

        public int Threads => threads;

        public CancellationToken Cancellation => cancellation;

        public void LayerDone() => progress?.Report(Interlocked.Increment(ref _done) / (2.0 * depth));

        public void InParallel(int count, Action<int> work)
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
            Task all = Parallel.ForAsync(0, count, options, (i, _) =>
            {
                work(i);
                return ValueTask.CompletedTask;
            });

            // Unlike Wait, this throws the reader's own exception.
            all.GetAwaiter().GetResult();
        }
    }
}
