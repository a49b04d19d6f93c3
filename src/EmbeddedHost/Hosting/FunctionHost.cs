using CellStitch.EmbeddedHost.Engine;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CellStitch.EmbeddedHost.Hosting;

/// <summary>
/// Takes the host's lock, then starts the durable engine, then the triggers; HTTP comes last, since the web server starts after all other parts.
/// When the host stops, nothing new is taken at once, and what runs has a time of grace before its token is cancelled.
/// </summary>
internal sealed class FunctionHost(
    FunctionCatalog catalog,
    HostJson hostJson,
    DurableEngine engine,
    EngineClient client,
    TriggerListeners listeners,
    StorageConnections storage,
    FunctionKey key,
    IServer server,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILoggerFactory logs) : IHostedLifecycleService, IAsyncDisposable
{
    /// <summary>After this long the process ends whatever still runs.</summary>
    public static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly ILogger _log = logs.CreateLogger("Host.Startup");
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _graceEnded = new();
    private HostLock? _lock;
    private ITimer? _grace;
    private Task _running = Task.CompletedTask;
    private Task _engineStopped = Task.CompletedTask;

    /// <summary>Cancelled when functions that still run after the host was told to stop must end.</summary>
    public CancellationToken GraceEnded => _graceEnded.Token;

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (string unknown in hostJson.UnknownKeys)
        {
            _log.UnknownHostJsonKey(unknown);
        }

        foreach (FunctionDescription function in catalog.All.Where(function => function.Disabled))
        {
            _log.FunctionDisabled(function.Name);
        }

        return Task.CompletedTask;
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _lock = await HostLock.Acquire(
            storage.Blobs(StorageConnections.HostAccount, HostLock.ClientOptions), time, logs.CreateLogger("Host.Lock"), cancellationToken);
        _ = StopWhenLost(_lock.Lost);
        await engine.StartAsync(_lock.Epoch, cancellationToken);
        _ = StopWhenLost(Reason(engine.OwnershipLost));
        _running = listeners.Run(_stopping.Token, GraceEnded);
        _ = StopWhenFailed(_running);
    }

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        string address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "";
        bool isLocal = Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && uri.IsLoopback;
        // An address that stands for all of the machine's is reached from here by this name.
        string reachable = address.Replace("//[::]", "//localhost", StringComparison.Ordinal).Replace("//0.0.0.0", "//localhost", StringComparison.Ordinal);
        client.HostAddress = Uri.TryCreate(reachable, UriKind.Absolute, out uri) ? uri : null;
        if (!isLocal && !key.IsSet)
        {
            _log.OpenToAll(address);
        }

        int ready = catalog.All.Count(function => !function.Disabled);
        _log.Ready(ready, address);
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (_stopping.IsCancellationRequested)
        {
            return Task.CompletedTask;
        }

        _grace = time.CreateTimer(_ => _graceEnded.Cancel(), null, Grace, Timeout.InfiniteTimeSpan);
        _stopping.Cancel();
        _engineStopped = engine.StopAsync(GraceEnded);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(_running, _engineStopped).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // A function does not heed its token; it ends with the process.
        }

        if (_lock is not null)
        {
            await _lock.DisposeAsync();
            _lock = null;
        }
    }

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        return Task.CompletedTask;
    }

    /// <summary>Gives the lock back also when the host did not get to its end, as when its port is taken.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_lock is not null)
        {
            await StoppingAsync(CancellationToken.None);
            await StopAsync(CancellationToken.None);
        }

        if (_grace is not null)
        {
            await _grace.DisposeAsync();
        }
    }

    private static async Task<string> Reason(Task lost)
    {
        await Task.WhenAny(lost);
        return lost.Exception is { } fault
            ? $"the durable engine cannot go on: {fault.GetBaseException().Message}"
            : "a newer owner of the storage account wrote into the histories";
    }

    private async Task StopWhenLost(Task<string> lost)
    {
        string reason = await lost;
        _log.LockLost(reason);
        Environment.ExitCode = 1;
        // What runs now may run again elsewhere: no grace.
        await _graceEnded.CancelAsync();
        lifetime.StopApplication();
    }

    private async Task StopWhenFailed(Task running)
    {
        try
        {
            await running;
        }
        catch (Exception error) when (!_stopping.IsCancellationRequested)
        {
            _log.PartFailed(error, "a trigger");
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }
}
