using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using CellStitch.Functions.Jobs;

namespace CellStitch.Functions.Storage;

/// <summary>
/// A blob as a seekable stream for reading, in one version: every range is read under its ETag. Ranges grow where reading goes on in order and
/// begin small after a jump, so directories cost little and pixels stream. The last few ranges are kept, since threads read several places in turn.
/// </summary>
internal sealed class BlobRangeStream : Stream
{
    // Azurite and Azure both reach their rate with ranges of a few MiB; a directory is a few hundred bytes.
    private const int FirstRange = 64 << 10;
    private const int LongestRange = 4 << 20;
    private const int RangesKept = 4;

    private readonly BlobClient _blob;
    private readonly string _name;
    private readonly BlobRequestConditions _version;
    private readonly CancellationToken _cancellation;

    // The most recently used first.
    private readonly List<Kept> _kept = [];

    /// <param name="blob">The blob.</param>
    /// <param name="file">Its version when the run began.</param>
    /// <param name="cancellation">Ends every read.</param>
    public BlobRangeStream(BlobClient blob, FileVersion file, CancellationToken cancellation)
    {
        (_blob, _name, _cancellation) = (blob, file.Name, cancellation);
        _version = new BlobRequestConditions { IfMatch = new ETag(file.ETag) };
        Length = file.Bytes;
    }

    /// <summary>Opens a blob of our own in the version that is there now.</summary>
    public static async Task<BlobRangeStream> OpenAsync(BlobClient blob, string name, CancellationToken cancellation)
    {
        BlobProperties properties = await blob.GetPropertiesAsync(cancellationToken: cancellation);
        return new BlobRangeStream(blob, VersionOf(blob, name, properties), cancellation);
    }

    /// <summary>The same where nobody can wait.</summary>
    public static BlobRangeStream Open(BlobClient blob, string name, CancellationToken cancellation)
    {
        BlobProperties properties = blob.GetProperties(cancellationToken: cancellation);
        return new BlobRangeStream(blob, VersionOf(blob, name, properties), cancellation);
    }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length { get; }

    public override long Position { get; set; }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || Position >= Length)
        {
            return 0;
        }

        Kept range = Find() ?? Fetch();
        int from = (int)(Position - range.Start);
        int count = Math.Min(buffer.Length, range.Bytes.Length - from);
        range.Bytes.Span.Slice(from, count).CopyTo(buffer);
        Position += count;
        return count;
    }

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => Length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private static FileVersion VersionOf(BlobClient blob, string name, BlobProperties properties) =>
        new(name, blob.Name, properties.ETag.ToString(), properties.ContentLength, properties.LastModified);

    private Kept? Find()
    {
        int at = _kept.FindIndex(range => range.Start <= Position && Position < range.End);
        if (at < 0)
        {
            return null;
        }

        Kept found = _kept[at];
        _kept.RemoveAt(at);
        _kept.Insert(0, found);
        return found;
    }

    private Kept Fetch()
    {
        int before = _kept.FindIndex(range => range.End == Position);
        long length = Math.Min(Length - Position, before < 0 ? FirstRange : Math.Min(LongestRange, _kept[before].Bytes.Length * 2L));
        try
        {
            var options = new BlobDownloadOptions { Range = new HttpRange(Position, length), Conditions = _version };
            BinaryData content = _blob.DownloadContent(options, _cancellation).Value.Content;
            if (before >= 0)
            {
                // Reading on from a range leaves it behind.
                _kept.RemoveAt(before);
            }
            else if (_kept.Count == RangesKept)
            {
                _kept.RemoveAt(RangesKept - 1);
            }

            var range = new Kept(Position, content.ToMemory());
            _kept.Insert(0, range);
            return range;
        }
        catch (RequestFailedException fault) when (fault.Status is 404 or 412)
        {
            throw Changed(_name, fault);
        }
    }

    private readonly record struct Kept(long Start, ReadOnlyMemory<byte> Bytes)
    {
        public long End => Start + Bytes.Length;
    }

    /// <summary>The end of a run whose input is no longer what it was.</summary>
    public static RunFaultException Changed(string file, RequestFailedException? fault = null) =>
        new(FaultCode.Superseded, file, "was replaced or deleted while the job ran; the job starts anew when its files are complete.", innerException: fault);
}
