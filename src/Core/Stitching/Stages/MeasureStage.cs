namespace CellStitch.Core.Stitching;

/// <summary>
/// Stage "measure": overlaps, votes, areas and costs of layer pairs, or the evidence of profile <c>robust</c>, one table per block. A block is a run of layers × a range of rows. Blocks
/// are measured in any order, anywhere.
/// </summary>
public static class MeasureStage
{
    /// <summary>
    /// Measures the pair (z − 1, z) for every layer z of a block, or layer 0 alone. A block of whole layers gets the costs of its arcs too; the tables of
    /// blocks of rows are summed, and costed by the same code, in <see cref="TraceStage"/>.
    /// </summary>
    /// <param name="traced">The mask stacks in the order of the tracing (<see cref="MaskStacks.Traced"/>).</param>
    /// <param name="layers">Layers of the block, in the order of the tracing. The layer before the first is read too; in profile <c>robust</c> the eight non-empty ones.</param>
    /// <param name="rows">Rows of the block.</param>
    /// <param name="options">Options of the method; of these, profile, repair and threads count here.</param>
    /// <param name="table">Receives the table.</param>
    /// <param name="cancellation">Checked once per band of rows.</param>
    /// <exception cref="Volumes.InvalidMaskException">A stack cannot be read or does not hold labels.</exception>
    public static void Run(
        MaskStacks traced, LayerRange layers, RowRange rows, StitchOptions options, Stream table, CancellationToken cancellation)
    {
        layers.RequireWithin(traced.Shape);
        rows.RequireWithin(traced.Shape);
        if (options.Profile == StitchProfile.Robust)
        {
            var votes = new List<LayerVotes>(layers.Count);
            EvidenceMeasurement.Measure(traced, layers, rows, options, new LayerRuns(options, cancellation), votes.Add);
            new EvidenceBlock(traced.Shape, rows, [.. votes]).Write(table);
            return;
        }

        bool whole = rows == RowRange.All(traced.Shape);
        var pairs = new MeasuredPair[layers.Count];
        new LayerRuns(options, cancellation).ForRuns(layers, run =>
            OverlapMeasurement.MeasureDown(traced, run, rows, options.LargestKeptLayer, Measured, cancellation));
        new OverlapBlock(traced.Shape, rows, pairs).Write(table);

        void Measured(int z, OverlapTable overlaps)
        {
            pairs[z - layers.First] = whole
                ? new MeasuredPair(z - 1, z, CostedPair.Of(LayerPair.From(overlaps, traced.Shape.LayerPixels)), null)
                : new MeasuredPair(z - 1, z, null, ByFirstPixel(overlaps));
        }
    }

    /// <summary>Measures a pair with empty layers between its two (<see cref="TraceOutcome.MissingPairs"/>).</summary>
    /// <param name="traced">The mask stacks in the order of the tracing.</param>
    /// <param name="source">Layer p.</param>
    /// <param name="target">Layer z.</param>
    /// <param name="table">Receives the table.</param>
    /// <param name="cancellation">Checked once per band of rows.</param>
    /// <exception cref="Volumes.InvalidMaskException">A stack cannot be read or does not hold labels.</exception>
    public static void RunPair(MaskStacks traced, int source, int target, Stream table, CancellationToken cancellation)
    {
        var pair = CostedPair.Of(OverlapMeasurement.Measure(traced, source, target, cancellation));
        new OverlapBlock(traced.Shape, RowRange.All(traced.Shape), [new MeasuredPair(source, target, pair, null)]).Write(table);
    }

    private static LabelOverlap[] ByFirstPixel(OverlapTable table)
    {
        LabelOverlap[] overlaps = table.Overlaps;
        Array.Sort(overlaps, (a, b) => a.FirstPixel.CompareTo(b.FirstPixel));
        return overlaps;
    }
}
