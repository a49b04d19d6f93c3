namespace CellStitch.Core.Stitching;

/// <summary>
/// The relabel step, the only one that runs down the layers in order: a slice inherits the cell of the slice it continues, or begins the next cell.
/// Cells are numbered by first appearance (layer, then first pixel).
/// </summary>
public sealed class Relabeling
{
    private readonly List<int[]> _cells = [];

    /// <summary>Goes on after <paramref name="layerCount"/> layers of which only the last one with slices is known; the others read as empty.</summary>
    internal static Relabeling Resume(int layerCount, int lastLayer, int[] lastCells, int cellCount)
    {
        var relabeling = new Relabeling { CellCount = cellCount };
        for (int z = 0; z < layerCount; z++)
        {
            relabeling._cells.Add(z == lastLayer ? lastCells : []);
        }

        return relabeling;
    }

    /// <summary>Takes over what was decided elsewhere.</summary>
    internal static Relabeling Restore(int[][] cells, int cellCount)
    {
        var relabeling = new Relabeling { CellCount = cellCount };
        relabeling._cells.AddRange(cells);
        return relabeling;
    }

    /// <summary>Cells so far; they are numbered 1 … <see cref="CellCount"/>.</summary>
    public int CellCount { get; private set; }

    /// <summary>Layers so far.</summary>
    public int LayerCount => _cells.Count;

    /// <summary>The cell of each slice of layer <paramref name="z"/>, slices by first pixel.</summary>
    public ReadOnlySpan<int> CellsOf(int z) => _cells[z];

    /// <summary>Appends the next layer.</summary>
    /// <param name="sliceCount">Its number of slices; 0 for an empty layer.</param>
    /// <param name="links">What its slices continue; null when no layer before it has a slice, so that all are new.</param>
    public void Append(int sliceCount, LayerLinks? links)
    {
        var cells = new int[sliceCount];
        for (int i = 0; i < sliceCount; i++)
        {
            int source = links is null ? LayerLinks.NewCell : links.SourceOf[i];
            cells[i] = source == LayerLinks.NewCell ? ++CellCount : _cells[links!.SourceLayer][source];
        }

        _cells.Add(cells);
    }
}
