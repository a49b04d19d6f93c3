using CellStitch.Core.Volumes;

namespace CellStitch.Core.Stitching;

/// <summary>A view of the XY masks with their split slices. Does not own the stack.</summary>
/// <param name="xy">The masks.</param>
/// <param name="splits">The splits of each layer.</param>
internal sealed class SplitLayers(ILayerSource xy, IReadOnlyList<LayerSplit> splits) : ILayerSource
{
    public string Name => xy.Name;

    public VolumeShape Shape => xy.Shape;

    public VoxelSize? VoxelSize => xy.VoxelSize;

    public IRowReader OpenRows(int z, int firstRow = 0)
    {
        IRowReader rows = xy.OpenRows(z, firstRow);
        return splits[z].Runs.Length == 0 ? rows : new SplitRows(rows, splits[z], firstRow * Shape.Width);
    }

    public void Dispose()
    {
    }

    private sealed class SplitRows(IRowReader masks, LayerSplit split, int firstPixel) : IRowReader
    {
        private int _next = firstPixel;

        public void Read(Span<uint> rows)
        {
            masks.Read(rows);
            split.Apply(rows, _next);
            _next += rows.Length;
        }

        public void Dispose() => masks.Dispose();
    }
}
