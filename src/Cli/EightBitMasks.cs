using CellStitch.Core.Volumes;

namespace CellStitch.Cli;

/// <summary>Masks of 8 bits, watched while they are read: a segmenter that counts past 255 cells has no room for the others.</summary>
internal sealed class EightBitMasks(ILayerSource masks) : ILayerSource
{
    private volatile bool _full;

    /// <summary>Whether the largest label that 8 bits can hold has been read.</summary>
    public bool Full => _full;

    public string Name => masks.Name;

    public VolumeShape Shape => masks.Shape;

    public VoxelSize? VoxelSize => masks.VoxelSize;

    public IRowReader OpenRows(int z, int firstRow = 0)
    {
        IRowReader rows = masks.OpenRows(z, firstRow);
        return _full ? rows : new WatchedRows(this, rows);
    }

    public void Dispose() => masks.Dispose();

    private sealed class WatchedRows(EightBitMasks masks, IRowReader rows) : IRowReader
    {
        public void Read(Span<uint> destination)
        {
            rows.Read(destination);
            if (!masks._full && destination.Contains((uint)byte.MaxValue))
            {
                masks._full = true;
            }
        }

        public void Dispose() => rows.Dispose();
    }
}
