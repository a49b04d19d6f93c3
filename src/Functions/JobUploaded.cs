using Azure.Storage.Blobs;
using CellStitch.Functions.Jobs;
using CellStitch.Functions.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CellStitch.Functions;

/// <summary>
/// The triggers of the drop folder. Both start the settling of the blob's job and return; the one that does not belong where the app runs is
/// switched off by <c>AzureWebJobs.{name}.Disabled</c>.
/// </summary>
public sealed class JobUploaded(DataAccount data, IOptions<AppSettings> settings, ILogger<JobUploaded> log)
{
    private const string DroppedBlob = $"{DataAccount.DropContainer}/{{name}}";

    /// <summary>By polling: local runs, and plans that keep an instance running.</summary>
    [Function("JobUploaded")]
    public Task Polled(
        [BlobTrigger(DroppedBlob, Connection = DataAccount.Connection)] BlobClient blob,
        string name,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation) => SettleAsync(blob, name, client, cancellation);

    /// <summary>By Event Grid: Flex Consumption.</summary>
    [Function("JobUploadedEvent")]
    public Task Notified(
        [BlobTrigger(DroppedBlob, Source = BlobTriggerSource.EventGrid, Connection = DataAccount.Connection)] BlobClient blob,
        string name,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation) => SettleAsync(blob, name, client, cancellation);

    private async Task SettleAsync(BlobClient blob, string name, DurableTaskClient client, CancellationToken cancellation)
    {
        if (DropName.Parse(name) is not { } dropped)
        {
            log.BlobIgnored(OneLine.Of(name));
            return;
        }

        // The event may be late: it is the version that is there now that counts.
        IReadOnlyList<FileVersion> files = await DropFolder.ListAsync(data.Drop, dropped.Job, cancellation);
        if (files.FirstOrDefault(file => file.Blob == blob.Name) is not { } version)
        {
            return;
        }

        if (await RunStarter.StartSettlingAsync(client, dropped.Job, version.Blob, version.ETag, settings.Value, cancellation) is { } id)
        {
            log.BlobDropped(name, dropped.Job, id);
        }
    }
}
