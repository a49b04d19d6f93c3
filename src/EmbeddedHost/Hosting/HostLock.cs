using Azure;
using Azure.Core;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Microsoft.Extensions.Logging;

namespace CellStitch.EmbeddedHost.Hosting;

/// <summary>
/// The lease on the blob <c>host/lock</c> of the host's account: at any time one host works on an account. Its owner's epoch is one higher than
/// that of the owner before, so that what an owner writes late, not knowing that it was replaced, is told apart.
/// </summary>
internal sealed class HostLock : IAsyncDisposable
{
    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TryEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(30);

    private readonly BlobLeaseClient _lease;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<string> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _renewing;

    private HostLock(BlobLeaseClient lease, long epoch, TimeProvider time, ILogger log)
    {
        (_lease, Epoch, _time, _log) = (lease, epoch, time, log);
        _renewing = Task.Run(Renew);
    }

    /// <summary>Above the epoch of every owner before.</summary>
    public long Epoch { get; }

    /// <summary>Completes with the reason when another host took the lock.</summary>
    public Task<string> Lost => _lost.Task;

    /// <summary>Client settings for the lock: a lease of 15 s cannot wait for the library's usual retries.</summary>
    public static BlobClientOptions ClientOptions => new()
    {
        Retry = { MaxRetries = 0, NetworkTimeout = TimeSpan.FromSeconds(4), Mode = RetryMode.Fixed },
    };

    /// <summary>Takes the lock. While a living process holds it, or the storage account cannot be reached, this waits and says why.</summary>
    /// <param name="storage">The host's account, opened with <see cref="ClientOptions"/>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where to say what is waited for.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public static async Task<HostLock> Acquire(BlobServiceClient storage, TimeProvider time, ILogger log, CancellationToken cancellation)
    {
        BlobClient blob = storage.GetBlobContainerClient("host").GetBlobClient("lock");
        // One id for all tries: a lease that was given, but whose answer was lost, is given again.
        BlobLeaseClient lease = blob.GetBlobLeaseClient(Guid.NewGuid().ToString());
        string told = "";
        long toldAt = 0;
        while (true)
        {
            string reason;
            try
            {
                (HostLock? acquired, reason) = await TryAcquire(blob, lease, time, log, cancellation);
                if (acquired is not null)
                {
                    log.LockAcquired(acquired.Epoch);
                    return acquired;
                }
            }
            catch (Exception error) when (StorageFault.Passes(error, cancellation))
            {
                reason = $"The storage account at {storage.Uri} does not answer: {FirstLine(error)}";
            }

            if (reason.Length > 0 && (reason != told || time.GetElapsedTime(toldAt) > TellEvery))
            {
                log.WaitingForLock(reason);
                (told, toldAt) = (reason, time.GetTimestamp());
            }

            await Task.Delay(reason.Length > 0 ? TryEvery : TimeSpan.Zero, time, cancellation);
        }
    }

    /// <summary>Gives the lock back, so that the next host need not wait for the lease to end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _renewing;
        try
        {
            await _lease.ReleaseAsync(cancellationToken: CancellationToken.None);
        }
        catch (Exception error) when (StorageFault.Is(error, CancellationToken.None))
        {
            // Another host has it, or it ends by itself.
        }

        _stop.Dispose();
    }

    /// <summary>One try. No lock and no reason means: try again at once.</summary>
    private static async Task<(HostLock? Acquired, string Reason)> TryAcquire(
        BlobClient blob, BlobLeaseClient lease, TimeProvider time, ILogger log, CancellationToken cancellation)
    {
        BlobProperties? state = await Existing(blob, cancellation);
        LockHolder? holder = LockHolder.From(state.Metadata);
        try
        {
            await lease.AcquireAsync(LeaseTime, cancellationToken: cancellation);
        }
        catch (RequestFailedException error) when (error.ErrorCode == BlobErrorCode.LeaseAlreadyPresent)
        {
            return holder is not null && holder.IsDeadHere()
                ? await BreakLease(blob, state.ETag, holder, log, cancellation)
                : (null, Describe(holder, blob));
        }

        // The epoch is read under the lease: between the first look and the lease an owner may have come and gone.
        BlobProperties now = await blob.GetPropertiesAsync(cancellationToken: cancellation);
        long epoch = checked((LockHolder.From(now.Metadata)?.Epoch ?? 0) + 1);
        try
        {
            await blob.SetMetadataAsync(
                LockHolder.ThisProcess(epoch).ToMetadata(), new BlobRequestConditions { LeaseId = lease.LeaseId }, cancellation);
        }
        catch (RequestFailedException error) when (error.Status is 409 or 412)
        {
            // Another starting host took this lease for the dead owner's and broke it.
            return (null, "");
        }

        return (new HostLock(lease, epoch, time, log), "");
    }

    private static async Task<(HostLock?, string)> BreakLease(BlobClient blob, ETag seen, LockHolder dead, ILogger log, CancellationToken cancellation)
    {
        try
        {
            // Each owner writes its metadata, so this ETag is the dead owner's.
            await blob.GetBlobLeaseClient().BreakAsync(TimeSpan.Zero, new RequestConditions { IfMatch = seen }, cancellation);
            log.LockTakenOver(dead.ProcessId, dead.Started);
        }
        catch (RequestFailedException error) when (error.Status is 409 or 412)
        {
            // Somebody else was faster; the next try sees who.
        }

        return (null, "");
    }

    private static async Task<BlobProperties> Existing(BlobClient blob, CancellationToken cancellation)
    {
        try
        {
            return await blob.GetPropertiesAsync(cancellationToken: cancellation);
        }
        catch (RequestFailedException error) when (error.Status == 404)
        {
            await blob.GetParentBlobContainerClient().CreateIfNotExistsAsync(cancellationToken: cancellation);
        }

        try
        {
            await blob.UploadAsync(BinaryData.Empty, new BlobUploadOptions { Conditions = new() { IfNoneMatch = ETag.All } }, cancellation);
        }
        catch (RequestFailedException error) when (error.Status is 409 or 412)
        {
            // Another starting host created it.
        }

        return await blob.GetPropertiesAsync(cancellationToken: cancellation);
    }

    private static string Describe(LockHolder? holder, BlobClient blob)
    {
        return holder is null
            ? $"Another host is starting on the storage account at {blob.Uri}"
            : $"The storage account is worked on by process {holder.ProcessId} of {holder.Machine}, started {holder.Started:yyyy-MM-dd HH:mm:ss} UTC "
                + $"(lease on {blob.Uri}); this host starts when that process ends or has not renewed its lease for {LeaseTime.TotalSeconds:0} s";
    }

    private static string FirstLine(Exception error)
    {
        return error.Message.Split('\n')[0].TrimEnd();
    }

    private async Task Renew()
    {
        TimeSpan wait = RenewEvery;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(wait, _time, _stop.Token);
                await _lease.RenewAsync(cancellationToken: _stop.Token);
                wait = RenewEvery;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (RequestFailedException error) when (error.Status is 404 or 409 or 412)
            {
                _lost.TrySetResult($"the lease on {_lease.Uri} is no longer this process's ({error.ErrorCode})");
                return;
            }
            catch (Exception error) when (StorageFault.Is(error, _stop.Token))
            {
                // An ended lease can be renewed while nobody else took it. If somebody did, the engine's epoch keeps what is written apart.
                _log.LockNotRenewed(FirstLine(error));
                wait = TryEvery;
            }
        }
    }
}
