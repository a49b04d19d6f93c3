namespace CellStitch.Core.Volumes;

/// <summary>A whole label volume in memory, voxels in (z, y, x) raster order. For tests and small inputs; everything else streams.</summary>
public sealed class LabelVolume : ILayerSource
{
    private readonly uint[] _voxels;

    /// <summary>An empty volume (background everywhere).</summary>
    /// <param name="shape">Shape (z, y, x).</param>
    /// <param name="voxelSize">Voxel size in µm, if known.</param>
    /// <param name="name">Name for messages.</param>
    public LabelVolume(VolumeShape shape, VoxelSize? voxelSize = null, string name = "volume")
        : this(shape, new uint[shape.Voxels], voxelSize, name)
    {
    }

    /// <summary>Wraps an array of voxels without copying it.</summary>
    /// <param name="shape">Shape (z, y, x).</param>
    /// <param name="voxels">Labels in raster order; exactly one per voxel.</param>
    /// <param name="voxelSize">Voxel size in µm, if known.</param>
    /// <param name="name">Name for messages.</param>
    /// <exception cref="ArgumentException">The array does not have one entry per voxel.</exception>
    public LabelVolume(VolumeShape shape, uint[] voxels, VoxelSize? voxelSize = null, string name = "volume")
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

    /// <summary>All labels in (z, y, x) raster order.</summary>
    public Span<uint> Voxels => _voxels;

    /// <summary>The label of one voxel.</summary>
    public ref uint this[int z, int y, int x] => ref Layer(z)[(y * Shape.Width) + x];

    /// <summary>The labels of layer <paramref name="z"/> in raster order.</summary>
    public Span<uint> Layer(int z) => _voxels.AsSpan(z * Shape.LayerPixels, Shape.LayerPixels);

    /// <summary>The largest label of the volume.</summary>
    public uint LargestLabel()
    {
        uint largest = 0;
        foreach (uint label in _voxels)
        {
            largest = Math.Max(largest, label);
        }

        return largest;
    }

    /// <summary>Reads a whole source into memory.</summary>
    /// <param name="source">Any stack that fits into memory.</param>
    public static LabelVolume From(ILayerSource source)
    {
        var volume = new LabelVolume(source.Shape, source.VoxelSize, source.Name);
        for (int z = 0; z < source.Shape.Depth; z++)
        {
            source.ReadLayer(z, volume.Layer(z));
        }

        return volume;
    }

    /// <inheritdoc/>
    public IRowReader OpenRows(int z, int firstRow = 0)
    {
        int skipped = firstRow * Shape.Width;
        return new MemoryRows(_voxels.AsMemory((z * Shape.LayerPixels) + skipped, Shape.LayerPixels - skipped));
    }

    /// <summary>Nothing to release.</summary>
    public void Dispose()
    {
    }
}

/// <summary>Rows that already lie in memory.</summary>
/// <param name="pixels">The remaining rows in raster order.</param>
internal sealed class MemoryRows(ReadOnlyMemory<uint> pixels) : IRowReader
{
    private ReadOnlyMemory<uint> _remaining = pixels;

    public void Read(Span<uint> rows) => Next(rows.Length).Span.CopyTo(rows);

    /// <summary>The next pixels where they lie.</summary>
    public ReadOnlyMemory<uint> Next(int count)
    {
        ReadOnlyMemory<uint> next = _remaining[..count];
        _remaining = _remaining[count..];
        return next;
    }

    public void Dispose()
    {
    }
}
