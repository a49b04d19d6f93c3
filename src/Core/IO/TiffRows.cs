using System.Buffers;
using System.IO.Compression;
using System.Runtime.InteropServices;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.IO;

/// <summary>
/// The rows of one page from top to bottom. Strips are decoded as a stream, one at a time, so a page in one strip is neither held nor
/// started again; tiles are decoded a row of tiles at a time; what only LibTiff decodes is held a strip at a time.
/// </summary>
internal sealed class TiffRows : IRowReader
{
    /// <summary>Decoded bytes between inflating and widening: they stay in the second-level cache.</summary>
    private const int StepBytes = 64 << 10;

    private readonly TiffBytes _file;
    private readonly TiffPage _page;
    private readonly long[] _offsets;
    private readonly long[] _lengths;
    private readonly int _firstChunk;
    private readonly bool _swaps;
    private byte[]? _step;
    private byte[]? _band;
    private int _bandIndex = -1;
    private int _strip = -1;
    private Stream? _rows;
    private int _row;

    public TiffRows(TiffBytes file, TiffPage page, int firstRow, int sample)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstRow);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstRow, page.Height);
        _file = file;
        _page = page;
        _row = firstRow;
        (_offsets, _lengths) = page.Chunks(file);
        _firstChunk = sample * page.ChunksAcross * page.ChunksDown;
        _swaps = file.BigEndian == BitConverter.IsLittleEndian && page.Bits > 8;
    }

    /// <inheritdoc/>
    public void Read(Span<uint> rows) => ReadLabels(rows);

    /// <summary>Reads the next rows as labels.</summary>
    public void ReadLabels(Span<uint> rows)
    {
        int width = _page.Width;
        if (rows.Length % width != 0 || rows.Length / width > _page.Height - _row)
        {
            throw new ArgumentException($"{rows.Length} pixels asked for; {_page.Height - _row} rows of {width} are left.", nameof(rows));
        }

        int stepRows = Math.Max(1, StepBytes / _page.RowBytes);
        while (!rows.IsEmpty)
        {
            int count = Math.Min(stepRows, rows.Length / width);
            ReadLabelStep(rows[..(count * width)], count);
            rows = rows[(count * width)..];
        }
    }

    private void ReadLabelStep(Span<uint> labels, int count)
    {
        // Samples of 32 bits are decoded where the labels go.
        Span<byte> samples = _page.Bits == 32
            ? MemoryMarshal.AsBytes(labels)
            : (_step ??= ArrayPool<byte>.Shared.Rent(Math.Max(StepBytes, _page.RowBytes))).AsSpan(0, count * _page.RowBytes);
        int firstRow = _row;
        ReadSamples(samples);
        int bad = LabelPixels.Widen(samples, labels, _page.Bits, _page.Format);
        if (bad >= 0)
        {
            string found = LabelPixels.Value(samples, bad, _page.Bits, _page.Format);
            throw _file.Fail(
                _page.Number,
                $"pixel (row {firstRow + (bad / _page.Width)}, column {bad % _page.Width}) is {found}; expected a label: {LabelPixels.Expected(_page.Bits, _page.Format)}.",
                MaskFault.NotLabels);
        }
    }

    /// <summary>Reads the next rows as they are stored, in the machine's byte order.</summary>
    /// <param name="samples">Receives whole rows.</param>
    public void ReadSamples(Span<byte> samples)
    {
        int rowBytes = _page.RowBytes;
        for (Span<byte> rest = samples; !rest.IsEmpty;)
        {
            int chunkDown = _row / _page.ChunkHeight;
            int inChunk = Math.Min(_page.ChunkHeight, _page.Height - (chunkDown * _page.ChunkHeight)) - (_row % _page.ChunkHeight);
            int count = Math.Min(inChunk, rest.Length / rowBytes);
            Span<byte> target = rest[..(count * rowBytes)];
            if (_page.Tiled)
            {
                DecodeBand(chunkDown);
                _band.AsSpan((_row % _page.ChunkHeight) * rowBytes, target.Length).CopyTo(target);
            }
            else
            {
                OpenStrip(chunkDown, _row % _page.ChunkHeight);
                ReadFully(_rows!, target, _firstChunk + chunkDown);
            }

            _row += count;
            if (!_page.Tiled && count == inChunk)
            {
                CloseStrip();
            }

            rest = rest[target.Length..];
        }

        if (_swaps)
        {
            LabelPixels.Swap(samples, _page.Bits);
        }
    }

    public void Dispose()
    {
        _rows?.Dispose();
        _rows = null;
        Return(ref _step);
        Return(ref _band);

        static void Return(ref byte[]? buffer)
        {
            if (buffer is not null)
            {
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = null;
            }
        }
    }

    private void OpenStrip(int strip, int firstRow)
    {
        if (strip != _strip || _rows is null)
        {
            _rows?.Dispose();
            _strip = strip;
            _rows = OpenChunk(_firstChunk + strip, (long)firstRow * _page.RowBytes);
        }
    }

    /// <summary>After the last row of a deflated strip the stream must end or go on with padding; reading on checks its checksum.</summary>
    private void CloseStrip()
    {
        if (_rows is ZLibStream)
        {
            Span<byte> beyond = stackalloc byte[1];
            ReadSome(_rows, beyond, _firstChunk + _strip);
        }

        _rows!.Dispose();
        _rows = null;
    }

    private void DecodeBand(int down)
    {
        if (down == _bandIndex)
        {
            return;
        }

        int rowBytes = _page.RowBytes;
        int rows = Math.Min(_page.ChunkHeight, _page.Height - (down * _page.ChunkHeight));
        int tileBytes = _page.ChunkWidth * _page.PixelBytes;
        _band ??= ArrayPool<byte>.Shared.Rent(Math.Min(_page.ChunkHeight, _page.Height) * rowBytes);
        byte[] tile = ArrayPool<byte>.Shared.Rent(rows * tileBytes);
        try
        {
            for (int across = 0; across < _page.ChunksAcross; across++)
            {
                int chunk = _firstChunk + (down * _page.ChunksAcross) + across;
                int left = across * tileBytes;
                int kept = Math.Min(tileBytes, rowBytes - left);
                using Stream stream = OpenChunk(chunk, 0);
                ReadFully(stream, tile.AsSpan(0, rows * tileBytes), chunk);
                for (int y = 0; y < rows; y++)
                {
                    tile.AsSpan(y * tileBytes, kept).CopyTo(_band.AsSpan((y * rowBytes) + left));
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(tile);
        }

        _bandIndex = down;
    }

    /// <summary>The decoded bytes of a strip or tile in the file's byte order, the first <paramref name="skipped"/> left out.</summary>
    private Stream OpenChunk(int chunk, long skipped)
    {
        long offset = _offsets[chunk];
        long length = _lengths[chunk];
        if (!_page.IsStreamed)
        {
            return new MemoryStream(LibTiffChunk.Decode(_file, _page, chunk, offset, length), writable: false) { Position = skipped };
        }

        if (_page.Compression == TiffCompression.None)
        {
            return new TiffRange(_file, offset + skipped, length - skipped);
        }

        CheckDeflateHeader(chunk, offset, length);
        var inflated = new ZLibStream(new TiffRange(_file, offset, length), CompressionMode.Decompress);
        byte[] discarded = ArrayPool<byte>.Shared.Rent((int)Math.Min(StepBytes, Math.Max(skipped, 1)));
        for (long left = skipped; left > 0;)
        {
            int step = (int)Math.Min(discarded.Length, left);
            ReadFully(inflated, discarded.AsSpan(0, step), chunk);
            left -= step;
        }

        ArrayPool<byte>.Shared.Return(discarded);
        return inflated;
    }

    /// <summary>
    /// Refuses what is no zlib stream, and one that asks for a preset dictionary (RFC 1950): TIFF has none, and the BCL would answer with an
    /// IOException, which could not be told from a failing disk.
    /// </summary>
    private void CheckDeflateHeader(int chunk, long offset, long length)
    {
        const int PresetDictionary = 0x20;
        Span<byte> header = stackalloc byte[2];
        _file.Read(offset, header[..(int)Math.Min(2, length)], _page.Number, _page.ChunkName(chunk));
        if ((header[1] & PresetDictionary) != 0 || ((header[0] << 8) | header[1]) % 31 != 0)
        {
            throw _file.Fail(_page.Number, $"the deflate data of {_page.ChunkName(chunk)} are damaged.");
        }
    }

    private void ReadFully(Stream stream, Span<byte> target, int chunk)
    {
        if (ReadSome(stream, target, chunk) < target.Length)
        {
            throw _file.Fail(_page.Number, $"the data of {_page.ChunkName(chunk)} end before its {_page.ChunkBytes(chunk)} decoded bytes.");
        }
    }

    private int ReadSome(Stream stream, Span<byte> target, int chunk)
    {
        try
        {
            return stream.ReadAtLeast(target, target.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException damaged)
        {
            throw _file.Fail(_page.Number, $"the deflate data of {_page.ChunkName(chunk)} are damaged.", inner: damaged);
        }
    }
}
