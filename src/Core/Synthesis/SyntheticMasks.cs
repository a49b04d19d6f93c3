using CellStitch.Core.Volumes;

namespace CellStitch.Core.Synthesis;

/// <summary>Which 2D slices of a volume a segmenter saw.</summary>
public enum MaskProjection
{
    /// <summary>Layers: slices of constant z.</summary>
    Xy,

    /// <summary>Slices of constant y.</summary>
    Xz,

    /// <summary>Slices of constant x.</summary>
    Yz,
}

/// <summary>
/// Masks as a 2D segmenter would make them from known cells, on the (z, y, x) axes of the truth: the 2D connected components (8 neighbours) of each slice,
/// renumbered 1 … n at random within the slice, with errors. The truth may be synthetic or a real label volume.
/// </summary>
/// <param name="Masks">The mask stack.</param>
/// <param name="LargestLabel">Largest label in it; 0 without any object.</param>
/// <param name="Errors">How often each error happened.</param>
public sealed record SyntheticMasks(LabelVolume Masks, uint LargestLabel, ErrorCounts Errors)
{
    // A cache line holds 16 labels: reading YZ planes one by one would load each line 16 times.
    private const int ColumnsPerBand = 16;

    // Enough planes to know the mean slice.
    private const int SampledPlanes = 16;

    /// <summary>Makes one of the three mask stacks. Holds the stack, 4 bytes per voxel, and some planes per thread.</summary>
    /// <param name="truth">The true cells; the anisotropy comes from its voxel size (1 where unknown).</param>
    /// <param name="projection">Which slices.</param>
    /// <param name="noise">The errors of all three stacks.</param>
    /// <param name="seed">Decides everything that is random.</param>
    /// <param name="threads">Largest number of threads, at least 1; the masks do not depend on it.</param>
    /// <param name="cancellation">Looked at before each plane.</param>
    /// <exception cref="InvalidMaskException">The truth cannot be read.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static SyntheticMasks Make(
        ILayerSource truth, MaskProjection projection, MaskNoise noise, ulong seed, int threads = 1, CancellationToken cancellation = default)
    {
        LabelVolume volume = Load(truth, projection, cancellation);
        NoiseRates rates = projection == MaskProjection.Xy ? noise.Xy : noise.Projections;
        var planes = new VolumePlanes(volume, projection);
        PlaneGeometry geometry = planes.Geometry(rates.FalseSlice > 0 ? SampledPlanes : 0);
        ulong key = CounterRandom.Mix(seed, 1 + (ulong)projection);

        int band = projection == MaskProjection.Yz ? ColumnsPerBand : 1;
        int bands = (planes.Count + band - 1) / band;
        var made = new (ErrorCounts Errors, uint Largest)[bands];
        Parallel.For(
            0,
            bands,
            new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation },
            () => (Errors: new SliceErrors(rates, geometry, key), Buffer: new uint[band * geometry.Rows * geometry.Columns]),
            (b, _, worker) =>
            {
                int first = b * band;
                made[b] = MakeBand(planes, first, Math.Min(band, planes.Count - first), worker.Errors, worker.Buffer);
                return worker;
            },
            _ => { });

        var errors = made.Aggregate(default(ErrorCounts), (sum, one) => sum + one.Errors);
        return new SyntheticMasks(volume, made.Max(one => one.Largest), errors);
    }

    private static LabelVolume Load(ILayerSource truth, MaskProjection projection, CancellationToken cancellation)
    {
        var volume = new LabelVolume(truth.Shape, truth.VoxelSize, $"synthetic {projection.ToString().ToLowerInvariant()} masks");
        for (int z = 0; z < truth.Shape.Depth; z++)
        {
            cancellation.ThrowIfCancellationRequested();
            truth.ReadLayer(z, volume.Layer(z));
        }

        return volume;
    }

    private static (ErrorCounts Errors, uint Largest) MakeBand(VolumePlanes planes, int first, int count, SliceErrors errors, uint[] buffer)
    {
        int pixels = planes.Pixels;
        planes.Read(first, count, buffer);
        ErrorCounts counts = default;
        uint largest = 0;
        for (int i = 0; i < count; i++)
        {
            counts += errors.Apply(buffer.AsSpan(i * pixels, pixels), first + i, out uint objects);
            largest = Math.Max(largest, objects);
        }

        planes.Write(first, count, buffer);
        return (counts, largest);
    }
}
