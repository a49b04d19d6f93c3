namespace CellStitch.Core.Volumes;

/// <summary>Masks of 8 bits, watched while they are read: a segmenter that counts past 255 cells has no room for the others.</summary>
/// <param name="masks">The masks; disposed with this view.</param>
public sealed class EightBitMasks(ILayerSource masks) : ILayerSource
{
    private volatile bool _full;

    /// <summary>Whether the largest label that 8 bits can hold has been read.</summary>
    public bool Full => _full;

    /// <summary>What to tell the user then.</summary>
    public string Warning => $"{Name}: has the label 255, the last one of 8 bits; cells beyond it may be missing. Save masks with 16 bits.";

    /// <inheritdoc/>
    public string Name => masks.Name;

    /// <inheritdoc/>
    public VolumeShape Shape => masks.Shape;

    /// <inheritdoc/>
    public VoxelSize? VoxelSize => masks.VoxelSize;

    /// <inheritdoc/>
    public IRowReader OpenRows(int z, int firstRow = 0)
    {
        IRowReader rows = masks.OpenRows(z, firstRow);
        return _full ? rows : new WatchedRows(this, rows);
    }

    /// <inheritdoc/>
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
