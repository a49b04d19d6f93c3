using Azure.Storage.Blobs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace CellStitch.EmbeddedHost.Hosting;

/// <summary>The blob triggers and timers of the app.</summary>
internal sealed class TriggerListeners(
    FunctionCatalog catalog,
    FunctionInvoker invoker,
    HostJson hostJson,
    StorageConnections storage,
    IConfiguration settings,
    TimeProvider time,
    ILoggerFactory logs)
{
    /// <summary>Runs all of them until the host stops; ends earlier only when one fails.</summary>
    public async Task Run(CancellationToken stopping, CancellationToken graceEnded)
    {
        List<Task> running = [.. Blobs(stopping, graceEnded), .. Timers(stopping, graceEnded)];
        while (running.Count > 0)
        {
            Task ended = await Task.WhenAny(running);
            running.Remove(ended);
            await ended;
        }
    }

    private BlobContainerClient Hosts()
    {
        return storage.Blobs(StorageConnections.HostAccount).GetBlobContainerClient("azure-webjobs-hosts");
    }

    private IEnumerable<Task> Blobs(CancellationToken stopping, CancellationToken graceEnded)
    {
        ILogger log = logs.CreateLogger("Host.Triggers.Blobs");
        foreach ((FunctionDescription function, BlobTriggerAttribute trigger) in catalog.WithTrigger<BlobTriggerAttribute>())
        {
            if (trigger.Source == BlobTriggerSource.EventGrid)
            {
                log.EventGridFunction(function.Name);
                continue;
            }

            string connection = trigger.Connection ?? StorageConnections.HostAccount;
            BlobPath path = BlobPath.Parse(SettingReferences.Resolve(trigger.BlobPath, settings));
            var listener = new BlobTriggerListener(
                function,
                path,
                storage.Blobs(connection).GetBlobContainerClient(path.Container),
                new BlobReceipts(Hosts(), function.Name),
                storage.Queue(connection, BlobTriggerListener.PoisonQueue),
                invoker,
                hostJson,
                time,
                log);
            yield return Task.Run(() => RunAndDispose(listener, stopping, graceEnded), CancellationToken.None);
        }
    }

    private static async Task RunAndDispose(BlobTriggerListener listener, CancellationToken stopping, CancellationToken graceEnded)
    {
        using (listener)
        {
            await listener.Run(stopping, graceEnded);
        }
    }

    private IEnumerable<Task> Timers(CancellationToken stopping, CancellationToken graceEnded)
    {
        ILogger log = logs.CreateLogger("Host.Triggers.Timer");
        foreach ((FunctionDescription function, TimerTriggerAttribute trigger) in catalog.WithTrigger<TimerTriggerAttribute>())
        {
            TimerSchedule schedule = TimerSchedule.Parse(SettingReferences.Resolve(trigger.Schedule, settings));
            var listener = new TimerListener(function, trigger, schedule, Hosts(), invoker, time, log);
            yield return Task.Run(() => listener.Run(stopping, graceEnded), CancellationToken.None);
        }
    }
}
