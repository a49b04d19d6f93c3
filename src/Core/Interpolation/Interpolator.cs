using CellStitch.Core.Volumes;

namespace CellStitch.Core.Interpolation;

/// <summary>What an interpolation made.</summary>
/// <param name="Shape">Shape of the isotropic volume.</param>
/// <param name="VoxelSize">Its voxel size; null if the input's is unknown.</param>
/// <param name="MatchedPairs">Slices followed from a layer to the next one.</param>
/// <param name="CellEnds">Slices of cells that begin or end between two layers.</param>
/// <param name="BridgedSlices">Slices made in original layers, where a cell is missing that goes on beyond them.</param>
public readonly record struct InterpolationSummary(VolumeShape Shape, VoxelSize? VoxelSize, long MatchedPairs, long CellEnds, long BridgedSlices);

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

    /// <summary>
    /// Interpolates a volume. Holds two original layers and those between them, whatever the depth, and the layers around where a cell is missing in some. Original layers are written as they are,
    /// but for the background of a layer in which a cell is missing that goes on beyond it.
    /// </summary>
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
        (uint largest, IReadOnlyList<IReadOnlyList<GapUnit>> gaps) = List(labels, options, cancellation);
        result.Begin(shape, largest, voxelSize);
        if (gaps.Count == 0)
        {
            result.Write(LayerSlices.Read(labels, 0).Pixels);
            return new InterpolationSummary(shape, voxelSize, 0, 0, 0);
        }

        var layers = new LoadedLayers(labels);
        var between = new GapLayers(layers.Image, options);
        for (int z = 0; z < gaps.Count; z++)
        {
            layers.Load(z, gaps[z]);
            var gap = new LayerGap(layers, z, options);
            if (z == 0)
            {
                result.Write(gap.Upper.Pixels);
            }

            between.Write(gap, z, gaps[z], result, cancellation);
            progress?.Report((z + 1) / (double)gaps.Count);
        }

        return new InterpolationSummary(
            shape,
            voxelSize,
            Count((unit, z) => unit.Above == z && unit.Below == z + 1),
            Count((unit, _) => unit.Above is null || unit.Below is null),
            Count((unit, z) => unit.Bridges(z)));

        long Count(Func<GapUnit, int, bool> which) => gaps.Select((units, z) => (long)units.Count(unit => which(unit, z))).Sum();
    }

    /// <summary>One look at all layers: the units of every gap, and the largest label, which interpolation does not change but the sink must know first.</summary>
    private static (uint Largest, IReadOnlyList<IReadOnlyList<GapUnit>> Gaps) List(
        ILayerSource labels, InterpolationOptions options, CancellationToken cancellation)
    {
        uint largest = 0;
        var units = new GapUnits(labels.Shape.Depth, options.BridgesLayers);
        var layer = new uint[labels.Shape.LayerPixels];
        for (int z = 0; z < labels.Shape.Depth; z++)
        {
            cancellation.ThrowIfCancellationRequested();
            labels.ReadLayer(z, layer);
            uint[] present = LayerSlices.LabelsOf(layer);
            largest = Math.Max(largest, present.Length == 0 ? 0 : present[^1]);
            units.Add(present);
        }

        return (largest, units.Finish());
    }

    /// <summary>The layers of one gap, and the threads that fill them.</summary>
    private sealed class GapLayers(PixelBox image, InterpolationOptions options)
    {
        private readonly List<LayerComposition> _layers = [];

        public void Write(LayerGap gap, int z, IReadOnlyList<GapUnit> units, ILayerSink result, CancellationToken cancellation)
        {
            if (options.Method == InterpolationMethod.Nearest)
            {
                for (int step = 1; step <= gap.Steps; step++)
                {
                    result.Write(gap.Nearest(step));
                }

                return;
            }

            bool bridged = units.Any(unit => unit.Bridges(z));
            int layers = bridged ? gap.Steps : gap.Steps - 1;
            while (_layers.Count < layers)
            {
                _layers.Add(new LayerComposition(image, options.LargestLabelWins));
            }

            Fill(gap, units, layers, cancellation);
            for (int step = 1; step < gap.Steps; step++)
            {
                result.Write(_layers[step - 1].Finish(gap.Upper.Pixels, gap.Lower.Pixels));
            }

            result.Write(bridged ? _layers[gap.Steps - 1].FinishOver(gap.Lower.Pixels) : gap.Lower.Pixels);
        }

        private void Fill(LayerGap gap, IReadOnlyList<GapUnit> units, int layers, CancellationToken cancellation)
        {
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancellation };
            Parallel.For(0, layers, parallel, i => _layers[i].Clear());
            foreach (GapUnit[] batch in units.Chunk(Batch))
            {
                var claims = new InterpolatedSlice[batch.Length][];
                Parallel.For(0, batch.Length, parallel, i => claims[i] = gap.Interpolate(batch[i]));
                Parallel.For(0, layers, parallel, layer =>
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
