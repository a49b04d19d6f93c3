using CellStitch.Core.Volumes;

namespace CellStitch.Core.Interpolation;

/// <summary>The layers of a volume that are at work. Loading is for one thread, looking up for any.</summary>
/// <param name="labels">The volume.</param>
internal sealed class LoadedLayers(ILayerSource labels)
{
    private readonly Dictionary<int, LayerSlices> _layers = [];

    public LayerSlices this[int z] => _layers[z];

    /// <summary>The whole layer as a box.</summary>
    public PixelBox Image { get; } = new(0, 0, labels.Shape.Height, labels.Shape.Width);

    /// <summary>Reads the layers of a gap and those of its units, and forgets all others.</summary>
    /// <param name="gap">The layer above the gap.</param>
    /// <param name="units">Units of the gap.</param>
    public void Load(int gap, IEnumerable<GapUnit> units)
    {
        var wanted = new HashSet<int> { gap, gap + 1 };
        foreach (GapUnit unit in units)
        {
            wanted.Add(unit.Above ?? gap);
            wanted.Add(unit.Below ?? gap);
        }

        foreach (int z in _layers.Keys.Where(z => !wanted.Contains(z)).ToArray())
        {
            _layers.Remove(z);
        }

        foreach (int z in wanted.Where(z => !_layers.ContainsKey(z)))
        {
            _layers.Add(z, LayerSlices.Read(labels, z));
        }
    }
}
