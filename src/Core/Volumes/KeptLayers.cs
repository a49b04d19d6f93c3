using CellStitch.Core.Stitching;

namespace CellStitch.Core.Volumes;

/// <summary>
/// A view of a stack for work that comes back to layers: it holds the layers it was told to, larger ones packed, and reads all others from the stack. Read from several
/// threads, told by one between the reads. Does not own the stack.
/// </summary>
/// <param name="stack">The stack.</param>
/// <param name="largest">Layers of up to this many pixels are held as they are, packed ones of up to <see cref="PackedShare"/> times as many; still larger ones are not held.</param>
/// <param name="grain">Along what labels repeat.</param>
internal sealed class KeptLayers(ILayerSource stack, int largest, LabelGrain grain = LabelGrain.Rows) : ILayerSource
{
    /// <summary>Packed layers take about an eighth of the memory, and there are fewer of them at once.</summary>
    public const int PackedShare = 16;

    // Labels that change from pixel to pixel do not pack: such a layer is not held.
    private const int MostBytesOfPixel = 1;

    private readonly Dictionary<int, uint[]> _kept = [];
    private readonly Dictionary<int, PackedLayer?> _packed = [];
    private readonly Stack<PackedLayer> _spare = [];

    public string Name => stack.Name;

    public VolumeShape Shape => stack.Shape;

    public VoxelSize? VoxelSize => stack.VoxelSize;

    /// <summary>Whether layers of this size are held as they are.</summary>
    public static bool AreHeldPlain(VolumeShape shape, int largest) => shape.LayerPixels <= largest;

    /// <summary>Holds these layers, and no others from now on.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="run">Threads and cancellation.</param>
    public void Keep(LayerRange layers, LayerRuns run)
    {
        if (AreHeldPlain(Shape, largest))
        {
            KeepPlain(layers, run);
        }
        else if (Shape.LayerPixels <= PackedShare * (long)largest)
        {
            KeepPacked(layers, run);
        }
    }

    public IRowReader OpenRows(int z, int firstRow = 0)
    {
        if (_kept.TryGetValue(z, out uint[]? layer))
        {
            return new MemoryRows(layer.AsMemory(firstRow * Shape.Width));
        }

        return _packed.GetValueOrDefault(z) is { } packed ? packed.OpenRows(firstRow) : stack.OpenRows(z, firstRow);
    }

    /// <summary>Lets go of the layers held.</summary>
    public void Dispose()
    {
        Release([.. _kept.Keys]);
        _packed.Clear();
        _spare.Clear();
    }

    private static int[] Missing<T>(LayerRange layers, Dictionary<int, T> held) =>
        [.. Enumerable.Range(layers.First, layers.Count).Where(z => !held.ContainsKey(z))];

    private static int[] Outside<T>(LayerRange layers, Dictionary<int, T> held) => [.. held.Keys.Where(z => z < layers.First || z >= layers.End)];

    private void KeepPlain(LayerRange layers, LayerRuns run)
    {
        Release(Outside(layers, _kept));
        int[] missing = Missing(layers, _kept);
        foreach (int z in missing)
        {
            _kept.Add(z, LayerBuffers.Rent(Shape.LayerPixels));
        }

        run.For(missing.Length, i => stack.ReadLayer(missing[i], _kept[missing[i]]));
    }

    private void KeepPacked(LayerRange layers, LayerRuns run)
    {
        foreach (int z in Outside(layers, _packed))
        {
            _packed.Remove(z, out PackedLayer? past);
            if (past is not null)
            {
                _spare.Push(past);
            }
        }

        int[] missing = Missing(layers, _packed);
        var made = new PackedLayer[missing.Length];
        for (int i = 0; i < made.Length; i++)
        {
            made[i] = _spare.TryPop(out PackedLayer? used) ? used : new PackedLayer(Shape.Width, Shape.Height, grain);
        }

        run.For(missing.Length, i => made[i].Fill(stack, missing[i]));
        for (int i = 0; i < made.Length; i++)
        {
            _packed.Add(missing[i], made[i].Bytes <= MostBytesOfPixel * (long)Shape.LayerPixels ? made[i] : null);
        }
    }

    private void Release(int[] layers)
    {
        foreach (int z in layers)
        {
            _kept.Remove(z, out uint[]? layer);
            LayerBuffers.Return(layer!);
        }
    }
}
