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

    /// <summary>Follows the event of a blob.</summary>
    /// <returns>Id of the settling, if it was started by this call.</returns>
    public static async Task<string?> StartSettlingAsync(
        DurableTaskClient client, string job, string blob, string eTag, AppSettings settings, CancellationToken cancellation)
    {
        string id = JobName.SettleId(blob, eTag);
        var request = new SettleRequest(job, blob, eTag, settings.SettleSeconds, settings.ProjectionWaitSeconds, Program: Manifest.ThisProgram);
        return await StartOnceAsync(client, nameof(SettleJob), id, request, cancellation) ? id : null;
    }

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
        List<OrchestrationMetadata> runs = await InstancesAsync(client, nameof(StitchVolume), job is null ? null : JobName.RunPrefix(job), cancellation);
        return
        [
            .. runs.Where(run => JobName.OfRun(run.InstanceId) is { } name && (job ?? name) == name)
                .OrderByDescending(run => run.CreatedAt).ThenByDescending(run => run.InstanceId, StringComparer.Ordinal),
        ];
    }

    /// <summary>The settlings that the host knows.</summary>
    public static Task<List<OrchestrationMetadata>> SettlingsAsync(DurableTaskClient client, CancellationToken cancellation) =>
        InstancesAsync(client, nameof(SettleJob), JobName.SettlePrefix, cancellation);

    private static async Task<List<OrchestrationMetadata>> InstancesAsync(DurableTaskClient client, string orchestrator, string? prefix, CancellationToken cancellation)
    {
        var query = new OrchestrationQuery { InstanceIdPrefix = prefix, FetchInputsAndOutputs = true };
        var instances = new List<OrchestrationMetadata>();
        await foreach (OrchestrationMetadata instance in client.GetAllInstancesAsync(query).WithCancellation(cancellation))
        {
            if (instance.Name == orchestrator)
            {
                instances.Add(instance);
            }
        }

        return instances;
    }
}
