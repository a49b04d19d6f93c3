using System.Collections.Concurrent;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Queues;
using Microsoft.Extensions.Logging;

namespace CellStitch.EmbeddedHost.Hosting;

/// <summary>
/// Lists a container again and again and runs a function for each blob version without a receipt. A version whose function keeps failing is given
/// up: it gets a receipt and a message in the poison queue, as in the official host.
/// </summary>
internal sealed class BlobTriggerListener(
    FunctionDescription function,
    BlobPath path,
    BlobContainerClient container,
    BlobReceipts receipts,
    QueueClient poison,
    FunctionInvoker invoker,
    HostJson hostJson,
    TimeProvider time,
    ILogger log) : IDisposable
{
    /// <summary>The queue of given-up blobs, in the blobs' account.</summary>
    public const string PoisonQueue = "webjobs-blobtrigger-poison";

    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);

    // Failures of storage pass within about a minute: all tries together take longer than that.
    private static readonly TimeSpan[] RetryPauses = [.. new[] { 2, 8, 30, 60 }.Select(seconds => TimeSpan.FromSeconds(seconds))];

    private readonly ConcurrentDictionary<string, Task> _running = new();
    private readonly ConcurrentDictionary<string, (int Failures, DateTimeOffset Due)> _failed = new();
    private readonly SemaphoreSlim _slots = new(hostJson.BlobsAtOnce);

    /// <summary>Runs until the host stops; then waits for the functions that run.</summary>
    /// <param name="stopping">No more blobs are taken.</param>
    /// <param name="graceEnded">Running functions are cancelled.</param>
    public async Task Run(CancellationToken stopping, CancellationToken graceEnded)
    {
        TimeSpan pause = TimeSpan.Zero;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                bool found = await Look(stopping, graceEnded);
                pause = found ? TimeSpan.Zero : Shorter(pause == TimeSpan.Zero ? ShortestPause : pause * 2, hostJson.PollingInterval);
            }
            catch (Exception error) when (StorageFault.Is(error, stopping))
            {
                log.ContainerNotListed(path.Container, error.Message);
                pause = Shorter(ShortestPause, hostJson.PollingInterval);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }

            await Task.Delay(pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(_running.Values);
    }

    public void Dispose()
    {
        _slots.Dispose();
    }

    /// <summary>One listing; whether it started a function.</summary>
    private async Task<bool> Look(CancellationToken stopping, CancellationToken graceEnded)
    {
        await receipts.Load(stopping);
        HashSet<string> before = receipts.Snapshot();
        var listed = new HashSet<string>();
        bool found = false;
        try
        {
            await foreach (BlobItem blob in container.GetBlobsAsync(
                traits: BlobTraits.None, states: BlobStates.None, prefix: path.Prefix, cancellationToken: stopping))
            {
                string key = BlobReceipts.KeyOf(path.Container, blob.Name, blob.Properties.ETag!.Value);
                listed.Add(key);
                if (!receipts.Has(key) && !_running.ContainsKey(key) && IsDue(key) && path.Match(blob.Name) is { } values)
                {
                    await _slots.WaitAsync(stopping);
                    found = true;
                    Start(key, blob, values, graceEnded);
                }
            }
        }
        catch (RequestFailedException error) when (error.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            await container.CreateIfNotExistsAsync(cancellationToken: stopping);
            return false;
        }

        foreach (string gone in _failed.Keys.Where(key => !listed.Contains(key)))
        {
            _failed.TryRemove(gone, out _);
        }

        await receipts.Prune(before, listed, stopping);
        return found;
    }

    private bool IsDue(string key)
    {
        return !_failed.TryGetValue(key, out (int Failures, DateTimeOffset Due) failed) || failed.Due <= time.GetUtcNow();
    }

    private void Start(string key, BlobItem blob, Dictionary<string, object?> values, CancellationToken graceEnded)
    {
        // The task waits until it is listed as running, so that it cannot end before.
        var listed = new TaskCompletionSource();
        _running[key] = Task.Run(
            async () =>
            {
                await listed.Task;
                try
                {
                    await Handle(key, blob, values, graceEnded);
                }
                finally
                {
                    _running.TryRemove(key, out _);
                    _slots.Release();
                }
            },
            CancellationToken.None);
        listed.SetResult();
    }

    private async Task Handle(string key, BlobItem blob, Dictionary<string, object?> values, CancellationToken graceEnded)
    {
        string name = $"{path.Container}/{blob.Name}";
        int failures = _failed.TryGetValue(key, out (int Failures, DateTimeOffset Due) failed) ? failed.Failures : 0;
        long began = time.GetTimestamp();
        try
        {
            if (failures < hostJson.PoisonBlobThreshold)
            {
                await invoker.Run(function, container.GetBlobClient(blob.Name), values, graceEnded);
                long ms = (long)time.GetElapsedTime(began).TotalMilliseconds;
                log.BlobHandled(function.Name, name, ms);
            }
            else
            {
                await GiveUp(blob, graceEnded);
            }

            await receipts.Write(key, name, graceEnded);
            _failed.TryRemove(key, out _);
        }
        catch (OperationCanceledException) when (graceEnded.IsCancellationRequested)
        {
            // The host stops; without a receipt the next one starts this version again.
        }
        catch (Exception error) when (failures >= hostJson.PoisonBlobThreshold)
        {
            log.BlobFailed(error, function.Name, name, failures, hostJson.PoisonBlobThreshold);
            _failed[key] = (failures, time.GetUtcNow() + RetryPauses[^1]);
        }
        catch (Exception error)
        {
            failures++;
            log.BlobFailed(error, function.Name, name, failures, hostJson.PoisonBlobThreshold);
            // After the last failure there is nothing to wait for: the next look gives the version up.
            TimeSpan pause = failures >= hostJson.PoisonBlobThreshold ? TimeSpan.Zero : RetryPauses[Math.Min(failures, RetryPauses.Length) - 1];
            _failed[key] = (failures, time.GetUtcNow() + pause);
        }
    }

    private async Task GiveUp(BlobItem blob, CancellationToken cancellation)
    {
        await poison.CreateIfNotExistsAsync(cancellationToken: cancellation);
        string message = JsonSerializer.Serialize(new
        {
            Type = "BlobTrigger",
            FunctionId = $"Host.Functions.{function.Name}",
            BlobType = $"{blob.Properties.BlobType}Blob",
            ContainerName = path.Container,
            BlobName = blob.Name,
            ETag = blob.Properties.ETag!.Value.ToString("H"),
        });
        await poison.SendMessageAsync(message, cancellation);
        log.BlobPoisoned(function.Name, $"{path.Container}/{blob.Name}", PoisonQueue);
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other)
    {
        return one < other ? one : other;
    }
}
