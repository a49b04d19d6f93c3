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

    public VolumeShape Shape => _xy.Shape;

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
    public void PaintFilledCells(int z, Span<uint> layer, Func<int, bool> fills)
    {
        PaintCells(z, layer);
        HoleFilling.Fill(layer, _xy.Shape.Width, fills);
    }

    /// <summary>The labels of layer z in the result.</summary>
    /// <param name="z">The layer.</param>
    /// <param name="layer">Receives the labels.</param>
    /// <param name="final">What was decided of every cell.</param>
    public void PaintLabels(int z, Span<uint> layer, FinalCells final)
    {
        uint[] labels = final.Labels;
        if (final.HasHoles[z])
        {
            PaintFilledCells(z, layer, cell => final.Fills[cell]);
            foreach (ref uint pixel in layer)
            {
                pixel = labels[pixel];
            }

            return;
        }

        // Without holes the masks are painted straight away.

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
