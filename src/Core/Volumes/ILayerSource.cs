namespace CellStitch.Core.Volumes;

/// <summary>
/// A stack of label layers on (z, y, x) axes that is read layer by layer and row by row: a TIFF file, a blob, a volume in memory.
/// Nothing of it is held in memory between reads. Safe to call from several threads.
/// </summary>
public interface ILayerSource : IDisposable
{
    /// <summary>Name for messages, as the user knows it.</summary>
    string Name { get; }

    /// <summary>Shape (z, y, x) in voxels.</summary>
    VolumeShape Shape { get; }

    /// <summary>Voxel size in µm; null where the source does not state it.</summary>
    VoxelSize? VoxelSize { get; }

    /// <summary>Opens the rows of layer <paramref name="z"/> from <paramref name="firstRow"/> on, for one thread at a time.</summary>
    /// <param name="z">Layer, 0 … depth − 1.</param>
    /// <param name="firstRow">First row that <see cref="IRowReader.Read"/> returns, 0 … height.</param>
    /// <exception cref="InvalidMaskException">The layer cannot be read or does not hold labels.</exception>
    IRowReader OpenRows(int z, int firstRow = 0);
}

/// <summary>The rows of one layer, from top to bottom.</summary>
public interface IRowReader : IDisposable
{
    /// <summary>Reads the next rows.</summary>
    /// <param name="rows">Receives whole rows of labels (0 = background); its length is a multiple of the width.</param>
    /// <exception cref="InvalidMaskException">The rows cannot be decoded or do not hold labels.</exception>
    void Read(Span<uint> rows);
}

/// <summary>Whole layers from a source.</summary>
public static class LayerSourceReading
{
    /// <summary>Reads all of layer <paramref name="z"/>.</summary>
    /// <param name="source">The stack.</param>
    /// <param name="z">Layer, 0 … depth − 1.</param>
    /// <param name="layer">Receives height × width labels in raster order.</param>
    public static void ReadLayer(this ILayerSource source, int z, Span<uint> layer)
    {
        using IRowReader rows = source.OpenRows(z);
        rows.Read(layer);
    }

    /// <summary>Copies all layers, one at a time.</summary>
    /// <param name="source">The stack.</param>
    /// <param name="sink">Receives it.</param>
    /// <param name="largestLabel">A number that no label passes.</param>
    /// <param name="cancellation">Checked before each layer.</param>
    public static void CopyTo(this ILayerSource source, ILayerSink sink, uint largestLabel, CancellationToken cancellation = default)
    {
        sink.Begin(source.Shape, largestLabel, source.VoxelSize);
        var layer = new uint[source.Shape.LayerPixels];
        for (int z = 0; z < source.Shape.Depth; z++)
        {
            cancellation.ThrowIfCancellationRequested();
            source.ReadLayer(z, layer);
            sink.Write(layer);
        }
    }
}
