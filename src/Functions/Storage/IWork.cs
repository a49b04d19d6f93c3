using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace CellStitch.Functions.Storage;

/// <summary>Where the intermediates of a run lie: blobs between activities, memory within the one activity of a small volume.</summary>
internal interface IWork
{
    /// <summary>Reads an intermediate whole.</summary>
    Task<BinaryData> ReadAsync(string name, CancellationToken cancellation);

    /// <summary>Writes one, in one piece: it is there whole or not at all. Writing it again changes nothing, since its content follows from its name.</summary>
    Task WriteAsync(string name, BinaryData content, CancellationToken cancellation);

    /// <summary>Whether it has been written.</summary>
    Task<bool> ExistsAsync(string name, CancellationToken cancellation);
}

/// <summary>Intermediates as blobs of <c>work/{run}/</c>.</summary>
/// <param name="container">The work container.</param>
/// <param name="run">Id of the run.</param>
internal sealed class BlobWork(BlobContainerClient container, string run) : IWork
{
    public async Task<BinaryData> ReadAsync(string name, CancellationToken cancellation) =>
        (await Blob(name).DownloadContentAsync(cancellation)).Value.Content;

    public Task WriteAsync(string name, BinaryData content, CancellationToken cancellation) =>
        Blob(name).UploadAsync(content, overwrite: true, cancellation);

    public async Task<bool> ExistsAsync(string name, CancellationToken cancellation) => await Blob(name).ExistsAsync(cancellation);

    /// <summary>One intermediate's blob.</summary>
    public BlobClient Blob(string name) => container.GetBlobClient($"{run}/{name}");

    /// <summary>Deletes all of them, the plan first: an activity that then still writes finds it gone and deletes the rest.</summary>
    public async Task DeleteAllAsync(CancellationToken cancellation)
    {
        await Blob(WorkName.Plan).DeleteIfExistsAsync(cancellationToken: cancellation);
        await Blobs.DeleteFolderAsync(container, $"{run}/", cancellation);
    }
}

/// <summary>Intermediates in memory.</summary>
internal sealed class MemoryWork : IWork
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, BinaryData> _contents = new(StringComparer.Ordinal);

    public Task<BinaryData> ReadAsync(string name, CancellationToken cancellation) => Task.FromResult(_contents[name]);

    public Task WriteAsync(string name, BinaryData content, CancellationToken cancellation)
    {
        _contents[name] = content;
        return Task.CompletedTask;
    }

    public Task<bool> ExistsAsync(string name, CancellationToken cancellation) => Task.FromResult(_contents.ContainsKey(name));

    /// <summary>Lets go of one that nobody reads again.</summary>
    public void Forget(string name) => _contents.TryRemove(name, out _);
}

/// <summary>Small things to do with blobs.</summary>
internal static class Blobs
{
    /// <summary>Deletes all blobs whose names begin with a prefix.</summary>
    public static async Task DeleteFolderAsync(BlobContainerClient container, string prefix, CancellationToken cancellation)
    {
        await foreach (BlobItem blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellation))
        {
            await container.DeleteBlobIfExistsAsync(blob.Name, DeleteSnapshotsOption.IncludeSnapshots, cancellationToken: cancellation);
        }
    }

    /// <summary>Reads a small blob whole; null when there is none.</summary>
    public static async Task<BinaryData?> ReadIfThereAsync(BlobClient blob, CancellationToken cancellation, BlobRequestConditions? conditions = null)
    {
        try
        {
            return (await blob.DownloadContentAsync(new BlobDownloadOptions { Conditions = conditions }, cancellation)).Value.Content;
        }
        catch (RequestFailedException fault) when (fault.Status == 404)
        {
            return null;
        }
    }
}
