using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace CellStitch.Functions.Orchestrators;

/// <summary>
/// A run of parts, all at once, by one activity: keeps the history of each orchestration short. More parts than one orchestration should have are cut into runs again, one after
/// the other. Returns how many were tried again.
/// </summary>
public static class RunOfParts
{
    /// <summary>Parts, or runs, of one orchestration.</summary>
    internal const int MostParts = 100;

    [Function(nameof(RunOfParts))]
    public static async Task<int> Run([OrchestrationTrigger] TaskOrchestrationContext context, PartsRequest request)
    {
        int count = request.End - request.First;
        return count <= MostParts ? await AllAsync(context, request) : await InRunsAsync(context, request, Math.Max(MostParts, ((count - 1) / MostParts) + 1));
    }

    private static async Task<int> AllAsync(TaskOrchestrationContext context, PartsRequest request)
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

    private static async Task<int> InRunsAsync(TaskOrchestrationContext context, PartsRequest request, int partsOfRun)
    {
        int retries = 0;
        for (int first = request.First; first < request.End; first += partsOfRun)
        {
            PartsRequest run = request with { First = first, End = Math.Min(request.End, first + partsOfRun) };
            retries += await context.CallSubOrchestratorAsync<int>(nameof(RunOfParts), run);
        }

        return retries;
    }
}
