using CellStitch.Functions.Jobs;
using CellStitch.Functions.Orchestrators;
using CellStitch.Functions.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace CellStitch.Functions;

/// <summary>
/// Starts runs of another program version anew under the same id (docs/azure.md, "Upgrades"): an orchestration cannot be replayed by other code than wrote its
/// history, and results must not be made by two versions in turn.
/// </summary>
public sealed class Upgrade(DataAccount data, ILogger<Upgrade> log)
{
    [Function(nameof(Upgrade))]
    public async Task Run(
        [TimerTrigger("0 */5 * * * *", RunOnStartup = true, UseMonitor = false)] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellation)
    {
        foreach (OrchestrationMetadata run in await RunStarter.RunsAsync(client, job: null, cancellation))
        {
            // A run that failed as an orchestration met code that it was not made by; runs that end by themselves, well or not, are complete.
            if ((!run.IsCompleted || run.RuntimeStatus == OrchestrationRuntimeStatus.Failed) &&
                run.ReadInputAs<StitchRequest>() is { } request && request.Program != Manifest.ThisProgram)
            {
                await RestartAsync(client, run, request, cancellation);
            }
        }
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
        log.RunUpgraded(request.Job, run.InstanceId, request.Program ?? "an older program");
    }
}
