using System.Buffers;
using System.Buffers.Binary;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.IO;

/// <summary>
/// The bytes of a file, read at any offset from any thread, and the byte order its numbers are in.
/// Only the seek and the read are under the lock; decoding runs outside it.
/// </summary>
internal sealed class TiffBytes(Stream stream, string name, bool ownsStream) : IDisposable
{
    private readonly Lock _gate = new();

    public string Name { get; } = name;

    public long Length { get; } = stream.Length;

    public bool BigEndian { get; set; }

    public bool BigTiff { get; set; }

    /// <summary>Fills <paramref name="destination"/> from <paramref name="offset"/> on; a file that ends before is refused, naming <paramref name="what"/>.</summary>
    public void Read(long offset, Span<byte> destination, int? page, string what)
    {
        if (offset < 0 || offset > Length - destination.Length || ReadSome(offset, destination) < destination.Length)
        {
            throw Fail(page, $"{what} at byte {offset} lies beyond the end of the file ({Length} bytes); the file is damaged or cut off.");
        }
    }

    /// <summary>Reads as many bytes as the file still has, at most as many as fit.</summary>
    public int ReadSome(long offset, Span<byte> destination)
    {
        lock (_gate)
        {
            stream.Position = offset;
            return stream.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false);
        }
    }

    public ushort U16(ReadOnlySpan<byte> bytes) =>
        BigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    public uint U32(ReadOnlySpan<byte> bytes) =>
        BigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    /// <summary>An offset or count of 64 bits; what passes 2⁶³ − 1 becomes 2⁶³ − 1, which lies beyond the end of any file.</summary>
    public long U64(ReadOnlySpan<byte> bytes)
    {
        ulong value = BigEndian ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return value > long.MaxValue ? long.MaxValue : (long)value;
    }

    public InvalidMaskException Fail(int? page, string detail, MaskFault fault = MaskFault.UnreadableTiff, Exception? inner = null) =>
        new(fault, Name, page, detail, inner);

    public void Dispose()
    {
        if (ownsStream)
        {
            stream.Dispose();
        }
    }
}

/// <summary>A range of the file as a forward-only stream, read ahead in steps large enough to make the lock and the seek cheap.</summary>
internal sealed class TiffRange(TiffBytes file, long offset, long length) : Stream
{
    private const int ReadAheadBytes = 64 << 10;

    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(ReadAheadBytes, Math.Max(length, 1)));
    private readonly long _end = offset + length;
    private long _next = offset;
    private int _position;
    private int _filled;
    private bool _disposed;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        if (_position == _filled)
        {
            if (buffer.Length >= _buffer.Length)
            {
                int direct = file.ReadSome(_next, buffer[..(int)Math.Min(buffer.Length, _end - _next)]);
                _next += direct;
                return direct;
            }

            _filled = file.ReadSome(_next, _buffer.AsSpan(0, (int)Math.Min(_buffer.Length, _end - _next)));
            _next += _filled;
            _position = 0;
        }

        int count = Math.Min(buffer.Length, _filled - _position);
        _buffer.AsSpan(_position, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        base.Dispose(disposing);
    }
}
