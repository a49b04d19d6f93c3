namespace CellStitch.Core.Volumes;

/// <summary>A whole stack of intensities in memory, voxels in (z, y, x) raster order.</summary>
public sealed class IntensityVolume : IRawSource
{
    private readonly float[] _voxels;

    /// <summary>Wraps an array of voxels without copying it.</summary>
    /// <param name="shape">Shape (z, y, x).</param>
    /// <param name="voxels">Finite intensities in raster order; exactly one per voxel.</param>
    /// <param name="voxelSize">Voxel size in µm, if known.</param>
    /// <param name="name">Name for messages.</param>
    /// <exception cref="ArgumentException">The array does not have one entry per voxel.</exception>
    public IntensityVolume(VolumeShape shape, float[] voxels, VoxelSize? voxelSize = null, string name = "volume")
    {
        if (voxels.LongLength != shape.Voxels)
        {
            throw new ArgumentException($"{voxels.LongLength} voxels given; {shape} has {shape.Voxels}.", nameof(voxels));
        }

        Shape = shape;
        VoxelSize = voxelSize;
        Name = name;
        _voxels = voxels;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public VolumeShape Shape { get; }

    /// <inheritdoc/>
    public VoxelSize? VoxelSize { get; }

    /// <summary>None.</summary>
    public IReadOnlyList<string> Warnings => [];

    /// <summary>All intensities in (z, y, x) raster order.</summary>
    public Span<float> Voxels => _voxels;

    /// <summary>The intensities of layer <paramref name="z"/> in raster order.</summary>
    public Span<float> Layer(int z) => _voxels.AsSpan(z * Shape.LayerPixels, Shape.LayerPixels);

    /// <summary>Reads a whole source into memory: 4 bytes per voxel.</summary>
    /// <param name="source">Any stack of fewer than 2³¹ voxels that fits into memory.</param>
    /// <param name="cancellation">Checked before each layer.</param>
    /// <exception cref="InvalidMaskException">The stack cannot be read.</exception>
    public static IntensityVolume From(IRawSource source, CancellationToken cancellation = default)
    {
        var volume = new IntensityVolume(source.Shape, new float[source.Shape.Voxels], source.VoxelSize, source.Name);
        for (int z = 0; z < source.Shape.Depth; z++)
        {
            cancellation.ThrowIfCancellationRequested();
            using IRawRows rows = source.OpenRows(z);
            rows.Read(volume.Layer(z));
        }

        return volume;
    }

    /// <inheritdoc/>
    public IRawRows OpenRows(int z, int firstRow = 0)
    {
        int skipped = firstRow * Shape.Width;
        return new Rows(_voxels.AsMemory((z * Shape.LayerPixels) + skipped, Shape.LayerPixels - skipped));
    }

    /// <summary>Nothing to release.</summary>
    public void Dispose()
    {
    }

    private sealed class Rows(ReadOnlyMemory<float> remaining) : IRawRows
    {
        private ReadOnlyMemory<float> _remaining = remaining;

        public void Read(Span<float> rows)
        {
            _remaining.Span[..rows.Length].CopyTo(rows);
            _remaining = _remaining[rows.Length..];
        }

        public void Dispose()
        {
        }
    }
}
