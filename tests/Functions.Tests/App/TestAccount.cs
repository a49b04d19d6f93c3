using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using CellStitch.EmbeddedHost.Engine;
using CellStitch.Tests;

namespace CellStitch.Functions.Tests.App;

/// <summary>A storage account that no other test uses, seen as a user sees it: files are dropped, results appear.</summary>
internal sealed class TestAccount
{
    private readonly BlobServiceClient _service;

    public TestAccount(string? connection = null)
    {
        Connection = connection ?? Azurite.NewAccount();
        _service = new BlobServiceClient(Connection);
        Drop = _service.GetBlobContainerClient("drop");
        Results = _service.GetBlobContainerClient("results");
        Work = _service.GetBlobContainerClient("work");
    }

    public string Connection { get; }

    public BlobContainerClient Drop { get; }

    public BlobContainerClient Results { get; }

    public BlobContainerClient Work { get; }

    /// <summary>Puts the files of a job into its folder, in the given order.</summary>
    public async Task DropAsync(string job, params IEnumerable<(string Name, byte[] Bytes)> files)
    {
        foreach ((string name, byte[] bytes) in files)
        {
            await Drop.GetBlobClient($"{job}/{name}").UploadAsync(BinaryData.FromBytes(bytes), overwrite: true, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>A result; null while it is not there.</summary>
    public async Task<byte[]?> ReadAsync(string job, string name)
    {
        BlobClient blob = Results.GetBlobClient($"{job}/{name}");
        return await blob.ExistsAsync(TestContext.Current.CancellationToken)
            ? (await blob.DownloadContentAsync(TestContext.Current.CancellationToken)).Value.Content.ToArray()
            : null;
    }

    /// <summary>Waits for results or error.json.</summary>
    public async Task<JobEnd> EndAsync(string job, AppProcess app) => await Wait.ForAsync(
        async _ => await ReadAsync(job, "manifest.json") is not null || await ReadAsync(job, "error.json") is not null ? await ReadEndAsync(job) : null,
        () => $"the end of job {job}; the app's log:\n{app.Tail()}");

    /// <summary>The results as they are.</summary>
    public async Task<JobEnd> ReadEndAsync(string job)
    {
        var files = new Dictionary<string, byte[]>();
        await foreach (BlobItem blob in Results.GetBlobsAsync(BlobTraits.None, BlobStates.None, $"{job}/", TestContext.Current.CancellationToken))
        {
            string name = blob.Name[(job.Length + 1)..];
            if (!name.StartsWith('.') && await ReadAsync(job, name) is { } content)
            {
                files.Add(name, content);
            }
        }

        return new JobEnd(files);
    }

    /// <summary>What the engine has recorded, by instance id and run of it.</summary>
    public async Task<IReadOnlyList<History>> HistoriesAsync(string instancePrefix = "")
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        BlobContainerClient hub = _service.GetBlobContainerClient("cellstitch-durable");
        var histories = new List<History>();
        await foreach (BlobItem blob in hub.GetBlobsAsync(BlobTraits.None, BlobStates.None, $"history/{InstanceKey.Of(instancePrefix)}", cancellation))
        {
            if (blob.Name.Split('/') is [_, var key, _, ['s', ..]])
            {
                BinaryData content = (await hub.GetBlobClient(blob.Name).DownloadContentAsync(cancellation)).Value.Content;
                histories.Add(new History(InstanceKey.ToInstanceId(key), HistoryFormat.Read(content, blob.Name)));
            }
        }

        return histories;
    }
}

/// <summary>The recorded life of an orchestration.</summary>
internal sealed record History(string InstanceId, IReadOnlyList<HistoryEvent> Events)
{
    /// <summary>Activities that were asked for.</summary>
    public IEnumerable<HistoryEvent> Activities => Events.Where(one => one.Kind == HistoryEventKind.TaskScheduled);
}

/// <summary>How a job ended: the files of its results folder.</summary>
internal sealed record JobEnd(IReadOnlyDictionary<string, byte[]> Files)
{
    /// <summary>Of error.json; null where there is none.</summary>
    public (string Code, string Message)? Error
    {
        get
        {
            if (!Files.TryGetValue("error.json", out byte[]? json))
            {
                return null;
            }

            JsonElement error = JsonElement.Parse(json).GetProperty("error");
            return (error.GetProperty("code").GetString()!, error.GetProperty("message").GetString()!);
        }
    }

    public JsonElement Json(string name) => JsonElement.Parse(Files[name]);
}
