using CellStitch.Core.Volumes;
using CellStitch.Functions.Jobs;
using CellStitch.Functions.Storage;
using Microsoft.Extensions.Options;

namespace CellStitch.Functions.Activities;

/// <summary>What every activity of a run does first and last: it stops where the run was stopped, and turns bad input into a fault of the run.</summary>
public sealed class ActivityEdge(DataAccount data, IOptions<AppSettings> settings)
{
    // A thread works on two or three layers of 4 bytes a pixel, and host.json lets four activities run at once: layers of 4096 × 4096 and a process of 2 GiB
    // allow one thread each (bench/RESULTS.md).
    private const int MostPixelsAtWork = 1 << 24;

    internal DataAccount Data => data;

    internal AppSettings Settings => settings.Value;

    /// <summary>Runs the work of an activity that needs no plan.</summary>
    internal async Task<T> RunAsync<T>(string run, Func<BlobWork, Task<T>> activity, CancellationToken cancellation)
    {
        var work = new BlobWork(data.Work, run);
        await StopIfToldAsync(work, cancellation);
        try
        {
            return await activity(work);
        }
        catch (InvalidMaskException fault)
        {
            throw RunFaultException.From(fault);
        }
    }

    /// <summary>Runs the work of an activity on the run's plan.</summary>
    internal Task<T> RunAsync<T>(string run, Func<JobPlan, BlobWork, Task<T>> activity, CancellationToken cancellation) =>
        RunAsync(run, async work => await activity(PlanJson.Read<JobPlan>(await work.ReadAsync(WorkName.Plan, cancellation)), work), cancellation);

    /// <summary>The same without a result.</summary>
    internal Task RunAsync(string run, Func<JobPlan, BlobWork, Task> activity, CancellationToken cancellation) => RunAsync(
        run,
        async (plan, work) =>
        {
            await activity(plan, work);
            return true;
        },
        cancellation);

    /// <summary>Runs a step on the mask stacks.</summary>
    internal Task StepAsync(string run, Func<MaskSteps, JobPlan, Task> step, CancellationToken cancellation) => RunAsync(
        run,
        async (plan, work) =>
        {
            using MaskBlobs masks = await MaskBlobs.OpenAsync(data, plan, cancellation);
            int threads = (int)Math.Clamp(MostPixelsAtWork / plan.Shape.LayerPixels, 1, Settings.ThreadsPerActivity);
            await step(new MaskSteps(plan, masks, work, threads, cancellation), plan);
        },
        cancellation);

    private static async Task StopIfToldAsync(BlobWork work, CancellationToken cancellation)
    {
        if (await work.ExistsAsync(WorkName.Stop, cancellation))
        {
            throw new RunFaultException(FaultCode.Superseded, file: null, "The run was stopped: cancelled, deleted, or overtaken by a newer upload.");
        }
    }
}
