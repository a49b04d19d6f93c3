using System.Collections.Concurrent;
using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Evaluation;

/// <summary>A cell of the truth or of the prediction.</summary>
/// <param name="Label">Label in its volume, above 0.</param>
/// <param name="Voxels">Its size in voxels, above 0.</param>
public readonly record struct Instance(uint Label, long Voxels);

/// <summary>A true and a predicted cell that share voxels.</summary>
/// <param name="Truth">Index into <see cref="InstanceOverlap.Truth"/>.</param>
/// <param name="Predicted">Index into <see cref="InstanceOverlap.Predicted"/>.</param>
/// <param name="Voxels">Voxels they share, above 0.</param>
public readonly record struct InstancePair(int Truth, int Predicted, long Voxels);

/// <summary>
/// Which cells of the truth and of a prediction share how many voxels: all that the scores need to know of two volumes.
/// Any 32-bit labels, any number of cells, 64-bit counts.
/// </summary>
public sealed class InstanceOverlap
{
    private readonly Instance[] _truth;
    private readonly Instance[] _predicted;
    private readonly InstancePair[] _pairs;

    private InstanceOverlap(Instance[] truth, Instance[] predicted, InstancePair[] pairs)
    {
        _truth = truth;
        _predicted = predicted;
        _pairs = pairs;
    }

    /// <summary>The true cells, by ascending label; background is not listed.</summary>
    public ReadOnlySpan<Instance> Truth => _truth;

    /// <summary>The predicted cells, by ascending label; background is not listed.</summary>
    public ReadOnlySpan<Instance> Predicted => _predicted;

    /// <summary>All pairs of cells that share voxels, ascending by (truth, predicted).</summary>
    public ReadOnlySpan<InstancePair> Pairs => _pairs;

    /// <summary>Voxels that lie in at least one cell of the pair.</summary>
    public long Union(InstancePair pair) => _truth[pair.Truth].Voxels + _predicted[pair.Predicted].Voxels - pair.Voxels;

    /// <summary>
    /// Counts the shared voxels in one pass over both volumes, layers in parallel. Holds a band of rows of each volume per thread, besides
    /// the counts. The result does not depend on the number of threads.
    /// </summary>
    /// <param name="truth">The true cells.</param>
    /// <param name="predicted">The predicted cells, of the same shape.</param>
    /// <param name="threads">Layers counted at the same time, at least 1.</param>
    /// <param name="progress">Receives the share of layers done, in (0, 1], from any thread.</param>
    /// <param name="cancellation">Looked at before each layer.</param>
    /// <exception cref="InvalidMaskException">The shapes differ, or a layer cannot be read.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one thread.</exception>
    public static InstanceOverlap Measure(
        ILayerSource truth,
        ILayerSource predicted,
        int threads = 1,
        IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        VolumeShape shape = truth.Shape;
        if (predicted.Shape != shape)
        {
            throw new InvalidMaskException(
                MaskFault.ShapeMismatch, predicted.Name, null, $"has {predicted.Shape} voxels; the truth {truth.Name} has {shape}.");
        }

        var idle = new ConcurrentBag<LayerSums>();
        int done = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        Task counting = Parallel.ForAsync(0, shape.Depth, options, (z, _) =>
        {
            LayerSums sums = idle.TryTake(out LayerSums? free) ? free : new LayerSums(shape);
            sums.Count(truth, predicted, z);
            idle.Add(sums);
            progress?.Report((double)Interlocked.Increment(ref done) / shape.Depth);
            return ValueTask.CompletedTask;
        });

        // Unlike Wait, this throws the reader's own exception.
        counting.GetAwaiter().GetResult();
        return From(LayerSums.Total(idle));
    }

