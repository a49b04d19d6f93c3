using System.Globalization;
using System.Text;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using CellStitch.Core.IO;
using CellStitch.Functions.Jobs;

namespace CellStitch.Functions.Storage;

/// <summary>
/// A label volume while it is being made: pages are staged as blocks of the final blob by whoever encodes them, and become the file when the list of
/// blocks is committed. A block's id follows from run and first page, so staging a part again replaces it by the same.
/// </summary>
internal sealed class LabelBlocks : IDisposable
{
    // Large enough that a volume of 200 GB deflated keeps below the 50,000 blocks of a blob, small enough to be sent in one go.
    private const int BlockBytes = 4 << 20;

    private readonly BlockBlobClient _blob;
    private readonly string _run;
    private readonly CancellationToken _cancellation;
    private readonly MemoryStream _pages = new();
    private int _firstPage;

    /// <summary>A result.</summary>
    public LabelBlocks(BlobContainerClient results, JobPlan plan, string file, CancellationToken cancellation)
        : this(results.GetBlockBlobClient($"{plan.Job}/{file}"), plan, cancellation)
    {
    }

    /// <summary>Any blob.</summary>
    public LabelBlocks(BlockBlobClient blob, JobPlan plan, CancellationToken cancellation)
    {
        _blob = blob;
        _run = plan.Run[^8..];
        _cancellation = cancellation;
    }

    /// <summary>Ids of the blocks staged so far by this instance, in order.</summary>
    public List<string> Ids { get; } = [];

    /// <summary>Takes the next page.</summary>
    public void Add(int z, EncodedPage page)
    {
        if (_pages.Length == 0)
        {
            _firstPage = z;
        }

        _pages.Write(page.Bytes.Span);
        if (_pages.Length >= BlockBytes)
        {
            Flush();
        }
    }

    /// <summary>Stages what has not been staged yet.</summary>
    public void Flush()
    {
        if (_pages.Length > 0)
        {
            _pages.Position = 0;
            string id = IdOf(_firstPage.ToString("D9", CultureInfo.InvariantCulture));
            _blob.StageBlock(id, _pages, cancellationToken: _cancellation);
            Ids.Add(id);
            _pages.SetLength(0);
        }
    }

    /// <summary>Makes the file of header, pages and directories.</summary>
    /// <param name="pages">Ids of all blocks of pages, in order.</param>
    /// <param name="directories">Header and directories.</param>
    public async Task CommitAsync(IEnumerable<string> pages, TiffDirectories directories)
    {
        (string header, string trailer) = (IdOf("header---"), IdOf("trailer--"));
        await _blob.StageBlockAsync(header, new BinaryData(directories.Header).ToStream(), cancellationToken: _cancellation);
        await _blob.StageBlockAsync(trailer, new BinaryData(directories.Trailer).ToStream(), cancellationToken: _cancellation);
        var options = new CommitBlockListOptions { HttpHeaders = new BlobHttpHeaders { ContentType = "image/tiff" } };
        await _blob.CommitBlockListAsync([header, .. pages, trailer], options, _cancellation);
    }

    public void Dispose() => _pages.Dispose();

    // All ids of a blob must have one length.
    private string IdOf(string place) => Convert.ToBase64String(Encoding.ASCII.GetBytes($"{_run}-{place}"));
}
