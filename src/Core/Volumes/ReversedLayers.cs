namespace CellStitch.Core.Volumes;

/// <summary>A view of a stack with its layers in reverse: layer z is layer depth − 1 − z of the stack. Does not own the stack.</summary>
/// <param name="stack">The stack.</param>
internal sealed class ReversedLayers(ILayerSource stack) : ILayerSource
{
    public string Name => stack.Name;

    public VolumeShape Shape => stack.Shape;

    public VoxelSize? VoxelSize => stack.VoxelSize;

    public IRowReader OpenRows(int z, int firstRow = 0) => stack.OpenRows(Shape.Depth - 1 - z, firstRow);

    public void Dispose()
    {
    }
}
