using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace CellStitch.EmbeddedHost.Engine;

/// <summary>
/// The history of one run of an instance: an append blob <c>history/{key}/{execution}/s{segment}-{epoch}</c>, and beside it the payloads too long for a record.
/// Every append names the position it expects, so of two owners only the newer one, which has appended its Owned record, can go on.
/// A segment without an Owned record is not finished and does not count.
/// </summary>
internal sealed class HistoryBlob
{
    /// <summary>Payloads of up to this many characters stand in the records.</summary>
    public const int LongestInline = 48 * 1024;

    /// <summary>A service limit of one append (4 MiB in the oldest API versions).</summary>
    private const int LongestAppend = 4 << 20;

    private readonly InstanceStore _store;
    private readonly InstanceState _instance;
    private readonly long _epoch;
    private readonly int _mostAppends;
    private int _segment;
    private int _appends;
    private long _position;
    private AppendBlobClient? _blob;

    public HistoryBlob(InstanceStore store, InstanceState instance, long epoch, int mostAppends)
    {
        (_store, _instance, _epoch, _mostAppends) = (store, instance, epoch, mostAppends);
    }

    /// <summary>Where the blobs of all runs of an instance lie.</summary>
    public static string Folder(string instanceId)
    {
        return $"history/{InstanceKey.Of(instanceId)}/";
    }

    /// <summary>Where the blobs of a run lie.</summary>
    public static string Folder(string instanceId, string execution)
    {
        return $"{Folder(instanceId)}{execution}/";
    }

    /// <summary>Takes the history over: reads it and appends this owner's Owned record. Empty when there is none yet.</summary>
    /// <exception cref="OwnershipLostException">A newer owner has it already.</exception>
    public async Task<List<HistoryEvent>> TakeOverAsync(CancellationToken cancellation)
    {
        while (true)
        {
            List<HistoryEvent>? records = await FindAsync(cancellation).ConfigureAwait(false);
            if (records is null)
            {
                return [];
            }

            if (records.Max(record => record.Epoch) > _epoch)
            {
                throw new OwnershipLostException(_blob!.Name);
            }

            byte[] fence = Encode([new HistoryEvent(HistoryEventKind.Owned)]);
            if (await TryAppendAsync(fence, cancellation).ConfigureAwait(false))
            {
                return records;
            }
        }
    }

    /// <summary>The records again, for a replay by the owner.</summary>
    public async Task<List<HistoryEvent>> ReadAsync(CancellationToken cancellation)
    {
        return _blob is null ? [] : await ReadSegmentAsync(_blob, cancellation).ConfigureAwait(false);
    }

