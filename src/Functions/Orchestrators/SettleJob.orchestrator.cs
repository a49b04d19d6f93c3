using CellStitch.Functions.Activities;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace CellStitch.Functions.Orchestrators;

/// <summary>
/// Follows one blob event: starts the run at once if it is job.json, which lists what belongs to the job, and all is there; else waits until the folder has been quiet, and
/// starts it if the job is complete and no younger blob's event decides.
/// Late, repeated and out-of-order events end in the same run, since its id follows from the files.
/// </summary>
public static class SettleJob
{
    [Function(nameof(SettleJob))]
    public static async Task<SettleOutcome> Run([OrchestrationTrigger] TaskOrchestrationContext context, SettleRequest request)
    {
        TaskOptions retries = new Retries().ReportOptions;
        SettleOutcome outcome = await LookAsync(SettleLook.AtOnce);
        if (outcome.State == Settling.Unsettled)
        {
            await context.CreateTimer(TimeSpan.FromSeconds(request.SettleSeconds), CancellationToken.None);
            outcome = await LookAsync(SettleLook.Settled);
        }

        if (outcome.State == Settling.WaitingForProjections)
        {
            await context.CreateTimer(TimeSpan.FromSeconds(request.ProjectionWaitSeconds), CancellationToken.None);
            outcome = await LookAsync(SettleLook.WithoutProjections);
        }

        return outcome;

        Task<SettleOutcome> LookAsync(SettleLook look) => context.CallActivityAsync<SettleOutcome>(nameof(Settle), request with { Look = look }, retries);
    }
}
