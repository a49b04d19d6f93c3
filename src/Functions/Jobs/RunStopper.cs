using CellStitch.Functions.Orchestrators;
using CellStitch.Functions.Storage;
using Microsoft.DurableTask.Client;

namespace CellStitch.Functions.Jobs;

/// <summary>Stops a run: no step of it begins after its stop marker is there, and its orchestrations end at once.</summary>
internal static class RunStopper
{
    public static async Task StopAsync(DurableTaskClient client, DataAccount data, string run, RunOutcome outcome, CancellationToken cancellation)
    {
        await new BlobWork(data.Work, run).WriteAsync(WorkName.Stop, BinaryData.FromString(""), cancellation);
        await client.TerminateInstanceAsync(run, new TerminateInstanceOptions(outcome, Recursive: true), cancellation);
    }
}
