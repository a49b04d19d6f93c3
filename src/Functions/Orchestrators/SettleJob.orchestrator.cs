using CellStitch.Functions.Activities;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace CellStitch.Functions.Orchestrators;

/// <summary>
/// Follows one blob event: waits until the folder has been quiet, then starts the run if the job is complete and no younger blob's event decides.
/// Late, repeated and out-of-order events end in the same run, since its id follows from the files.
/// </summary>
public static class SettleJob
{
    [Function(nameof(SettleJob))]
    public static async Task<SettleOutcome> Run([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        SettleRequest request = context.GetInput<SettleRequest>()!;
        TaskOptions retries = new Retries().ReportOptions;
        await context.CreateTimer(TimeSpan.FromSeconds(request.SettleSeconds), CancellationToken.None);
        SettleOutcome outcome = await context.CallActivityAsync<SettleOutcome>(nameof(Settle), request, retries);
        if (outcome.State == Settling.WaitingForProjections)
        {
            await context.CreateTimer(TimeSpan.FromSeconds(request.ProjectionWaitSeconds), CancellationToken.None);
            outcome = await context.CallActivityAsync<SettleOutcome>(nameof(Settle), request with { MayWait = false }, retries);
        }

        return outcome;
    }
}
