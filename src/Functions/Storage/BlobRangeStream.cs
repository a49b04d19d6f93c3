using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using CellStitch.Functions.Jobs;

namespace CellStitch.Functions.Storage;

/// <summary>
/// A blob as a seekable stream for reading, in one version: every range is read under its ETag. Ranges grow while reading goes on in order and
/// shrink after a jump, so directories cost little and pixels stream.
/// </summary>
internal sealed class BlobRangeStream : Stream
{
    // Azurite and Azure both reach their rate with ranges of a few MiB; a directory is a few hundred bytes.
    private const int FirstRange = 64 << 10;
    private const int LongestRange = 8 << 20;

    private readonly BlobClient _blob;
    private readonly string _name;
    private readonly BlobRequestConditions _version;
    private readonly CancellationToken _cancellation;
    private byte[] _range = [];
    private long _rangeStart;
    private int _nextLength = FirstRange;

    /// <param name="blob">The blob.</param>
    /// <param name="file">Its version when the run began.</param>
    /// <param name="cancellation">Ends every read.</param>
    public BlobRangeStream(BlobClient blob, FileVersion file, CancellationToken cancellation)
    {
        (_blob, _name, _cancellation) = (blob, file.Name, cancellation);
        _version = new BlobRequestConditions { IfMatch = new ETag(file.ETag) };
        Length = file.Bytes;
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

        if (Position < _rangeStart || Position >= _rangeStart + _range.Length)
        {
            Fetch();
        }

        int from = (int)(Position - _rangeStart);
        int count = Math.Min(buffer.Length, _range.Length - from);
        _range.AsSpan(from, count).CopyTo(buffer);
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

    private void Fetch()
    {
        bool goesOn = Position == _rangeStart + _range.Length;
        _nextLength = goesOn ? Math.Min(LongestRange, _nextLength * 2) : FirstRange;
        var range = new HttpRange(Position, Math.Min(_nextLength, Length - Position));
        try
        {
            BlobDownloadResult result = _blob.DownloadContent(new BlobDownloadOptions { Range = range, Conditions = _version }, _cancellation);
            (_range, _rangeStart) = (result.Content.ToArray(), Position);
        }
        catch (RequestFailedException fault) when (fault.Status is 404 or 412)
        {
            throw Changed(_name, fault);
        }
    }

    /// <summary>The end of a run whose input is no longer what it was.</summary>
    public static RunFaultException Changed(string file, RequestFailedException? fault = null) =>
        new(FaultCode.Superseded, file, "was replaced or deleted while the job ran; the job starts anew when its files are complete.", innerException: fault);
}
