using CellStitch.Core.IO;

namespace CellStitch.Core.Stitching;

/// <summary>
/// Voxels and layers of every cell. The size filter and the hole filling depend on each other: a cell that is too small fills nothing, and a cell
/// may become too small because one before it in order filled over it. A cell depends only on cells before it, so repeating
/// survey and census until nothing changes ends, and ends at the published result. Mostly the first census is the last.
/// </summary>
public sealed class CellCensus
{
    private const int NoLayer = -1;
    private const int SeveralLayers = -2;

    private readonly long[] _voxels;
    private readonly int[] _onlyLayer;
    private readonly int[] _singlesOfLayer;
    private readonly int _minimumVolume;

    private CellCensus(int cellCount, int layerCount, int minimumVolume)
    {
        _voxels = new long[cellCount + 1];
        _onlyLayer = new int[cellCount + 1];
        Array.Fill(_onlyLayer, NoLayer);
        _singlesOfLayer = new int[layerCount];
        _minimumVolume = minimumVolume;
    }

    /// <summary>Counts the cells.</summary>
    /// <param name="layers">The slices of each layer.</param>
    /// <param name="relabeling">Their cells.</param>
    /// <param name="surveys">The survey of each layer; null before the first survey, when every slice counts as in its mask.</param>
    /// <param name="minimumVolume">Cells of fewer voxels are removed.</param>
    public static CellCensus Count(CellSlice[][] layers, Relabeling relabeling, LayerSurvey[]? surveys, int minimumVolume)
    {
        var census = new CellCensus(relabeling.CellCount, layers.Length, minimumVolume);
        for (int z = 0; z < layers.Length; z++)
        {
            ReadOnlySpan<int> cells = relabeling.CellsOf(z);
            Dictionary<int, ChangedSlice>? changed = surveys?[z].Changed.ToDictionary(slice => slice.Cell);
            for (int i = 0; i < cells.Length; i++)
            {
                int cell = cells[i];
                ChangedSlice slice = changed is not null && changed.TryGetValue(cell, out ChangedSlice found)
                    ? found
                    : new ChangedSlice(cell, layers[z][i].Pixels, 0, layers[z][i].Pixels, layers[z][i].FirstPixel);
                census._voxels[cell] += slice.SeenPixels;
                if (slice.FinalPixels > 0)
                {
                    census._onlyLayer[cell] = census._onlyLayer[cell] == NoLayer ? z : SeveralLayers;
                }
            }
        }

        census.CountSingleLayerCells();
        return census;
    }

    /// <summary>Cells counted; they are numbered 1 … <see cref="CellCount"/>.</summary>
    internal int CellCount => _voxels.Length - 1;

    /// <summary>Whether a cell has enough voxels to stay. It must have one at least: a cell that others filled over is gone.</summary>
    public bool Fills(int cell) => _voxels[cell] >= Math.Max(1, _minimumVolume);

    /// <summary>Whether a cell that stays has pixels in layer <paramref name="z"/> and in no other.</summary>
    public bool IsSingleLayerCell(int cell, int z) => cell != 0 && _onlyLayer[cell] == z && Fills(cell);

    /// <summary>Whether layer <paramref name="z"/> has a cell that occurs there only.</summary>
    public bool HasSingleLayerCells(int z) => _singlesOfLayer[z] > 0;

    /// <summary>Whether a survey made under this census is also right under <paramref name="other"/>.</summary>
    public bool Agrees(CellCensus other)
    {
        for (int cell = 1; cell < _voxels.Length; cell++)
        {
            // Only a cell with pixels can fill or touch anything; one that is gone decides nothing.
            bool decides = _voxels[cell] > 0 || other._voxels[cell] > 0;
            if (decides && (Fills(cell) != other.Fills(cell) || OnlyLayer(cell) != other.OnlyLayer(cell)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Reads what <see cref="ToArray"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The table is damaged.</exception>
    internal static CellCensus Read(Stream stream)
    {
        var table = new TableReader(stream, StageTable.Census);
        (int minimumVolume, int layers, int cells) = (table.Int(), table.Int(), table.Count());
        var census = new CellCensus(cells, layers, minimumVolume);
        for (int cell = 1; cell <= cells; cell++)
        {
            census._voxels[cell] = table.Long();
            census._onlyLayer[cell] = table.Int() + SeveralLayers;
            if (census._onlyLayer[cell] >= layers)
            {
                throw StageTable.Census.Damaged($"it has a cell in layer {census._onlyLayer[cell]} of {layers}.");
            }
        }

        table.End();
        census.CountSingleLayerCells();
        return census;
    }

    internal byte[] ToArray()
    {
        var table = new TableWriter(StageTable.Census);
        table.Number(_minimumVolume);
        table.Number(_singlesOfLayer.Length);
        table.Number(CellCount);
        for (int cell = 1; cell <= CellCount; cell++)
        {
            table.Number(_voxels[cell]);
            table.Number(_onlyLayer[cell] - SeveralLayers);
        }

        return table.ToArray();
    }

    private int OnlyLayer(int cell) => _onlyLayer[cell] >= 0 ? _onlyLayer[cell] : SeveralLayers;

    private void CountSingleLayerCells()
    {
        for (int cell = 1; cell < _onlyLayer.Length; cell++)
        {
            if (_onlyLayer[cell] >= 0 && Fills(cell))
            {
                _singlesOfLayer[_onlyLayer[cell]]++;
            }
        }
    }
}
