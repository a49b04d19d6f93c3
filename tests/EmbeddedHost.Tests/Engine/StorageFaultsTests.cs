using System.Net.Sockets;
using Azure;
using CellStitch.EmbeddedHost.Engine;
using Microsoft.Extensions.Logging.Abstractions;

namespace CellStitch.EmbeddedHost.Tests.Engine;

public class StorageFaultsTests
{
    [Fact]
    public async Task Outlast_FaultThatPasses_TriesAgain()
    {
        Exception[] passing =
        [
            new RequestFailedException(503, "busy"),
            new RequestFailedException(0, "no answer"),
            new SocketException((int)SocketError.NotConnected),
            new AggregateException(new RequestFailedException(0, "no answer"), new SocketException((int)SocketError.NotConnected)),
        ];
        var faults = new StorageFaults(NullLogger.Instance, CancellationToken.None);
        int tries = 0;
        await faults.OutlastAsync(
            _ => tries++ < passing.Length ? Task.FromException(passing[tries - 1]) : Task.CompletedTask, TestContext.Current.CancellationToken);
        Assert.Equal(passing.Length + 1, tries);
    }

    [Fact]
    public async Task Outlast_Refusal_IsThrown()
    {
        var faults = new StorageFaults(NullLogger.Instance, CancellationToken.None);
        await Assert.ThrowsAsync<RequestFailedException>(() =>
            faults.OutlastAsync(_ => Task.FromException(new RequestFailedException(403, "no")), TestContext.Current.CancellationToken));
    }
}
