using System.Collections.Concurrent;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.Volumes;

/// <summary>A view of a stack that notes which layers were opened.</summary>
internal sealed class CountedLayers(ILayerSource stack) : ILayerSource
{
    public ConcurrentQueue<int> Opened { get; } = [];

    public string Name => stack.Name;

    public VolumeShape Shape => stack.Shape;

    public VoxelSize? VoxelSize => stack.VoxelSize;

    public IRowReader OpenRows(int z, int firstRow = 0)
    {
        Opened.Enqueue(z);
        return stack.OpenRows(z, firstRow);
    }

    public void Dispose() => stack.Dispose();
}
