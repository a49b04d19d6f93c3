using Microsoft.Extensions.Hosting;

namespace CellStitch.Functions.Storage;

/// <summary>Creates the containers before the first function runs.</summary>
internal sealed class ContainerSetup(DataAccount data) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => data.CreateContainersAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
