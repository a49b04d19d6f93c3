using CellStitch.Functions.Storage;
using CellStitch.Tests;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace CellStitch.Functions.Tests.Security;

/// <summary>The HTTP functions, called without a host, on an account of their own.</summary>
internal sealed class DirectApp : IDisposable
{
    private readonly ConfigurationManager _configuration = new();

    public DirectApp()
    {
        _configuration[DataAccount.Connection] = Azurite.NewAccount();
        Data = DataAccount.Connect(_configuration);
        Jobs = new JobsApi(Data, NullLogger<JobsApi>.Instance);
        Files = new JobFilesApi(Data, TimeProvider.System);
    }

    public DataAccount Data { get; }

    public JobsApi Jobs { get; }

    public JobFilesApi Files { get; }

    public void Dispose() => _configuration.Dispose();
}
