using CellStitch.Core.Volumes;
using CellStitch.Functions.Activities;
using CellStitch.Functions.Jobs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace CellStitch.Functions.Orchestrators;

/// <summary>A run of a job, from the dropped files to the results: the paper's algorithm as a fan-out, an ordered chain, and fan-outs again.</summary>
public static class StitchVolume
{
    [Function(nameof(StitchVolume))]
    public static async Task<RunOutcome> Run([OrchestrationTrigger] TaskOrchestrationContext context, StitchRequest request)
    {
        var run = new StitchRun(context, request);
        RunOutcome outcome;
        try
        {
            outcome = await run.StitchAsync();
        }
        catch (TaskFailedException failure)
        {
            RunFault fault = Failures.FaultOf(failure.FailureDetails);
            outcome = new RunOutcome(fault.Code == FaultCode.Superseded ? RunState.Superseded : RunState.Failed, Error: fault);
        }

        await run.ReportAsync(outcome);
        return outcome;
    }
}

/// <summary>The steps of one run.</summary>
internal sealed class StitchRun
{
    // Runs of blocks under way at once: enough to keep hundreds of instances busy, few enough to keep the history short.
    private const int RunsInFlight = 8;

    // Of one fan-out: with the others of a run, below 500 tasks. Beyond, each is cut into runs again.
    private const int MostRuns = 40;

    private readonly TaskOrchestrationContext _context;
    private readonly StitchRequest _request;
    private readonly RunProgress _progress;
    private readonly Retries _retries = new();

    public StitchRun(TaskOrchestrationContext context, StitchRequest request)
    {
        (_context, _request) = (context, request);
        _progress = new RunProgress(context);
    }

    private string Id => _context.InstanceId;

    public async Task<RunOutcome> StitchAsync()
    {
        _progress.Begin("inspect", 1);
        Inspection found = await CallAsync<Inspection>(nameof(Inspect), new InspectRequest(Id, _request, _progress.StartedUtc));
        if (found.HashRanges > 0)
        {
            await FanOutAsync(nameof(HashRange), found.HashRanges);
            found = await CallAsync<Inspection>(nameof(CompareContents), new Part(Id, 0));
        }

        if (found.Unchanged == true)
        {
            return new RunOutcome(RunState.Unchanged);
        }

        if (found.FromRaw)
        {
            _progress.Begin("segment", 1);
            await FanOutAsync(nameof(SegmentSlab), await CallAsync<int>(nameof(LookAtRaw), new Part(Id, 0)));
            await FanOutAsync(nameof(JoinMasks), found.Shape[0] == 1 ? 1 : 3, tell: false);
        }

        if (found.Repack > 0)
        {
            _progress.Begin("repack", found.Repack);
            await FanOutAsync(nameof(Repack), found.Repack);
        }

        int cells = found.Fused ? await StitchWholeAsync() : await StitchInBlocksAsync(found);
        if (found.Interpolate)
        {
            await InterpolateAsync(found.Fused);
        }

        _progress.Begin("publish", 1);
        await CallAsync<int>(nameof(Publish), new PublishRequest(Id, _progress.Stages, _progress.StartedUtc));
        return new RunOutcome(RunState.Completed, cells);
    }

    /// <summary>Tells the end: error.json, the webhook, and the removal of what the run no longer needs.</summary>
    public async Task ReportAsync(RunOutcome outcome) =>
        await _context.CallActivityAsync(nameof(ReportEnd), new EndReport(Id, _request.Job, outcome), _retries.ReportOptions);

    private async Task<int> StitchWholeAsync()
    {
        _progress.Begin("measure", 1);
        return await CallAsync<int>(nameof(StitchWhole), new Part(Id, 0));
    }

    private async Task<int> StitchInBlocksAsync(Inspection found)
    {
        var blocks = new BlockPlan(new VolumeShape(found.Shape[0], found.Shape[1], found.Shape[2]), found.BlockLayers, found.BlockRows);
        _progress.Begin("measure", blocks.Runs);
        await MeasureAndTraceAsync(blocks);

        _progress.Begin("survey", blocks.LayerBlocks);
        Corrected corrected = await CallAsync<Corrected>(nameof(Correct), new Part(Id, 0, Round: 0));
        for (int round = 1; !corrected.Settled; round++)
        {
            await FanOutAsync(nameof(Survey), blocks.LayerBlocks, round);
            corrected = await CallAsync<Corrected>(nameof(Correct), new Part(Id, 0, round));
        }

        _progress.Begin("write", blocks.LayerBlocks);
        await FanOutAsync(nameof(Write), blocks.LayerBlocks);
        return corrected.Cells;
    }

    private async Task InterpolateAsync(bool fused)
    {
        _progress.Begin("interpolate", 1);
        if (fused)
        {
            await CallAsync<object?>(nameof(InterpolateWhole), new Part(Id, 0));
            return;
        }

        Listed listed = await CallAsync<Listed>(nameof(ListUnits), new Part(Id, 0));
        await FanOutAsync(nameof(Interpolate), listed.Batches);
        _progress.Begin("compose", listed.ComposedParts);
        await FanOutAsync(nameof(Compose), listed.ComposedParts);
    }

    // A run of blocks is traced as soon as it and the runs before it are measured, while later ones are still being measured.
    private async Task MeasureAndTraceAsync(BlockPlan blocks)
    {
        var measuring = new Queue<Task<int>>();
        int started = 0;
        for (int run = 0; run < blocks.Runs; run++)
        {
            for (; started < Math.Min(blocks.Runs, run + RunsInFlight); started++)
            {
                (int first, int end) = blocks.BlocksOf(started);
                measuring.Enqueue(StartParts(nameof(Measure), first, end, round: 0));
            }

            (int begin, int after) = blocks.BlocksOf(run);
            _progress.Count(after - begin, await measuring.Dequeue());
            Traced traced = await CallAsync<Traced>(nameof(Trace), new Part(Id, run));
            if (traced.Missing > 0)
            {
                await FanOutAsync(nameof(MeasurePair), traced.Missing, run, tell: false);
                await CallAsync<Traced>(nameof(Trace), new Part(Id, run, Round: 1));
            }

            _progress.Tell(run + 1, blocks.Runs);
        }
    }

    private async Task FanOutAsync(string activity, int parts, int round = 0, bool tell = true)
    {
        var running = new Queue<(Task<int> Retries, int First, int End)>();
        int next = 0;
        while (next < parts || running.Count > 0)
        {
            while (next < parts && running.Count < RunsInFlight)
            {
                int end = Math.Min(parts, next + Math.Max(Math.Clamp(((parts - 1) / RunsInFlight) + 1, 1, RunOfParts.MostParts), ((parts - 1) / MostRuns) + 1));
                running.Enqueue((StartParts(activity, next, end, round), next, end));
                next = end;
            }

            (Task<int> retries, int from, int to) = running.Dequeue();
            _progress.Count(to - from, await retries);
            if (tell)
            {
                _progress.Tell(to, parts);
            }
        }
    }

    private Task<int> StartParts(string activity, int first, int end, int round) =>
        _context.CallSubOrchestratorAsync<int>(nameof(RunOfParts), new PartsRequest(activity, Id, first, end, round));

    private async Task<T> CallAsync<T>(string activity, object input)
    {
        int before = _retries.Count;
        T result = await _context.CallActivityAsync<T>(activity, input, _retries.Options);
        _progress.Count(1, _retries.Count - before);
        return result;
    }
}
