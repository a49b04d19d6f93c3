using CellStitch.Core.Volumes;

namespace CellStitch.Core.Stitching;

/// <summary>
/// Fills overlap tables from mask stacks. Two layers of up to three stacks are read in step, a few rows at a time, so memory does not depend on
/// the size of a layer.
/// </summary>
public static class OverlapMeasurement
{
    /// <summary>In place of a source layer: count the target layer against background, to get its slices alone.</summary>
    public const int NoLayer = -1;

    // Six bands of 32 Ki pixels (128 KiB each) stay in the second-level cache between reading and counting.
    private const int BandPixels = 1 << 15;

    /// <summary>Measures rows of a layer pair; the tables of disjoint row ranges add up.</summary>
    /// <param name="table">Receives the counts, on top of what it holds.</param>
    /// <param name="stacks">The mask stacks.</param>
    /// <param name="sourceLayer">Layer p, or <see cref="NoLayer"/>.</param>
    /// <param name="targetLayer">Layer z.</param>
    /// <param name="firstRow">First row of the range.</param>
    /// <param name="rowCount">Rows of the range.</param>
    /// <param name="cancellation">Checked once per band of rows.</param>
    public static void Measure(
        OverlapTable table, MaskStacks stacks, int sourceLayer, int targetLayer, int firstRow, int rowCount, CancellationToken cancellation)
    {
        int width = stacks.Shape.Width;
        int bandRows = Math.Clamp(BandPixels / width, 1, Math.Max(1, rowCount));
        bool vote = stacks.Xz is not null && sourceLayer != NoLayer;

        using var source = new BandReader(sourceLayer == NoLayer ? null : stacks.Xy.OpenRows(sourceLayer, firstRow), bandRows * width);
        using var target = new BandReader(stacks.Xy.OpenRows(targetLayer, firstRow), bandRows * width);
        using var xzSource = new BandReader(vote ? stacks.Xz!.OpenRows(sourceLayer, firstRow) : null, vote ? bandRows * width : 0);
        using var xzTarget = new BandReader(vote ? stacks.Xz!.OpenRows(targetLayer, firstRow) : null, vote ? bandRows * width : 0);
        using var yzSource = new BandReader(vote ? stacks.Yz!.OpenRows(sourceLayer, firstRow) : null, vote ? bandRows * width : 0);
        using var yzTarget = new BandReader(vote ? stacks.Yz!.OpenRows(targetLayer, firstRow) : null, vote ? bandRows * width : 0);

        for (int row = 0; row < rowCount; row += bandRows)
        {
            cancellation.ThrowIfCancellationRequested();
            int pixels = Math.Min(bandRows, rowCount - row) * width;
            table.Add(
                (firstRow + row) * width,
                source.Next(pixels),
                target.Next(pixels),
                xzSource.Next(pixels),
                xzTarget.Next(pixels),
                yzSource.Next(pixels),
                yzTarget.Next(pixels));
        }
    }

    /// <summary>Measures all rows of a layer pair.</summary>
    /// <param name="stacks">The mask stacks.</param>
    /// <param name="sourceLayer">Layer p, or <see cref="NoLayer"/>.</param>
    /// <param name="targetLayer">Layer z.</param>
    /// <param name="cancellation">Checked once per band of rows.</param>
    public static LayerPair Measure(MaskStacks stacks, int sourceLayer, int targetLayer, CancellationToken cancellation)
    {
        var table = new OverlapTable();
        Measure(table, stacks, sourceLayer, targetLayer, 0, stacks.Shape.Height, cancellation);
        return LayerPair.From(table, stacks.Shape.LayerPixels);
    }

    /// <summary>Measures rows of every pair (z − 1, z) of a run of layers, or of layer 0 alone.</summary>
    /// <param name="stacks">The mask stacks.</param>
    /// <param name="layers">The layers z.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="largestKept">Up to this many pixels of a layer are kept while the next one is read; more are read twice.</param>
    /// <param name="measured">Takes z and its table, which is valid during the call only.</param>
    /// <param name="cancellation">Checked once per band of rows.</param>
    internal static void MeasureDown(
        MaskStacks stacks, LayerRange layers, RowRange rows, int largestKept, Action<int, OverlapTable> measured, CancellationToken cancellation)
    {
        MaskStacks view = stacks;
        if ((long)rows.Count * stacks.Shape.Width <= largestKept)
        {
            view = stacks.Through(stack => new RecentLayers(stack, rows.First, rows.Count));
            if (layers.First > 0)
            {
                ReadThrough(view, layers.First - 1, rows, cancellation);
            }
        }

        // Its memory stays from pair to pair, which is what makes reuse faster than a new table.
        var table = new OverlapTable();
        for (int z = layers.First; z < layers.End; z++)
        {
            table.Clear();
            Measure(table, view, z - 1, z, rows.First, rows.Count, cancellation);
            measured(z, table);
        }
    }

    // Reading it once makes it the kept layer of each stack.
    private static void ReadThrough(MaskStacks stacks, int z, RowRange range, CancellationToken cancellation)
    {
        foreach (ILayerSource stack in new[] { stacks.Xy, stacks.Xz, stacks.Yz }.OfType<ILayerSource>())
        {
            cancellation.ThrowIfCancellationRequested();
            int width = stack.Shape.Width;
            var band = new uint[Math.Clamp(BandPixels / width, 1, range.Count) * width];
            using IRowReader rows = stack.OpenRows(z, range.First);
            for (int left = range.Count * width; left > 0; left -= band.Length)
            {
                rows.Read(band.AsSpan(0, Math.Min(left, band.Length)));
            }
        }
    }

    // Rows of one stack; without a reader its band stays background (or empty, when it has no pixels).
    private sealed class BandReader(IRowReader? rows, int bandPixels) : IDisposable
    {
        // Rows that lie in memory are not copied.
        private readonly MemoryRows? _memory = rows as MemoryRows;
        private readonly uint[] _band = rows is MemoryRows ? [] : new uint[bandPixels];

        public ReadOnlySpan<uint> Next(int pixels)
        {
            if (_memory is not null)
            {
                return _memory.Next(pixels).Span;
            }

            Span<uint> band = _band.AsSpan(0, Math.Min(pixels, _band.Length));
            rows?.Read(band);
            return band;
        }

        public void Dispose() => rows?.Dispose();
    }
}
