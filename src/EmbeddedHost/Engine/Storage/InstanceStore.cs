using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.DurableTask.Client;

namespace CellStitch.EmbeddedHost.Engine;

/// <summary>The states of the instances: one small blob <c>state/{key}</c> each, whose metadata suffice for listing.</summary>
internal sealed class InstanceStore(BlobContainerClient container, StorageFaults faults)
{
    private const string Folder = "state/";
    private static readonly JsonSerializerOptions Json = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };

    private volatile bool _isCreated;

    public BlobContainerClient Container => container;

    public StorageFaults Faults => faults;

    public async Task CreateContainerAsync(CancellationToken cancellation)
    {
        if (!_isCreated)
        {
            await faults.OutlastAsync(token => container.CreateIfNotExistsAsync(cancellationToken: token), cancellation).ConfigureAwait(false);
            _isCreated = true;
        }
    }

    /// <summary>Writes a state if the blob is as expected.</summary>
    /// <param name="state">The state.</param>
    /// <param name="expected">ETag of the state it replaces; null = there is none.</param>
    /// <param name="cancellation">Stops trying.</param>
    /// <returns>The new ETag; null when the blob is not as expected.</returns>
    public Task<ETag?> WriteAsync(InstanceState state, ETag? expected, CancellationToken cancellation)
    {
        BlobClient blob = Blob(state.InstanceId);
        var content = BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(state, Json));
        var options = new BlobUploadOptions
        {
            Conditions = expected is { } tag ? new BlobRequestConditions { IfMatch = tag } : new BlobRequestConditions { IfNoneMatch = ETag.All },
            Metadata = ToMetadata(state),
        };
        return faults.OutlastAsync<ETag?>(
            async token =>
            {
                try
                {
                    return (await blob.UploadAsync(content, options, token).ConfigureAwait(false)).Value.ETag;
                }
                catch (RequestFailedException refused) when (refused.Status is 409 or 412 || (refused.Status == 404 && expected is not null))
                {
                    // The refusal may be of our own second try, after the answer to the first was lost.
                    (InstanceState Stored, ETag Tag)? now = await ReadOnceAsync(state.InstanceId, token).ConfigureAwait(false);
                    return now is { } found && JsonSerializer.SerializeToUtf8Bytes(found.Stored, Json).AsSpan().SequenceEqual(content) ? found.Tag : null;
                }
            },
            cancellation);
    }

    public Task<(InstanceState State, ETag Tag)?> ReadAsync(string instanceId, CancellationToken cancellation)
    {
        return faults.OutlastAsync(token => ReadOnceAsync(instanceId, token), cancellation);
    }

    /// <summary>The states without payloads of instances whose id begins with a prefix, in order of their keys, page by page.</summary>
    public async IAsyncEnumerable<(IReadOnlyList<InstanceState> States, string? Continuation)> ListAsync(
        string? prefix, int? pageSize, string? continuation, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string folder = Folder + InstanceKey.Of(prefix ?? "");
        do
        {
            string? from = continuation;
            Page<BlobItem>? page = await faults.OutlastAsync(token => PageAsync(folder, pageSize, from, token), cancellation).ConfigureAwait(false);
            continuation = string.IsNullOrEmpty(page?.ContinuationToken) ? null : page.ContinuationToken;
            yield return ([.. (page?.Values ?? []).Select(FromMetadata)], continuation);
        }
        while (continuation is not null);
    }

    /// <summary>Removes an instance's histories and payloads, those of earlier runs that a crash has left too, then its state.</summary>
    public async Task DeleteAsync(string instanceId, CancellationToken cancellation)
    {
        await DeleteAllAsync(HistoryBlob.Folder(instanceId), cancellation).ConfigureAwait(false);
        await faults.OutlastAsync(token => Blob(instanceId).DeleteIfExistsAsync(cancellationToken: token), cancellation).ConfigureAwait(false);
    }

    /// <summary>Removes every blob whose name begins with a prefix.</summary>
    public async Task DeleteAllAsync(string prefix, CancellationToken cancellation)
    {
        List<string> names = await faults.OutlastAsync(token => NamesAsync(prefix, token), cancellation).ConfigureAwait(false);
        foreach (string name in names)
        {
            await faults.OutlastAsync(token => container.DeleteBlobIfExistsAsync(name, cancellationToken: token), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The names of the blobs that begin with a prefix, in order.</summary>
    public async Task<List<string>> NamesAsync(string prefix, CancellationToken cancellation)
    {
        List<string> names = [];
        await foreach (BlobItem blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellation).ConfigureAwait(false))
        {
            names.Add(blob.Name);
        }

        return names;
    }

    private BlobClient Blob(string instanceId)
    {
        return container.GetBlobClient(Folder + InstanceKey.Of(instanceId));
    }

    private async Task<(InstanceState, ETag)?> ReadOnceAsync(string instanceId, CancellationToken cancellation)
    {
        try
        {
            BlobDownloadResult read = (await Blob(instanceId).DownloadContentAsync(cancellation).ConfigureAwait(false)).Value;
            return (JsonSerializer.Deserialize<InstanceState>(read.Content, Json)!, read.Details.ETag);
        }
        catch (RequestFailedException absent) when (absent.Status == 404)
        {
            return null;
        }
    }

    private async Task<Page<BlobItem>?> PageAsync(string prefix, int? size, string? continuation, CancellationToken cancellation)
    {
        try
        {
            AsyncPageable<BlobItem> blobs = container.GetBlobsAsync(BlobTraits.Metadata, BlobStates.None, prefix, cancellation);
            await foreach (Page<BlobItem> page in blobs.AsPages(continuation, size).ConfigureAwait(false))
            {
                return page;
            }
        }
        catch (RequestFailedException absent) when (absent.Status == 404)
        {
            // The container appears with the first start.
        }

        return null;
    }

    private static Dictionary<string, string> ToMetadata(InstanceState state)
    {
        return new Dictionary<string, string>
        {
            ["name"] = Uri.EscapeDataString(state.Name),
            ["execution"] = state.Execution,
            ["status"] = state.Status.ToString(),
            ["created"] = state.CreatedAt.ToString("o", CultureInfo.InvariantCulture),
            ["updated"] = state.UpdatedAt.ToString("o", CultureInfo.InvariantCulture),
            ["parent"] = Uri.EscapeDataString(state.Parent?.InstanceId ?? ""),
        };
    }

    private static InstanceState FromMetadata(BlobItem blob)
    {
        string parent = Uri.UnescapeDataString(blob.Metadata["parent"]);
        return new InstanceState
        {
            InstanceId = InstanceKey.ToInstanceId(blob.Name[Folder.Length..]),
            Name = Uri.UnescapeDataString(blob.Metadata["name"]),
            Execution = blob.Metadata["execution"],
            Status = Enum.Parse<OrchestrationRuntimeStatus>(blob.Metadata["status"]),
            CreatedAt = DateTimeOffset.Parse(blob.Metadata["created"], CultureInfo.InvariantCulture),
            UpdatedAt = DateTimeOffset.Parse(blob.Metadata["updated"], CultureInfo.InvariantCulture),
            Parent = parent.Length == 0 ? null : new ParentCall("", parent, "", 0, 0),
        };
    }
}
