namespace CellStitch.Core.Volumes;

/// <summary>An axis of a volume.</summary>
public enum VolumeAxis
{
    /// <summary>Layers.</summary>
    Z,

    /// <summary>Rows.</summary>
    Y,

    /// <summary>Columns.</summary>
    X,
}

/// <summary>A stack that is put together from slabs, which lie one after the other along an axis.</summary>
public sealed class JoinedSlabs : ILayerSource
{
    private readonly IReadOnlyList<ILayerSource> _slabs;
    private readonly VolumeAxis _axis;

    /// <summary>Puts slabs together.</summary>
    /// <param name="name">Name for messages.</param>
    /// <param name="axis">The axis they follow each other along.</param>
    /// <param name="slabs">The slabs, at least one; disposed with the stack.</param>
    /// <param name="voxelSize">Voxel size in µm, if known.</param>
    /// <exception cref="ArgumentException">The slabs differ along another axis.</exception>
    public JoinedSlabs(string name, VolumeAxis axis, IReadOnlyList<ILayerSource> slabs, VoxelSize? voxelSize = null)
    {
        VolumeShape first = slabs[0].Shape;
        int length = slabs.Sum(slab => Along(slab.Shape));
        Shape = axis switch
        {
            VolumeAxis.Z => first with { Depth = length },
            VolumeAxis.Y => first with { Height = length },
            _ => first with { Width = length },
        };
        if (slabs.Any(slab => Across(slab.Shape) != Across(first)))
        {
            throw new ArgumentException("Slabs of one stack are equal in size along the two other axes.", nameof(slabs));
        }

        (Name, VoxelSize, _axis, _slabs) = (name, voxelSize, axis, slabs);

        int Along(VolumeShape shape) => axis switch { VolumeAxis.Z => shape.Depth, VolumeAxis.Y => shape.Height, _ => shape.Width };

        (int, int) Across(VolumeShape shape) => axis switch
        {
            VolumeAxis.Z => (shape.Height, shape.Width),
            VolumeAxis.Y => (shape.Depth, shape.Width),
            _ => (shape.Depth, shape.Height),
        };
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public VolumeShape Shape { get; }

    /// <inheritdoc/>
    public VoxelSize? VoxelSize { get; }

    /// <inheritdoc/>
    public IRowReader OpenRows(int z, int firstRow = 0)
    {
        switch (_axis)
        {
            case VolumeAxis.Z:
                int slab = 0;
                for (; z >= _slabs[slab].Shape.Depth; slab++)
                {
                    z -= _slabs[slab].Shape.Depth;
                }

                return _slabs[slab].OpenRows(z, firstRow);
            case VolumeAxis.Y:
                return new RowsBelow(_slabs, z, firstRow);
            default:
                return new RowsBeside(_slabs, z, firstRow);
        }
    }

    /// <summary>Closes the slabs.</summary>
    public void Dispose()
    {
        foreach (ILayerSource slab in _slabs)
        {
            slab.Dispose();
        }
    }

    private sealed class RowsBelow : IRowReader
    {
        private readonly IReadOnlyList<ILayerSource> _slabs;
        private readonly int _z;
        private IRowReader? _rows;
        private int _slab;
        private int _row;

        public RowsBelow(IReadOnlyList<ILayerSource> slabs, int z, int firstRow)
        {
            (_slabs, _z, _row) = (slabs, z, firstRow);
            for (; _slab < slabs.Count && _row >= slabs[_slab].Shape.Height; _slab++)
            {
                _row -= slabs[_slab].Shape.Height;
            }
        }

        public void Read(Span<uint> rows)
        {
            while (!rows.IsEmpty)
            {
                VolumeShape shape = _slabs[_slab].Shape;
                _rows ??= _slabs[_slab].OpenRows(_z, _row);
                int count = Math.Min(rows.Length / shape.Width, shape.Height - _row);
                _rows.Read(rows[..(count * shape.Width)]);
                rows = rows[(count * shape.Width)..];
                _row += count;
                if (_row == shape.Height)
                {
                    _rows.Dispose();
                    (_rows, _row, _slab) = (null, 0, _slab + 1);
                }
            }
        }

        public void Dispose() => _rows?.Dispose();
    }

    private sealed class RowsBeside : IRowReader
    {
        private readonly (IRowReader Rows, int Width)[] _slabs;
        private readonly int _width;

        public RowsBeside(IReadOnlyList<ILayerSource> slabs, int z, int firstRow)
        {
            _slabs = [.. slabs.Select(slab => (slab.OpenRows(z, firstRow), slab.Shape.Width))];
            _width = _slabs.Sum(slab => slab.Width);
        }

        public void Read(Span<uint> rows)
        {
            int count = rows.Length / _width;
            int left = 0;
            foreach ((IRowReader reader, int width) in _slabs)
            {
                uint[] part = new uint[count * width];
                reader.Read(part);
                for (int y = 0; y < count; y++)
                {
                    part.AsSpan(y * width, width).CopyTo(rows[((y * _width) + left)..]);
                }

                left += width;
            }
        }

        public void Dispose()
        {
            foreach ((IRowReader rows, _) in _slabs)
            {
                rows.Dispose();
            }
        }
    }
}