    /// <summary>Appends records; they are durable when this returns.</summary>
    /// <exception cref="OwnershipLostException">A newer owner has taken over.</exception>
    public async Task AppendAsync(IReadOnlyList<HistoryEvent> records, CancellationToken cancellation)
    {
        if (_blob is null)
        {
            await CreateAsync(cancellation).ConfigureAwait(false);
        }
        else if (_appends >= _mostAppends)
        {
            await MoveOnAsync(await ReadAsync(cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);
        }

        await WriteAsync(records, cancellation).ConfigureAwait(false);
    }

    /// <summary>Begins the next segment with the given records and forgets the present one.</summary>
    /// <exception cref="OwnershipLostException">A newer owner has taken over.</exception>
    public async Task MoveOnAsync(IReadOnlyList<HistoryEvent> records, CancellationToken cancellation)
    {
        // A newer owner has appended to the present segment: this is where we would notice.
        await WriteAsync([new HistoryEvent(HistoryEventKind.ContinuedAsNew)], cancellation).ConfigureAwait(false);
        string old = _blob!.Name;
        _segment++;
        await CreateAsync(cancellation).ConfigureAwait(false);
        HistoryEvent[] finished = [.. records.Where(record => record.Kind is not (HistoryEventKind.Owned or HistoryEventKind.ContinuedAsNew))];
        await WriteAsync([.. finished, new HistoryEvent(HistoryEventKind.Owned)], cancellation).ConfigureAwait(false);
        await _store.DeleteAllAsync(old, cancellation).ConfigureAwait(false);
    }

    private string FolderName => Folder(_instance.InstanceId, _instance.Execution);

    private async Task<List<HistoryEvent>?> FindAsync(CancellationToken cancellation)
    {
        List<string> names = await _store.Faults.OutlastAsync(token => _store.NamesAsync(FolderName + "s", token), cancellation).ConfigureAwait(false);
        foreach (string name in Enumerable.Reverse(names))
        {
            AppendBlobClient blob = _store.Container.GetAppendBlobClient(name);
            List<HistoryEvent> records = await ReadSegmentAsync(blob, cancellation).ConfigureAwait(false);
            if (records.Exists(record => record.Kind == HistoryEventKind.Owned))
            {
                (_blob, _segment) = (blob, int.Parse(name.AsSpan(FolderName.Length + 1, 8), CultureInfo.InvariantCulture));
                return records;
            }

            // Left by a crash while it was written.
            await _store.DeleteAllAsync(name, cancellation).ConfigureAwait(false);
        }

        return null;
    }

    private async Task<List<HistoryEvent>> ReadSegmentAsync(AppendBlobClient blob, CancellationToken cancellation)
    {
        BlobDownloadResult read = await _store.Faults.OutlastAsync(
            async token => (await blob.DownloadContentAsync(token).ConfigureAwait(false)).Value, cancellation).ConfigureAwait(false);
        (_position, _appends) = (read.Content.ToMemory().Length, read.Details.BlobCommittedBlockCount);
        List<HistoryEvent> records = HistoryFormat.Read(read.Content, blob.Name);
        for (int n = 0; n < records.Count; n++)
        {
            if (records[n].DataBlob is { } hash)
            {
                string payload = await _store.Faults.OutlastAsync(token => PayloadAsync(hash, token), cancellation).ConfigureAwait(false);
                records[n] = records[n] with { Data = payload };
            }
        }

        return records;
    }

    private async Task CreateAsync(CancellationToken cancellation)
    {
        // The epoch in the name: two owners never create the same blob, so one that exists already is of our own try whose answer was lost.
        string name = string.Create(CultureInfo.InvariantCulture, $"{FolderName}s{_segment:D8}-{_epoch:D20}");
        AppendBlobClient blob = _store.Container.GetAppendBlobClient(name);
        var options = new AppendBlobCreateOptions { Conditions = new AppendBlobRequestConditions { IfNoneMatch = ETag.All } };
        await _store.Faults.OutlastAsync(
            async token =>
            {
                try
                {
                    await blob.CreateAsync(options, token).ConfigureAwait(false);
                }
                catch (RequestFailedException exists) when (exists.Status == 409)
                {
                }
            },
            cancellation).ConfigureAwait(false);
        (_blob, _position, _appends) = (blob, 0, 0);
    }

    private async Task WriteAsync(IReadOnlyList<HistoryEvent> records, CancellationToken cancellation)
    {
        List<HistoryEvent> stored = new(records.Count);
        foreach (HistoryEvent record in records)
        {
            stored.Add(record.Data is { Length: > LongestInline } data
                ? record with { Data = null, DataBlob = await StorePayloadAsync(data, cancellation).ConfigureAwait(false) }
                : record with { DataBlob = null });
        }

        // Any prefix of the records is a valid history, so a long list may go in several appends.
        int from = 0;
        while (from < stored.Count)
        {
            List<byte> bytes = [];
            while (from < stored.Count && bytes.Count < LongestAppend / 2)
            {
                HistoryFormat.Write(stored[from++] with { Epoch = _epoch }, bytes);
            }

            if (!await TryAppendAsync([.. bytes], cancellation).ConfigureAwait(false))
            {
                throw new OwnershipLostException(_blob!.Name);
            }
        }
    }

    private byte[] Encode(IReadOnlyList<HistoryEvent> records)
    {
        List<byte> bytes = [];
        foreach (HistoryEvent record in records)
        {
            HistoryFormat.Write(record with { Epoch = _epoch }, bytes);
        }

        return [.. bytes];
    }

    /// <summary>Appends bytes; false when the blob no longer ends where this owner's last append ended.</summary>
    private async Task<bool> TryAppendAsync(byte[] bytes, CancellationToken cancellation)
    {
        var options = new AppendBlobAppendBlockOptions { Conditions = new AppendBlobRequestConditions { IfAppendPositionEqual = _position } };
        bool written = await _store.Faults.OutlastAsync(
            async token =>
            {
                try
                {
                    using MemoryStream content = new(bytes, writable: false);
                    await _blob!.AppendBlockAsync(content, options, token).ConfigureAwait(false);
                    return true;
                }
                catch (RequestFailedException refused) when (refused.Status is 412)
                {
                    // The refusal may be of our own second try, after the answer to the first was lost.
                    return await EndsWithAsync(bytes, token).ConfigureAwait(false);
                }
                catch (RequestFailedException absent) when (absent.Status is 404)
                {
                    return false;
                }
            },
            cancellation).ConfigureAwait(false);
        if (written)
        {
            _position += bytes.Length;
            _appends++;
        }

        return written;
    }

    private async Task<bool> EndsWithAsync(byte[] bytes, CancellationToken cancellation)
    {
        BinaryData history = (await _blob!.DownloadContentAsync(cancellation).ConfigureAwait(false)).Value.Content;
        ReadOnlySpan<byte> all = history;
        return all.Length == _position + bytes.Length && all[(int)_position..].SequenceEqual(bytes);
    }

    private async Task<string> StorePayloadAsync(string data, CancellationToken cancellation)
    {
        // Named by content: written twice it is the same blob.
        string hash = Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(data)));
        await _store.Faults.OutlastAsync(
            token => Payload(hash).UploadAsync(BinaryData.FromString(data), overwrite: true, token), cancellation).ConfigureAwait(false);
        return hash;
    }

    private async Task<string> PayloadAsync(string hash, CancellationToken cancellation)
    {
        return (await Payload(hash).DownloadContentAsync(cancellation).ConfigureAwait(false)).Value.Content.ToString();
    }

    private BlobClient Payload(string hash)
    {
        return _store.Container.GetBlobClient($"{FolderName}payload/{hash}");
    }
}
