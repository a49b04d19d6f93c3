using System.Net.Sockets;
using Azure;
using Microsoft.Extensions.Logging;

namespace CellStitch.EmbeddedHost.Engine;

/// <summary>Storage that does not answer, or asks to come back later, delays the engine but never fails an orchestration: it tries until it succeeds
/// or the engine is broken off.</summary>
internal sealed class StorageFaults(ILogger logger, CancellationToken brokenOff)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>Does an idempotent operation, again and again while the fault is one that passes.</summary>
    public async Task<T> OutlastAsync<T>(Func<CancellationToken, Task<T>> operation, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, brokenOff);
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await operation(either.Token).ConfigureAwait(false);
            }
            catch (Exception fault) when (Passes(fault, either.Token))
            {
                logger.StorageFault(attempt, fault.Message);
                await Task.Delay(PauseAfter(attempt), either.Token).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Does an idempotent operation, again and again while the fault is one that passes.</summary>
    public Task OutlastAsync(Func<CancellationToken, Task> operation, CancellationToken cancellation)
    {
        return OutlastAsync(
            async token =>
            {
                await operation(token).ConfigureAwait(false);
                return true;
            },
            cancellation);
    }

    private static bool Passes(Exception fault, CancellationToken cancellation)
    {
        return !cancellation.IsCancellationRequested && fault switch
        {
            // Status 0: no answer at all.
            RequestFailedException { Status: 0 or 408 or 429 or >= 500 } => true,
            // A socket that is reset while it connects throws by itself, and the storage library does not try that again.
            IOException or HttpRequestException or SocketException or OperationCanceledException => true,
            AggregateException several => several.InnerExceptions.All(inner => Passes(inner, cancellation)),
            _ => false,
        };
    }

    private static TimeSpan PauseAfter(int attempt)
    {
        double factor = Math.Pow(2, Math.Min(attempt - 1, 10)) * (0.75 + (Random.Shared.NextDouble() / 2));
        TimeSpan pause = FirstPause * factor;
        return pause < LongestPause ? pause : LongestPause;
    }
}
