using Azure.Storage.Blobs;
using CellStitch.Cli.Local;
using CellStitch.Cli.Tests.Jobs;

[assembly: AssemblyFixture(typeof(LocalStorage))]

namespace CellStitch.Cli.Tests.Jobs;

/// <summary>A storage account for all tests of the assembly, started when the first one asks.</summary>
public sealed class LocalStorage : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly Lazy<Azurite> _azurite;

    public LocalStorage()
    {
        _azurite = new(() => Azurite.Start(
            AzuriteProgram.Find(AzuriteProgram.Home(), _ => { }, CancellationToken.None), _scratch["azurite"], AzuritePorts.Free(), CancellationToken.None));
    }

    public string Connection => _azurite.Value.ConnectionString;

    /// <summary>Puts a result of a job.</summary>
    public void Put(string job, string name, string content)
    {
        var results = new BlobContainerClient(Connection, "results");
        results.CreateIfNotExists();
        results.GetBlobClient($"{job}/{name}").Upload(new BinaryData(content), overwrite: true);
    }

    /// <summary>What was dropped for a job.</summary>
    public BinaryData Dropped(string job, string name) => new BlobClient(Connection, "drop", $"{job}/{name}").DownloadContent().Value.Content;

    public void Dispose()
    {
        if (_azurite.IsValueCreated)
        {
            _azurite.Value.Dispose();
        }

        _scratch.Dispose();
    }
}