    private static InstanceOverlap From(Dictionary<(uint Truth, uint Predicted), long> shared)
    {
        Instance[] truth = Instances(shared, labels => labels.Truth);
        Instance[] predicted = Instances(shared, labels => labels.Predicted);
        Dictionary<uint, int> truthIndex = IndexOf(truth);
        Dictionary<uint, int> predictedIndex = IndexOf(predicted);
        InstancePair[] pairs =
        [
            .. shared.Where(entry => entry.Key.Truth != 0 && entry.Key.Predicted != 0)
                .Select(entry => new InstancePair(truthIndex[entry.Key.Truth], predictedIndex[entry.Key.Predicted], entry.Value))
                .OrderBy(pair => pair.Truth).ThenBy(pair => pair.Predicted),
        ];
        return new InstanceOverlap(truth, predicted, pairs);
    }

    private static Instance[] Instances(Dictionary<(uint Truth, uint Predicted), long> shared, Func<(uint Truth, uint Predicted), uint> side)
    {
        var voxels = new Dictionary<uint, long>();
        foreach (((uint, uint) labels, long count) in shared)
        {
            uint label = side(labels);
            if (label != 0)
            {
                voxels[label] = voxels.GetValueOrDefault(label) + count;
            }
        }

        return [.. voxels.Select(entry => new Instance(entry.Key, entry.Value)).OrderBy(instance => instance.Label)];
    }

    private static Dictionary<uint, int> IndexOf(Instance[] instances)
    {
        var index = new Dictionary<uint, int>(instances.Length);
        for (int i = 0; i < instances.Length; i++)
        {
            index.Add(instances[i].Label, i);
        }

        return index;
    }
}

/// <summary>Counts of one thread: some of the layers.</summary>
/// <param name="shape">Shape of both volumes.</param>
/// <param name="tableVoxels">Voxels that one table may count: it counts in 32 bits. A single layer always fits.</param>
internal sealed class LayerSums(VolumeShape shape, long tableVoxels = int.MaxValue)
{
    // Two bands of 256 KiB stay in the second-level cache between decoding and counting.
    private const int BandPixels = 1 << 16;

    private readonly int _bandRows = BandRows(shape);
    private readonly Dictionary<(uint Truth, uint Predicted), long> _sums = [];
    private readonly uint[] _truthBand = new uint[BandRows(shape) * shape.Width];
    private readonly uint[] _predictedBand = new uint[BandRows(shape) * shape.Width];
    private OverlapTable _table = new();
    private long _tableVoxels;

    public void Count(ILayerSource truth, ILayerSource predicted, int z)
    {
        if (_tableVoxels + shape.LayerPixels > tableVoxels)
        {
            Flush();
        }

        _tableVoxels += shape.LayerPixels;
        using IRowReader truthRows = truth.OpenRows(z);
        using IRowReader predictedRows = predicted.OpenRows(z);
        for (int row = 0; row < shape.Height; row += _bandRows)
        {
            int pixels = Math.Min(_bandRows, shape.Height - row) * shape.Width;
            Span<uint> truthBand = _truthBand.AsSpan(0, pixels);
            Span<uint> predictedBand = _predictedBand.AsSpan(0, pixels);
            truthRows.Read(truthBand);
            predictedRows.Read(predictedBand);
            _table.Add(row * shape.Width, truthBand, predictedBand);
        }
    }

    public static Dictionary<(uint Truth, uint Predicted), long> Total(IEnumerable<LayerSums> parts)
    {
        var total = new Dictionary<(uint Truth, uint Predicted), long>();
        foreach (LayerSums part in parts)
        {
            part.Flush();
            foreach (((uint, uint) labels, long voxels) in part._sums)
            {
                total[labels] = total.GetValueOrDefault(labels) + voxels;
            }
        }

        return total;
    }

    private static int BandRows(VolumeShape shape) => Math.Clamp(BandPixels / shape.Width, 1, shape.Height);

    private void Flush()
    {
        foreach (LabelOverlap overlap in _table.Overlaps)
        {
            (uint, uint) labels = (overlap.Source, overlap.Target);
            _sums[labels] = _sums.GetValueOrDefault(labels) + overlap.Pixels;
        }

        _table = new OverlapTable();
        _tableVoxels = 0;
    }
}
