using CellStitch.Functions.Orchestrators;
using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace CellStitch.Functions.Jobs;

/// <summary>Starts orchestrations under ids of ours, each once.</summary>
internal static class RunStarter
{
    /// <summary>Starts an instance unless its id is taken, now or by another starter at the same moment.</summary>
    /// <returns>Whether it was started by this call.</returns>
    public static async Task<bool> StartOnceAsync(DurableTaskClient client, string orchestrator, string instanceId, object input, CancellationToken cancellation)
    {
        if (await client.GetInstanceAsync(instanceId, cancellation) is not null)
        {
            return false;
        }

        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(orchestrator, input, Once(instanceId), cancellation);
            return true;
        }
        catch (OrchestrationAlreadyExistsException)
        {
            return false;
        }
    }

    // An instance that has ended is not replaced either.
    private static StartOrchestrationOptions Once(string instanceId) => new StartOrchestrationOptions(instanceId).WithDedupeStatuses(
        OrchestrationRuntimeStatus.Pending,
        OrchestrationRuntimeStatus.Running,
        OrchestrationRuntimeStatus.Suspended,
        OrchestrationRuntimeStatus.Completed,
        OrchestrationRuntimeStatus.Failed,
        OrchestrationRuntimeStatus.Terminated);

    /// <summary>Starts the run of a job on the files as they are.</summary>
    /// <returns>Its id.</returns>
    public static async Task<string> StartRunAsync(DurableTaskClient client, string job, IReadOnlyList<FileVersion> files, CancellationToken cancellation)
    {
        string run = JobName.RunId(job, files);
        await StartOnceAsync(client, nameof(StitchVolume), run, new StitchRequest(job, files, Manifest.ThisProgram), cancellation);
        return run;
    }

    /// <summary>The runs of a job that the host knows, newest first.</summary>
    public static async Task<List<OrchestrationMetadata>> RunsAsync(DurableTaskClient client, string? job, CancellationToken cancellation)
    {
        var query = new OrchestrationQuery { InstanceIdPrefix = job is null ? null : JobName.RunPrefix(job), FetchInputsAndOutputs = true };
        var runs = new List<OrchestrationMetadata>();
        await foreach (OrchestrationMetadata instance in client.GetAllInstancesAsync(query).WithCancellation(cancellation))
        {
            if (instance.Name == nameof(StitchVolume) && JobName.OfRun(instance.InstanceId) is { } name && (job ?? name) == name)
            {
                runs.Add(instance);
            }
        }

        return [.. runs.OrderByDescending(run => run.CreatedAt).ThenByDescending(run => run.InstanceId, StringComparer.Ordinal)];
    }
}
