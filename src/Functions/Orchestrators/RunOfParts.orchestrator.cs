using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace CellStitch.Functions.Orchestrators;

/// <summary>A run of parts, all at once, by one activity: keeps the history of each orchestration short.</summary>
public static class RunOfParts
{
    [Function(nameof(RunOfParts))]
    public static async Task<PartsOutcome> Run([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        PartsRequest request = context.GetInput<PartsRequest>()!;
        var retries = new Retries();
        Task<PartDone>[] parts =
        [
            .. Enumerable.Range(request.First, request.End - request.First).Select(index =>
                context.CallActivityAsync<PartDone>(request.Activity, new Part(request.Run, index, request.Round), retries.Options)),
        ];
        PartDone[] done = await Task.WhenAll(parts);
        return new PartsOutcome(retries.Count, [.. done.SelectMany(part => part.Notes ?? []).Distinct().Order(StringComparer.Ordinal)]);
    }
}
