using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace CellStitch.EmbeddedHost.Hosting;

/// <summary>
/// A web application whose start can be broken off with Ctrl+C or SIGTERM, as while it waits for the lock, without that being a failure.
/// </summary>
internal sealed class StoppableHost(WebApplication app) : IHost, IAsyncDisposable
{
    public IServiceProvider Services => app.Services;

    public WebApplication App => app;

    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Whoever runs the host waits for its stop now, and that has come already.
        }
    }

    public Task StopAsync(CancellationToken cancellationToken = default)
    {
        return app.StopAsync(cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        return app.DisposeAsync();
    }

    void IDisposable.Dispose()
    {
        ((IDisposable)app).Dispose();
    }
}
