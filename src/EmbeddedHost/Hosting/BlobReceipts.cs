using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace CellStitch.EmbeddedHost.Hosting;

/// <summary>
/// Which versions of which blobs a function has handled: an empty blob for each in the container <c>azure-webjobs-hosts</c>, named by a hash of the
/// blob's name and ETag (names may be as long as storage allows), and a copy of those names in memory.
/// </summary>
internal sealed class BlobReceipts(BlobContainerClient hosts, string function)
{
    private readonly string _folder = $"blobreceipts/{function}/";
    private readonly HashSet<string> _known = [];
    private bool _loaded;

    /// <summary>The receipt's name for a version of a blob.</summary>
    public static string KeyOf(string container, string blob, ETag version)
    {
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{container}/{blob}\n{version}")));
    }

    /// <summary>Reads the receipts that earlier hosts wrote; once.</summary>
    public async Task Load(CancellationToken cancellation)
    {
        if (_loaded)
        {
            return;
        }

        await hosts.CreateIfNotExistsAsync(cancellationToken: cancellation);
        await foreach (BlobItem receipt in hosts.GetBlobsAsync(
            traits: BlobTraits.None, states: BlobStates.None, prefix: _folder, cancellationToken: cancellation))
        {
            _known.Add(receipt.Name[_folder.Length..]);
        }

        _loaded = true;
    }

    /// <summary>Whether there is a receipt.</summary>
    public bool Has(string key)
    {
        lock (_known)
        {
            return _known.Contains(key);
        }
    }

    /// <summary>Writes a receipt; it holds when this returns.</summary>
    public async Task Write(string key, string blob, CancellationToken cancellation)
    {
        await hosts.GetBlobClient(_folder + key).UploadAsync(BinaryData.FromString(blob), overwrite: true, cancellation);
        lock (_known)
        {
            _known.Add(key);
        }
    }

    /// <summary>Deletes the receipts of versions that are no more.</summary>
    /// <param name="before">The receipts there were when listing began.</param>
    /// <param name="listed">The keys of all versions that a complete listing showed.</param>
    /// <param name="cancellation">Ends it early.</param>
    public async Task Prune(IReadOnlySet<string> before, IReadOnlySet<string> listed, CancellationToken cancellation)
    {
        foreach (string key in before.Where(key => !listed.Contains(key)))
        {
            await hosts.GetBlobClient(_folder + key).DeleteIfExistsAsync(cancellationToken: cancellation);
            lock (_known)
            {
                _known.Remove(key);
            }
        }
    }

    /// <summary>The receipts there are now.</summary>
    public HashSet<string> Snapshot()
    {
        lock (_known)
        {
            return [.. _known];
        }
    }
}
