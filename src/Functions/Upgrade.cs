using CellStitch.Functions.Jobs;
using CellStitch.Functions.Orchestrators;
using CellStitch.Functions.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CellStitch.Functions;

/// <summary>
/// Starts runs and settlings of another program version anew under the same id (docs/azure.md, "Upgrades"): an orchestration cannot be replayed by other code than wrote its
/// history, and results must not be made by two versions in turn.
/// </summary>
public sealed class Upgrade(DataAccount data, IOptions<AppSettings> settings, ILogger<Upgrade> log)
{
    private const string AnOlderProgram = "an older program";

    [Function(nameof(Upgrade))]
    public async Task Run(
        [TimerTrigger("0 */5 * * * *", RunOnStartup = true, UseMonitor = false)] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellation)
    {
        foreach (OrchestrationMetadata settling in await RunStarter.SettlingsAsync(client, cancellation))
        {
            if (IsBroken(settling) && settling.ReadInputAs<SettleRequest>() is { } request && request.Program != Manifest.ThisProgram)
            {
                await RestartAsync(client, settling, request, cancellation);
            }
        }

        foreach (OrchestrationMetadata run in await RunStarter.RunsAsync(client, job: null, cancellation))
        {
            if (IsBroken(run) && run.ReadInputAs<StitchRequest>() is { } request && request.Program != Manifest.ThisProgram)
            {
                await RestartAsync(client, run, request, cancellation);
            }
        }
    }

    // One that failed as an orchestration met code that it was not made by; what ends by itself, well or not, is complete.
    private static bool IsBroken(OrchestrationMetadata instance) => !instance.IsCompleted || instance.RuntimeStatus == OrchestrationRuntimeStatus.Failed;

    private async Task RestartAsync(DurableTaskClient client, OrchestrationMetadata settling, SettleRequest request, CancellationToken cancellation)
    {
        if (!settling.IsCompleted)
        {
            await client.TerminateInstanceAsync(settling.InstanceId, cancellation);
            await client.WaitForInstanceCompletionAsync(settling.InstanceId, cancellation);
        }

        await client.PurgeInstanceAsync(settling.InstanceId, cancellation);
        await RunStarter.StartSettlingAsync(client, request.Job, request.Blob, request.ETag, settings.Value, cancellation);
        log.SettlingUpgraded(request.Job, settling.InstanceId, request.Program ?? AnOlderProgram);
    }

    private async Task RestartAsync(DurableTaskClient client, OrchestrationMetadata run, StitchRequest request, CancellationToken cancellation)
    {
        if (!run.IsCompleted)
        {
            var upgraded = new RunOutcome(RunState.Superseded, Error: new RunFault(FaultCode.Superseded, "The program was updated; the run starts anew."));
            await RunStopper.StopAsync(client, data, run.InstanceId, upgraded, cancellation);
            await client.WaitForInstanceCompletionAsync(run.InstanceId, cancellation);
        }

        await client.PurgeInstanceAsync(run.InstanceId, new PurgeInstanceOptions(Recursive: true), cancellation);
        await new BlobWork(data.Work, run.InstanceId).DeleteAllAsync(cancellation);
        await RunStarter.StartRunAsync(client, request.Job, request.Files, cancellation);
        log.RunUpgraded(request.Job, run.InstanceId, request.Program ?? AnOlderProgram);
    }
}
