using CellStitch.Core.Volumes;

namespace CellStitch.Core.Stitching;

/// <summary>Paints layers: the XY masks of a layer under the cells or labels that its slices were given.</summary>
internal sealed class LayerPainter
{
    private readonly ILayerSource _xy;
    private readonly CellSlice[][] _layers;
    private readonly Relabeling _relabeling;
    private readonly KeptLayers? _kept;
    private readonly GapFilling? _gaps;
    private int _filledSlices;

    public LayerPainter(ILayerSource xy, CellSlice[][] layers, Relabeling relabeling)
    {
        (_xy, _layers, _relabeling) = (xy, layers, relabeling);
    }

    private LayerPainter(KeptLayers kept, IReadOnlyList<LayerSplit> splits, CellSlice[][] layers, Relabeling relabeling)
        : this(new SplitLayers(kept, splits), layers, relabeling)
    {
        (_kept, _gaps) = (kept, new GapFilling(_xy, layers, relabeling));
    }

    /// <summary>A painter of repaired cells: with their split slices, and with their gaps filled in the result.</summary>
    /// <param name="xy">The XY masks.</param>
    /// <param name="splits">The splits of each layer.</param>
    /// <param name="layers">The slices of each layer after splitting; those of the two layers before and after a painted one are needed, too.</param>
    /// <param name="relabeling">Their cells.</param>
    /// <param name="options">Options of the method.</param>
    public static LayerPainter OfRepaired(
        ILayerSource xy, IReadOnlyList<LayerSplit> splits, CellSlice[][] layers, Relabeling relabeling, StitchOptions options) =>
        new(new KeptLayers(xy, options.LargestKeptLayer), splits, layers, relabeling);

    /// <summary>Slices that were filled into the layers painted so far.</summary>
    public int FilledSlices => _filledSlices;

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

    /// <summary>
    /// Paints layers of the result, numbered from the top, and works on them: on one per thread at a time in any order, then on these in order.
    /// </summary>
    /// <param name="fromTop">The layers.</param>
    /// <param name="final">What was decided of every cell.</param>
    /// <param name="direction">The direction of the tracing.</param>
    /// <param name="run">Threads and cancellation.</param>
    /// <param name="measured">Receives the measures of the cells; null when nobody wants them.</param>
    /// <param name="work">Work on a painted layer that may be done at once with others'.</param>
    /// <param name="inOrder">Takes z and what the work gave.</param>
    public void PaintInOrder<T>(
        LayerRange fromTop,
        FinalCells final,
        StitchDirection direction,
        LayerRuns run,
        CellTable? measured,
        Func<uint[], T> work,
        Action<int, T> inOrder)
    {
        int threads = Math.Min(run.Threads, fromTop.Count);
        var layers = new uint[threads][];
        var done = new T[threads];

        // Each thread measures a layer apart: tables of many layers would hold most cells as often as there are threads.
        CellTable[] parts = measured is null ? [] : [.. Enumerable.Range(0, threads).Select(_ => new CellTable(Shape))];
        try
        {
            for (int first = fromTop.First; first < fromTop.End; first += threads)
            {
                int count = Math.Min(threads, fromTop.End - first);
                LayerRange painted = new LayerRange(first, first + count).Traced(direction, Shape.Depth);
                _kept?.Keep(painted.Widened(GapFilling.MostLayers, Shape.Depth), run);
                run.For(count, i => PaintOne(first, i));
                for (int i = 0; i < count; i++)
                {
                    if (measured is not null)
                    {
                        measured.Add(parts[i]);
                        parts[i].Clear();
                    }

                    inOrder(first + i, done[i]);
                }
            }
        }
        finally
        {
            foreach (uint[] layer in layers.Where(layer => layer is not null))
            {
                LayerBuffers.Return(layer);
            }

            _kept?.Dispose();
        }

        void PaintOne(int first, int i)
        {
            int z = first + i;
            layers[i] ??= LayerBuffers.Rent(Shape.LayerPixels);
            uint[] layer = layers[i];
            int traced = direction == StitchDirection.Down ? z : Shape.Depth - 1 - z;
            PaintLabels(traced, layer, final);
            if (_gaps is not null)
            {
                Interlocked.Add(ref _filledSlices, _gaps.Fill(traced, layer.AsSpan(0, Shape.LayerPixels), final.Labels));
            }

            if (measured is not null)
            {
                parts[i].Add(z, layer);
            }

            done[i] = work(layer);
        }
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
