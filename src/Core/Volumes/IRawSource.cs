namespace CellStitch.Core.Volumes;

/// <summary>
/// A stack of intensities on (z, y, x) axes that is read layer by layer and row by row: the twin of <see cref="ILayerSource"/> for pixels that are no
/// labels. Safe to call from several threads.
/// </summary>
public interface IRawSource : IDisposable
{
    /// <summary>Name for messages, as the user knows it.</summary>
    string Name { get; }

    /// <summary>Shape (z, y, x) in voxels.</summary>
    VolumeShape Shape { get; }

    /// <summary>Voxel size in µm; null where the source does not state it.</summary>
    VoxelSize? VoxelSize { get; }

    /// <summary>What the user should know of the stack, a sentence each.</summary>
    IReadOnlyList<string> Warnings { get; }

    /// <summary>Opens the rows of layer <paramref name="z"/> from <paramref name="firstRow"/> on, for one thread at a time.</summary>
    /// <param name="z">Layer, 0 … depth − 1.</param>
    /// <param name="firstRow">First row that <see cref="IRawRows.Read"/> returns, 0 … height.</param>
    /// <exception cref="InvalidMaskException">The layer cannot be read.</exception>
    IRawRows OpenRows(int z, int firstRow = 0);
}

/// <summary>The rows of one layer of intensities, from top to bottom.</summary>
public interface IRawRows : IDisposable
{
    /// <summary>Reads the next rows.</summary>
    /// <param name="rows">Receives whole rows of finite numbers; its length is a multiple of the width.</param>
    /// <exception cref="InvalidMaskException">The rows cannot be decoded, or a pixel is not a finite number.</exception>
    void Read(Span<float> rows);
}
