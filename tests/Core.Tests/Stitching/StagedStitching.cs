using CellStitch.Core.IO;
using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.Stitching;

/// <summary>How a volume is cut for the stages.</summary>
internal sealed record Cuts(int BlockLayers, int BlockRows, int RunBlocks, int WriteLayers)
{
    public static IEnumerable<(int First, int End)> Of(int total, int length)
    {
        for (int first = 0; first < total; first += length)
        {
            yield return (first, Math.Min(total, first + length));
        }
    }
}

/// <summary>What a run leaves.</summary>
internal sealed record StitchedFiles(byte[] Tiff, string Cells, StitchSummary Summary)
{
    /// <summary>How often the layers were surveyed.</summary>
    public int Surveys { get; init; }

    /// <summary>The whole of the method in one call.</summary>
    public static StitchedFiles ByStitcher(MaskStacks stacks, StitchOptions options)
    {
        using var tiff = new MemoryStream();
        using var writer = new TiffWriter(tiff);
        var measured = new CellTable(stacks.Shape);
        StitchSummary summary = Stitcher.Stitch(stacks, options, writer, measured: measured, cancellation: TestContext.Current.CancellationToken);
        return new StitchedFiles(tiff.ToArray(), Csv(measured, stacks.Xy.VoxelSize, summary.Confidences), summary);
    }

    public static string Csv(CellTable cells, VoxelSize? voxelSize, IReadOnlyList<CellConfidence> confidences)
    {
        using var text = new StringWriter();
        cells.WriteCsv(text, voxelSize, confidences);
        return text.ToString();
    }
}

/// <summary>The stages one after the other, as activities call them: each gets streams of the bytes that others wrote.</summary>
internal static class StagedStitching
{
    public static StitchedFiles Stitch(MaskStacks stacks, StitchOptions options, Cuts cuts, Random order)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        MaskStacks traced = stacks.Traced(options.Direction);
        VolumeShape shape = stacks.Shape;

        var cells = new List<(LayerRange Run, byte[] Table)>();
        byte[]? state = null;
        foreach ((int first, int end) in Cuts.Of(shape.Depth, cuts.BlockLayers * cuts.RunBlocks))
        {
            var run = new LayerRange(first, end);
            byte[][] blocks = Measure(traced, run, cuts, options);
            order.Shuffle(blocks);
            TraceOutcome outcome = TraceStage.Run(run, Streams(blocks), [], Open(state), options, cancellation);
            if (outcome.MissingPairs.Count > 0)
            {
                byte[][] bridges = [.. outcome.MissingPairs.Select(
                    pair => Written(table => MeasureStage.RunPair(traced, pair.Source, pair.Target, table, cancellation)))];
                outcome = TraceStage.Run(run, Streams(blocks), Streams(bridges), Open(state), options, cancellation);
                Assert.Empty(outcome.MissingPairs);
            }

            cells.Add((run, outcome.Cells.ToArray()));
            state = outcome.State.ToArray();
        }

        byte[][] allCells = [.. cells.Select(run => run.Table)];
        order.Shuffle(allCells);
        CorrectOutcome correct = CorrectStage.Run(Streams(allCells), Open(state)!, [], null, options);
        int rounds = 0;
        while (correct.Summary is null)
        {
            rounds++;
            byte[] census = correct.Census.ToArray();
            byte[][] surveys = [.. cells.Select(part => Written(table => SurveyStage.Run(
                traced.Xy,
                part.Run,
                Streams([.. cells.Where(other => other.Run.End >= part.Run.First && other.Run.First < part.Run.End).Select(other => other.Table)]),
                Open(census)!,
                options,
                table,
                cancellation)))];
            order.Shuffle(surveys);
            correct = CorrectStage.Run(Streams(allCells), Open(state)!, Streams(surveys), Open(census), options);
        }

        var pages = new SortedDictionary<int, byte[]>();
        byte[][] written = [.. Cuts.Of(shape.Depth, cuts.WriteLayers).Select(range =>
        {
            var layers = new LayerRange(range.First, range.End);
            LayerRange needed = WriteStage.LayersNeeded(layers, shape, options);
            return Written(table => WriteStage.Run(
                stacks.Xy,
                layers,
                Streams([.. cells.Where(part => part.Run.End > needed.First && part.Run.First < needed.End).Select(part => part.Table)]),
                Open(correct.Labels.ToArray())!,
                options,
                (z, page) => pages.Add(z, page.Bytes.ToArray()),
                table,
                slices: null,
                cancellation));
        })];
        order.Shuffle(written);
        var all = WrittenLayers.Read(Streams(written));
        TiffDirectories directories = all.Directories(stacks.Xy.VoxelSize);
        byte[] tiff = [.. directories.Header.Span, .. pages.Values.SelectMany(page => page), .. directories.Trailer.Span];
        StitchSummary summary = correct.Summary with { FilledSlices = all.FilledSlices };
        return new StitchedFiles(tiff, StitchedFiles.Csv(all.Cells, stacks.Xy.VoxelSize, summary.Confidences), summary) { Surveys = rounds };
    }

    private static byte[][] Measure(MaskStacks traced, LayerRange run, Cuts cuts, StitchOptions options)
    {
        return
        [
            .. from layers in Cuts.Of(run.Count, cuts.BlockLayers)
               from rows in Cuts.Of(traced.Shape.Height, cuts.BlockRows)
               select Written(table => MeasureStage.Run(
                   traced,
                   new LayerRange(run.First + layers.First, run.First + layers.End),
                   new RowRange(rows.First, rows.End),
                   options,
                   table,
                   TestContext.Current.CancellationToken)),
        ];
    }

    public static byte[] Written(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return stream.ToArray();
    }

    public static Stream[] Streams(IReadOnlyList<byte[]> tables) => [.. tables.Select(table => new MemoryStream(table, writable: false))];

    public static Stream? Open(byte[]? table) => table is null ? null : new MemoryStream(table, writable: false);
}
