using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;

namespace CellStitch.Functions.Storage;

/// <summary>The lease on <c>results/{job}/.lock</c> that a publication holds, so that results of two runs never mix.</summary>
internal sealed class ResultLock : IAsyncDisposable
{
    // A publisher that died blocks its job for this long.
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(10);

    private readonly BlobLeaseClient _lease;
    private readonly CancellationTokenSource _done = new();
    private readonly Task _renewing;

    private ResultLock(BlobLeaseClient lease)
    {
        _lease = lease;
        _renewing = RenewAsync();
    }

    /// <exception cref="RequestFailedException">Another publication holds it: try again.</exception>
    public static async Task<ResultLock> AcquireAsync(BlobContainerClient results, string job, CancellationToken cancellation)
    {
        BlobClient blob = results.GetBlobClient($"{job}/.lock");
        if (!await blob.ExistsAsync(cancellation))
        {
            await blob.UploadAsync(BinaryData.FromString(""), overwrite: true, cancellation);
        }

        BlobLeaseClient lease = blob.GetBlobLeaseClient();
        await lease.AcquireAsync(Life, cancellationToken: cancellation);
        return new ResultLock(lease);
    }

    /// <summary>Checks that nobody else has got the lease meanwhile.</summary>
    /// <exception cref="RequestFailedException">It is lost.</exception>
    public Task CheckAsync(CancellationToken cancellation) => _lease.RenewAsync(cancellationToken: cancellation);

    public async ValueTask DisposeAsync()
    {
        await _done.CancelAsync();
        await _renewing;
        try
        {
            await _lease.ReleaseAsync();
        }
        catch (RequestFailedException)
        {
            // It runs out by itself.
        }

        _done.Dispose();
    }

    private async Task RenewAsync()
    {
        using var timer = new PeriodicTimer(Renewal);
        try
        {
            while (await timer.WaitForNextTickAsync(_done.Token))
            {
                await _lease.RenewAsync(cancellationToken: _done.Token);
            }
        }
        catch (OperationCanceledException) when (_done.IsCancellationRequested)
        {
        }
        catch (RequestFailedException)
        {
            // Lost, or no storage: CheckAsync tells before anything is committed.
        }
    }
}
