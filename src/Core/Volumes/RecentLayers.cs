namespace CellStitch.Core.Volumes;

/// <summary>
/// A view of a stack for reading some rows of layer after layer: it keeps those of the layer it has last read, so that walking down layer pairs
/// decodes each layer once. For one thread; holds the rows of two layers. Does not own the stack.
/// </summary>
/// <param name="stack">The stack.</param>
/// <param name="firstRow">First of the rows that are read.</param>
/// <param name="rowCount">Their number.</param>
internal sealed class RecentLayers(ILayerSource stack, int firstRow, int rowCount) : ILayerSource
{
    private const int None = -1;

    private uint[] _kept = new uint[rowCount * stack.Shape.Width];
    private uint[] _spare = new uint[rowCount * stack.Shape.Width];
    private int _keptLayer = None;
    private bool _keeping;

    public string Name => stack.Name;

    public VolumeShape Shape => stack.Shape;

    public VoxelSize? VoxelSize => stack.VoxelSize;

    public IRowReader OpenRows(int z, int row = 0)
    {
        if (z == _keptLayer && row == firstRow)
        {
            return new MemoryRows(_kept);
        }

        // One reader fills the spare layer at a time; a second one just reads.
        IRowReader rows = stack.OpenRows(z, row);
        return row == firstRow && !_keeping ? new KeepingRows(this, z, rows) : rows;
    }

    public void Dispose()
    {
    }

    private sealed class KeepingRows : IRowReader
    {
        private readonly RecentLayers _owner;
        private readonly int _z;
        private readonly IRowReader _rows;
        private int _read;

        public KeepingRows(RecentLayers owner, int z, IRowReader rows)
        {
            (_owner, _z, _rows) = (owner, z, rows);
            owner._keeping = true;
        }

        public void Read(Span<uint> destination)
        {
            _rows.Read(destination);
            destination.CopyTo(_owner._spare.AsSpan(_read));
            _read += destination.Length;
        }

        public void Dispose()
        {
            _rows.Dispose();
            _owner._keeping = false;
            if (_read == _owner._spare.Length)
            {
                (_owner._kept, _owner._spare) = (_owner._spare, _owner._kept);
                _owner._keptLayer = _z;
            }
        }
    }
}
