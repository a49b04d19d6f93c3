using System.Diagnostics;
using System.Runtime.CompilerServices;
using Azure.Storage.Blobs.Specialized;
using CellStitch.Core.Volumes;
using CellStitch.Functions.Jobs;
using CellStitch.Functions.Storage;
using CellStitch.Segmentation.Flows;
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
    /// <param name="run">Id of the run.</param>
    /// <param name="activity">The work.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <param name="file">File of the activity, which is named after it: what telemetry calls it.</param>
    internal async Task<T> RunAsync<T>(string run, Func<BlobWork, Task<T>> activity, CancellationToken cancellation, [CallerFilePath] string file = "")
    {
        string stage = file[(file.AsSpan().LastIndexOfAny('/', '\\') + 1)..^".cs".Length];
        using Activity? span = Telemetry.Start(stage, run);
        long began = Stopwatch.GetTimestamp();
        bool done = false;
        try
        {
            var work = new BlobWork(data.Work, run);
            await StopIfToldAsync(work, cancellation);
            T result = await activity(work);
            done = true;
            return result;
        }
        catch (InvalidMaskException fault)
        {
            throw RunFaultException.From(fault);
        }
        catch (InvalidModelException fault)
        {
            throw new RunFaultException(FaultCode.InvalidModel, file: null, fault.Message, innerException: fault);
        }
        finally
        {
            span?.SetStatus(done ? ActivityStatusCode.Ok : ActivityStatusCode.Error);
            Telemetry.ActivityEnded(stage, Stopwatch.GetElapsedTime(began), done);
        }
    }

    /// <summary>Runs the work of an activity on the run's plan.</summary>
    internal Task<T> RunAsync<T>(string run, Func<JobPlan, BlobWork, Task<T>> activity, CancellationToken cancellation, [CallerFilePath] string file = "") =>
        RunAsync(
            run,
            async work =>
            {
                T result = await activity(await PlanAsync(work, cancellation), work);
                if (!await work.ExistsAsync(WorkName.Plan, cancellation))
                {
                    // The job was deleted meanwhile: what was written since goes too.
                    await work.DeleteAllAsync(cancellation);
                    throw Stopped();
                }

                return result;
            },
            cancellation,
            file);

    /// <summary>The same without a result.</summary>
    internal Task RunAsync(string run, Func<JobPlan, BlobWork, Task> activity, CancellationToken cancellation, [CallerFilePath] string file = "") => RunAsync(
        run,
        async (plan, work) =>
        {
            await activity(plan, work);
            return true;
        },
        cancellation,
        file);

    /// <summary>Runs a step on the mask stacks.</summary>
    internal Task StepAsync(string run, Func<MaskSteps, JobPlan, Task> step, CancellationToken cancellation, [CallerFilePath] string file = "") => RunAsync(
        run,
        async (plan, work) =>
        {
            using MaskBlobs masks = await MaskBlobs.OpenAsync(data, plan, cancellation);
            int threads = (int)Math.Clamp(MostPixelsAtWork / plan.Shape.LayerPixels, 1, Settings.ThreadsPerActivity);
            await step(new MaskSteps(plan, masks, work, threads, cancellation), plan);
        },
        cancellation,
        file);

    /// <summary>The file of a part of the label volume that the interpolation reads; null when nothing is interpolated.</summary>
    internal LabelBlocks? LayersOf(JobPlan plan, int part, CancellationToken cancellation) =>
        plan.InterpolateBy is null ? null : new LabelBlocks(data.Work.GetBlockBlobClient($"{plan.Run}/{WorkName.Layers(part)}"), plan, cancellation);

    /// <summary>Runs a step of the interpolation.</summary>
    internal Task<T> InterpolateAsync<T>(string run, Func<InterpolateSteps, JobPlan, Task<T>> step, CancellationToken cancellation, [CallerFilePath] string file = "") => RunAsync(
        run,
        async (plan, work) =>
        {
            using var labels = new WrittenLabels(work, plan, cancellation);
            return await step(new InterpolateSteps(plan, labels, work, Settings.ThreadsPerActivity, cancellation), plan);
        },
        cancellation,
        file);

    /// <summary>The same without a result.</summary>
    internal Task InterpolateAsync(string run, Func<InterpolateSteps, JobPlan, Task> step, CancellationToken cancellation, [CallerFilePath] string file = "") => InterpolateAsync(
        run,
        async (steps, plan) =>
        {
            await step(steps, plan);
            return true;
        },
        cancellation,
        file);

    private static async Task<JobPlan> PlanAsync(BlobWork work, CancellationToken cancellation)
    {
        JobPlan plan = PlanJson.Read<JobPlan>(await work.ReadAsync(WorkName.Plan, cancellation));
        return plan.Program == Manifest.ThisProgram ? plan : throw new OtherProgramException(plan.Program);
    }

    private static RunFaultException Stopped() =>
        new(FaultCode.Superseded, file: null, "The run was stopped: cancelled, deleted, or overtaken by a newer upload.");

    private static async Task StopIfToldAsync(BlobWork work, CancellationToken cancellation)
    {
        if (await work.ExistsAsync(WorkName.Stop, cancellation))
        {
            throw Stopped();
        }
    }
}
