namespace CellStitch.Core.Volumes;

/// <summary>A view of some layers of a stack. Does not own the stack.</summary>
/// <param name="stack">The stack.</param>
/// <param name="layers">Its layers, in the order of the view.</param>
/// <param name="voxelSize">Voxel size of the view, if known.</param>
public sealed class PickedLayers(ILayerSource stack, IReadOnlyList<int> layers, VoxelSize? voxelSize) : ILayerSource
{
    /// <inheritdoc/>
    public string Name => stack.Name;

    /// <inheritdoc/>
    public VolumeShape Shape { get; } = stack.Shape with { Depth = layers.Count };

    /// <inheritdoc/>
    public VoxelSize? VoxelSize => voxelSize;

    /// <inheritdoc/>
    public IRowReader OpenRows(int z, int firstRow = 0) => stack.OpenRows(layers[z], firstRow);

    /// <summary>Nothing to release.</summary>
    public void Dispose()
    {
    }
}
