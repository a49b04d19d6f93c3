using CellStitch.Core.Stitching;

namespace CellStitch.Core.Volumes;

/// <summary>
/// A view of a stack for work that comes back to layers: it holds the layers it was told to, and reads all others from the stack. Read from several threads, told by one
/// between the reads. Does not own the stack.
/// </summary>
/// <param name="stack">The stack.</param>
/// <param name="largest">Layers of more pixels are not held.</param>
internal sealed class KeptLayers(ILayerSource stack, int largest) : ILayerSource
{
    private readonly Dictionary<int, uint[]> _kept = [];

    public string Name => stack.Name;

    public VolumeShape Shape => stack.Shape;

    public VoxelSize? VoxelSize => stack.VoxelSize;

    /// <summary>Holds these layers, and no others from now on.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="run">Threads and cancellation.</param>
    public void Keep(LayerRange layers, LayerRuns run)
    {
        if (Shape.LayerPixels > largest)
        {
            return;
        }

        Release([.. _kept.Keys.Where(z => z < layers.First || z >= layers.End)]);
        int[] missing = [.. Enumerable.Range(layers.First, layers.Count).Where(z => !_kept.ContainsKey(z))];
        foreach (int z in missing)
        {
            _kept.Add(z, LayerBuffers.Rent(Shape.LayerPixels));
        }

        run.For(missing.Length, i => stack.ReadLayer(missing[i], _kept[missing[i]]));
    }

    public IRowReader OpenRows(int z, int firstRow = 0) =>
        _kept.TryGetValue(z, out uint[]? layer) ? new MemoryRows(layer.AsMemory(firstRow * Shape.Width)) : stack.OpenRows(z, firstRow);

    /// <summary>Lets go of the layers held.</summary>
    public void Dispose() => Release([.. _kept.Keys]);

    private void Release(int[] layers)
    {
        foreach (int z in layers)
        {
            _kept.Remove(z, out uint[]? layer);
            LayerBuffers.Return(layer!);
        }
    }
}
