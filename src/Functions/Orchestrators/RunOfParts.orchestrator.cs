using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace CellStitch.Functions.Orchestrators;

/// <summary>A run of parts, all at once, by one activity: keeps the history of each orchestration short. Returns how many were tried again.</summary>
public static class RunOfParts
{
    [Function(nameof(RunOfParts))]
    public static async Task<int> Run([OrchestrationTrigger] TaskOrchestrationContext context, PartsRequest request)
    {
        var retries = new Retries();
        Task[] parts =
        [
            .. Enumerable.Range(request.First, request.End - request.First).Select(index =>
                context.CallActivityAsync(request.Activity, new Part(request.Run, index, request.Round), retries.Options)),
        ];
        await Task.WhenAll(parts);
        return retries.Count;
    }
}
