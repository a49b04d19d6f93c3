using CellStitch.Core.IO;
using CellStitch.Core.Stitching;
using CellStitch.Functions.Jobs;
using CellStitch.Functions.Orchestrators;
using CellStitch.Functions.Storage;

namespace CellStitch.Functions.Activities;

/// <summary>
/// The steps of a run that need no pixels, from intermediates to intermediates. An activity runs one part of one step over blobs; the activity of
/// a small volume runs all of them over memory. A part that has been done is not done again.
/// </summary>
internal class TableSteps
{
    /// <param name="plan">The plan of the run.</param>
    /// <param name="work">Where intermediates lie.</param>
    /// <param name="threads">Threads of this activity.</param>
    /// <param name="cancellation">Checked once per layer or layer pair.</param>
    public TableSteps(JobPlan plan, IWork work, int threads, CancellationToken cancellation)
    {
        Plan = plan;
        Work = work;
        Options = plan.Options.ForStitching(threads);
        Blocks = new BlockPlan(plan.Shape, plan.BlockLayers, plan.BlockRows);
        Cancellation = cancellation;
    }

    protected JobPlan Plan { get; }

    protected IWork Work { get; }

    protected StitchOptions Options { get; }

    protected BlockPlan Blocks { get; }

    protected CancellationToken Cancellation { get; }

    /// <summary>Transport, trace, vote and inheritance of a run of blocks.</summary>
    /// <param name="run">The run.</param>
    /// <param name="withPairs">Whether the missing pairs have been measured since.</param>
    public async Task<Traced> TraceAsync(int run, bool withPairs)
    {
        if (await Work.ExistsAsync(WorkName.Cells(run), Cancellation))
        {
            return new Traced(Missing: 0);
        }

        (int first, int end) = Blocks.BlocksOf(run);
        (int Source, int Target)[] pairs = withPairs ? await MissingPairsAsync(run) : [];
        List<Stream> tables = await ReadAllAsync(Enumerable.Range(first, end - first).Select(WorkName.Block));
        List<Stream> bridges = await ReadAllAsync(pairs.Select(pair => WorkName.Pair(pair.Source, pair.Target)));
        Stream? before = run == 0 ? null : await ReadAsync(WorkName.State(run - 1));
        TraceOutcome traced = TraceStage.Run(Blocks.LayersOfRun(run), tables, bridges, before, Options, Cancellation);
        if (traced.MissingPairs.Count > 0)
        {
            int[][] missing = [.. traced.MissingPairs.Select(pair => new[] { pair.Source, pair.Target })];
            await Work.WriteAsync(WorkName.MissingPairs(run), PlanJson.Write(missing), Cancellation);
            return new Traced(missing.Length);
        }

        // The cells come last: their presence says that the run is traced.
        await Work.WriteAsync(WorkName.State(run), new BinaryData(traced.State), Cancellation);
        await Work.WriteAsync(WorkName.Cells(run), new BinaryData(traced.Cells), Cancellation);
        return new Traced(Missing: 0);
    }

    /// <summary>Size filter, single-layer correction and final numbers; round 0 makes the first census.</summary>
    public async Task<Corrected> CorrectAsync(int round)
    {
        List<Stream> cells = await ReadAllAsync(Enumerable.Range(0, Blocks.Runs).Select(WorkName.Cells));
        Stream state = await ReadAsync(WorkName.State(Blocks.Runs - 1));
        List<Stream> surveys = round == 0 ? [] : await ReadAllAsync(Enumerable.Range(0, Blocks.LayerBlocks).Select(part => WorkName.Survey(round, part)));
        Stream? assumed = round == 0 ? null : await ReadAsync(WorkName.Census(round - 1));
        CorrectOutcome outcome = CorrectStage.Run(cells, state, surveys, assumed, Options);
        if (outcome.Summary is not { } summary)
        {
            await Work.WriteAsync(WorkName.Census(round), new BinaryData(outcome.Census), Cancellation);
            return new Corrected(Settled: false, Cells: 0);
        }

        await Work.WriteAsync(WorkName.Labels, new BinaryData(outcome.Labels), Cancellation);
        await Work.WriteAsync(WorkName.Summary, PlanJson.Write(new RunSummary(summary, outcome.LargestLabel)), Cancellation);
        return new Corrected(Settled: true, summary.Cells);
    }

    /// <summary>What labels.tif holds.</summary>
    protected async Task<TiffContents> ContentsAsync()
    {
        RunSummary summary = PlanJson.Read<RunSummary>(await Work.ReadAsync(WorkName.Summary, Cancellation));
        return new TiffContents(Plan.Shape, TiffContents.BitsFor(summary.LargestLabel), Plan.VoxelSize);
    }

    protected async Task<(int Source, int Target)[]> MissingPairsAsync(int run)
    {
        BinaryData json = await Work.ReadAsync(WorkName.MissingPairs(run), Cancellation);
        return [.. PlanJson.Read<int[][]>(json).Select(pair => (pair[0], pair[1]))];
    }

    protected async Task<Stream> ReadAsync(string name) => (await Work.ReadAsync(name, Cancellation)).ToStream();

    protected async Task<List<Stream>> ReadAllAsync(IEnumerable<string> names)
    {
        var streams = new List<Stream>();
        foreach (string name in names)
        {
            streams.Add(await ReadAsync(name));
        }

        return streams;
    }
}
