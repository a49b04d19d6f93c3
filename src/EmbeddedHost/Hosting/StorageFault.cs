using System.Net.Sockets;
using Azure;

namespace CellStitch.EmbeddedHost.Hosting;

/// <summary>Failures of the storage account.</summary>
internal static class StorageFault
{
    /// <summary>
    /// Whether storage was not reached or did not do what it was asked. A cancelled request counts while the caller did not cancel it:
    /// it took too long.
    /// </summary>
    public static bool Is(Exception error, CancellationToken cancellation)
    {
        return !cancellation.IsCancellationRequested && error switch
        {
            RequestFailedException or IOException or SocketException or HttpRequestException => true,
            OperationCanceledException or TimeoutException => true,
            // What the storage library throws when its retries are used up.
            AggregateException many => many.InnerExceptions.All(inner => Is(inner, cancellation)),
            _ => false,
        };
    }

    /// <summary>Whether waiting may help, as it does not when storage was reached and refuses the credentials.</summary>
    public static bool Passes(Exception error, CancellationToken cancellation)
    {
        return Is(error, cancellation) && error is not RequestFailedException { Status: not (0 or 408 or 429 or >= 500) };
    }
}
