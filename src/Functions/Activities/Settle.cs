using CellStitch.Functions.Jobs;
using CellStitch.Functions.Orchestrators;
using CellStitch.Functions.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace CellStitch.Functions.Activities;

/// <summary>Looks at a job's folder and starts the run, unless a younger blob's event decides or something is missing.</summary>
public sealed class Settle(DataAccount data)
{
    [Function(nameof(Settle))]
    public async Task<SettleOutcome> Run(
        [ActivityTrigger] SettleRequest request, [DurableClient] DurableTaskClient client, CancellationToken cancellation)
    {
        IReadOnlyList<FileVersion> files = await DropFolder.ListAsync(data.Drop, request.Job, cancellation);
        FileVersion? own = files.FirstOrDefault(file => file.Blob == request.Blob && file.ETag == request.ETag);
        if (own is null)
        {
            return new SettleOutcome(Settling.Overtaken, $"{request.Blob} was replaced or deleted.");
        }

        // Options that cannot be read let the job start: the run says what is wrong with them.
        JobOptions? options = await DropFolder.OptionsIfSoundAsync(data.Drop, files, cancellation);
        var complete = Completeness.Of(files, options);
        if (request.Look == SettleLook.AtOnce)
        {
            // A job.json that is older than a file may be that of an earlier drop, of which some files are still to be replaced.
            bool listed = options?.Files is { Count: > 0 } && own.Name == DropFile.Options;
            return complete.Start && listed ? await StartAsync() : new SettleOutcome(Settling.Unsettled);
        }

        // Times of blobs are whole seconds: of two blobs of one second both decide, for the same run.
        if (files.FirstOrDefault(file => file.Name != DropFile.Defaults && file.Modified > own.Modified) is { } younger)
        {
            return new SettleOutcome(Settling.Overtaken, $"{younger.Blob} is younger.");
        }

        if (!complete.Start)
        {
            return new SettleOutcome(Settling.Waiting, complete.Missing);
        }

        if (complete.Wait && request.Look == SettleLook.Settled)
        {
            return new SettleOutcome(Settling.WaitingForProjections, "xy.tif came alone; the projections may still be on their way.");
        }

        return await StartAsync();

        async Task<SettleOutcome> StartAsync() =>
            new(Settling.Started, await RunStarter.StartRunAsync(client, request.Job, Completeness.FilesOf(files, options), cancellation));
    }
}
