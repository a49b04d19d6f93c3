using CellStitch.Core.Volumes;

namespace CellStitch.Core.Stitching;

/// <summary>Paints layers: the XY masks of a layer under the cells or labels that its slices were given.</summary>
internal sealed class LayerPainter
{
    private readonly ILayerSource _xy;
    private readonly CellSlice[][] _layers;
    private readonly Relabeling _relabeling;

    public LayerPainter(ILayerSource xy, CellSlice[][] layers, Relabeling relabeling)
    {
        (_xy, _layers, _relabeling) = (xy, layers, relabeling);
    }

    public int LayerPixels => _xy.Shape.LayerPixels;

    /// <summary>The cells of layer z, as in the masks.</summary>
    public void PaintCells(int z, Span<uint> layer)
    {
        ReadOnlySpan<int> cells = _relabeling.CellsOf(z);
        var numbers = new uint[cells.Length];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = (uint)cells[i];
        }

        Paint(z, layer, numbers);
    }

    /// <summary>The cells of layer z with their holes filled.</summary>
    public void PaintFilledCells(int z, Span<uint> layer, CellCensus census)
    {
        PaintCells(z, layer);
        HoleFilling.Fill(layer, _xy.Shape.Width, census.Fills);
    }

    /// <summary>The labels of layer z in the result.</summary>
    /// <param name="z">The layer.</param>
    /// <param name="layer">Receives the labels.</param>
    /// <param name="labels">The label of each cell.</param>
    /// <param name="census">To fill holes by; null where the survey found none, so that the masks are painted straight away.</param>
    public void PaintLabels(int z, Span<uint> layer, uint[] labels, CellCensus? census)
    {
        if (census is not null)
        {
            PaintFilledCells(z, layer, census);
            foreach (ref uint pixel in layer)
            {
                pixel = labels[pixel];
            }

            return;
        }

        ReadOnlySpan<int> cells = _relabeling.CellsOf(z);
        var numbers = new uint[cells.Length];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = labels[cells[i]];
        }

        Paint(z, layer, numbers);
    }

    private void Paint(int z, Span<uint> layer, uint[] numbers)
    {
        if (_layers[z].Length == 0)
        {
            layer.Clear();
            return;
        }

        _xy.ReadLayer(z, layer);
        new LabelMap(_layers[z], numbers).Paint(layer);
    }
}
