using System.Net.Sockets;
using Azure;

namespace CellStitch.EmbeddedHost.Hosting;

/// <summary>Failures of the storage account that pass: unreachable, too slow, busy.</summary>
internal static class StorageFault
{
    /// <summary>Whether an exception is such a failure. A cancelled request counts while the caller did not cancel it: it took too long.</summary>
    public static bool Is(Exception error, CancellationToken cancellation)
    {
        return !cancellation.IsCancellationRequested && error switch
        {
            RequestFailedException or IOException or SocketException or HttpRequestException or OperationCanceledException or TimeoutException => true,
            // What the storage library throws when its retries are used up.
            AggregateException many => many.InnerExceptions.All(inner => Is(inner, cancellation)),
            _ => false,
        };
    }
}
