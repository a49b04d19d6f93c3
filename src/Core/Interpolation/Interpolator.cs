using System.Numerics;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Interpolation;

/// <summary>What an interpolation made.</summary>
/// <param name="Shape">Shape of the isotropic volume.</param>
/// <param name="VoxelSize">Its voxel size; null if the input's is unknown.</param>
/// <param name="MatchedPairs">Slices followed from a layer to the next one.</param>
/// <param name="CellEnds">Slices of cells that begin or end between two layers.</param>
public readonly record struct InterpolationSummary(VolumeShape Shape, VoxelSize? VoxelSize, long MatchedPairs, long CellEnds);

/// <summary>Algorithm 2 of the paper: layers between the layers of a label volume, so that its voxels become cubes (<c>docs/interpolation.md</c>).</summary>
public static class Interpolator
{
    // Claims of so many cells are held before they are put together; enough to keep threads busy.
    private const int Batch = 512;

    /// <summary>Layers of the isotropic volume.</summary>
    /// <param name="depth">Layers of the input, at least 1.</param>
    /// <param name="anisotropy">N.</param>
    public static int DepthOf(int depth, double anisotropy) => PositionOf(depth - 1, anisotropy) + 1;

    /// <summary>Where original layer z comes to lie: round(z · N), halves upwards.</summary>
    public static int PositionOf(int z, double anisotropy) => checked((int)Math.Round(z * anisotropy, MidpointRounding.AwayFromZero));

    /// <summary>The size of the new voxels: what lay N pixels apart becomes N voxels.</summary>
    public static VoxelSize? IsotropicSize(VoxelSize? size, double anisotropy) =>
        size is VoxelSize known ? known with { ZUm = known.ZUm / anisotropy } : null;

    /// <summary>Interpolates a volume. Holds two original layers and those between them, whatever the depth; original layers are written as they are.</summary>
    /// <param name="labels">The label volume.</param>
    /// <param name="result">Receives the isotropic volume.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Receives the share of the work done, in (0, 1].</param>
    /// <param name="cancellation">Looked at between batches of cells.</param>
    /// <exception cref="InvalidMaskException">A layer cannot be read.</exception>
    public static InterpolationSummary Interpolate(
        ILayerSource labels, ILayerSink result, InterpolationOptions options, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        VolumeShape shape = labels.Shape with { Depth = DepthOf(labels.Shape.Depth, options.Anisotropy) };
        VoxelSize? voxelSize = IsotropicSize(labels.VoxelSize, options.Anisotropy);
        result.Begin(shape, LargestLabel(labels, cancellation), voxelSize);

        var upper = LayerSlices.Read(labels, 0);
        result.Write(upper.Pixels);
        (long pairs, long ends) = (0, 0);
        var layers = new GapLayers(upper.Image, options);
        for (int z = 1; z < labels.Shape.Depth; z++)
        {
            var lower = LayerSlices.Read(labels, z);
            int steps = PositionOf(z, options.Anisotropy) - PositionOf(z - 1, options.Anisotropy);
            var gap = new LayerGap(upper, lower, steps, options);
            layers.Write(gap, result, cancellation);
            int matched = upper.Boxes.Keys.Count(lower.Boxes.ContainsKey);
            (pairs, ends) = (pairs + matched, ends + upper.Boxes.Count + lower.Boxes.Count - (2 * matched));
            result.Write(lower.Pixels);
            progress?.Report(z / (double)(labels.Shape.Depth - 1));
            upper = lower;
        }

        return new InterpolationSummary(shape, voxelSize, pairs, ends);
    }

    /// <summary>Interpolation invents no labels, but the sink must know the largest before the first layer.</summary>
    private static uint LargestLabel(ILayerSource labels, CancellationToken cancellation)
    {
        uint largest = 0;
        var layer = new uint[labels.Shape.LayerPixels];
        for (int z = 0; z < labels.Shape.Depth; z++)
        {
            cancellation.ThrowIfCancellationRequested();
            labels.ReadLayer(z, layer);
            largest = Math.Max(largest, Largest(layer));
        }

        return largest;

        static uint Largest(ReadOnlySpan<uint> layer)
        {
            Vector<uint> most = Vector<uint>.Zero;
            int at = 0;
            for (; at <= layer.Length - Vector<uint>.Count; at += Vector<uint>.Count)
            {
                most = Vector.Max(most, new Vector<uint>(layer[at..]));
            }

            uint largest = 0;
            for (; at < layer.Length; at++)
            {
                largest = Math.Max(largest, layer[at]);
            }

            for (int lane = 0; lane < Vector<uint>.Count; lane++)
            {
                largest = Math.Max(largest, most[lane]);
            }

            return largest;
        }
    }

    /// <summary>The layers of one gap, and the threads that fill them.</summary>
    private sealed class GapLayers(PixelBox image, InterpolationOptions options)
    {
        private readonly List<LayerComposition> _layers = [];

        public void Write(LayerGap gap, ILayerSink result, CancellationToken cancellation)
        {
            if (options.Method == InterpolationMethod.Nearest)
            {
                WriteNearest(gap, result);
                return;
            }

            while (_layers.Count < gap.Steps - 1)
            {
                _layers.Add(new LayerComposition(image, options.LargestLabelWins));
            }

            Fill(gap, cancellation);
            for (int step = 1; step < gap.Steps; step++)
            {
                result.Write(_layers[step - 1].Finish(gap.Upper.Pixels, gap.Lower.Pixels));
            }
        }

        private static void WriteNearest(LayerGap gap, ILayerSink result)
        {
            for (int step = 1; step < gap.Steps; step++)
            {
                result.Write(gap.Nearest(step));
            }
        }

        private void Fill(LayerGap gap, CancellationToken cancellation)
        {
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancellation };
            Parallel.For(0, gap.Steps - 1, parallel, i => _layers[i].Clear());
            foreach (uint[] batch in gap.Labels().Chunk(Batch))
            {
                var claims = new InterpolatedSlice[batch.Length][];
                Parallel.For(0, batch.Length, parallel, i => claims[i] = gap.Interpolate(batch[i]));
                Parallel.For(0, gap.Steps - 1, parallel, layer =>
                {
                    foreach (InterpolatedSlice slice in claims.SelectMany(slices => slices.Skip(layer).Take(1)))
                    {
                        _layers[layer].Add(slice);
                    }
                });
            }
        }
    }
}
