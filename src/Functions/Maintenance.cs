using Azure.Storage.Blobs.Models;
using CellStitch.Functions.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CellStitch.Functions;

/// <summary>Deletes what nobody will read again: work folders of runs that did not succeed, and the history of ended runs.</summary>
public sealed class Maintenance(DataAccount data, IOptions<AppSettings> settings, TimeProvider time, ILogger<Maintenance> log)
{
    private static readonly OrchestrationRuntimeStatus[] Ended =
        [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated];

    [Function(nameof(Maintenance))]
    public async Task Run([TimerTrigger("0 30 3 * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellation)
    {
        DateTimeOffset now = time.GetUtcNow();
        int folders = await DeleteWorkAsync(client, now.AddDays(-settings.Value.KeepWorkDays), cancellation);
        var old = new PurgeInstancesFilter(CreatedTo: now.AddDays(-settings.Value.KeepHistoryDays), Statuses: Ended);
        PurgeResult purged = await client.PurgeAllInstancesAsync(old, cancellation);
        log.Purged(folders, settings.Value.KeepWorkDays, purged.PurgedInstanceCount, settings.Value.KeepHistoryDays);
    }

    private async Task<int> DeleteWorkAsync(DurableTaskClient client, DateTimeOffset before, CancellationToken cancellation)
    {
        int deleted = 0;
        await foreach (BlobHierarchyItem folder in data.Work.GetBlobsByHierarchyAsync(BlobTraits.None, BlobStates.None, "/", null, cancellation))
        {
            if (!folder.IsPrefix || await IsYoungAsync(folder.Prefix, before, cancellation))
            {
                continue;
            }

            if (await client.GetInstanceAsync(folder.Prefix.TrimEnd('/'), cancellation) is not { IsCompleted: false })
            {
                await Blobs.DeleteFolderAsync(data.Work, folder.Prefix, cancellation);
                deleted++;
            }
        }

        return deleted;
    }

    private async Task<bool> IsYoungAsync(string prefix, DateTimeOffset before, CancellationToken cancellation)
    {
        await foreach (BlobItem blob in data.Work.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellation))
        {
            if (blob.Properties.LastModified > before)
            {
                return true;
            }
        }

        return false;
    }
}
