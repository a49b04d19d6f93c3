using CellStitch.Core.Volumes;

namespace CellStitch.Core.IO;

/// <summary>How the numbers of a TIFF are coded.</summary>
public enum TiffSampleFormat
{
    /// <summary>Unsigned integers.</summary>
    UnsignedInteger = 1,

    /// <summary>Signed integers (two's complement).</summary>
    SignedInteger = 2,

    /// <summary>IEEE floating point.</summary>
    FloatingPoint = 3,

    /// <summary>Anything else (undefined, complex).</summary>
    Other = 4,
}

/// <summary>
/// Where the pixels of one page lie and how they are encoded: what its directory says, checked against the limits and the length of the file.
/// The offsets of the strips or tiles stay in the file until the page is read.
/// </summary>
internal sealed record TiffPage
{
    public required int Number { get; init; }

    public required int Width { get; init; }

    public required int Height { get; init; }

    public required int Bits { get; init; }

    public required TiffSampleFormat Format { get; init; }

    public required int Samples { get; init; }

    /// <summary>Samples of a pixel lie in planes of their own (PlanarConfiguration 2).</summary>
    public required bool Planar { get; init; }

    public required int Photometric { get; init; }

    public required int Compression { get; init; }

    public required int Predictor { get; init; }

    /// <summary>2 when the bits within a byte run the other way.</summary>
    public required int FillOrder { get; init; }

    public required bool Tiled { get; init; }

    /// <summary>Columns of a tile; the width of the page for strips.</summary>
    public required int ChunkWidth { get; init; }

    /// <summary>Rows of a tile or strip; at most the height for strips.</summary>
    public required int ChunkHeight { get; init; }

    public required TiffEntry Offsets { get; init; }

    /// <summary>Lengths of the strips or tiles; null when the file does not state them.</summary>
    public required TiffEntry? Lengths { get; init; }

    /// <summary>First byte of a page that lies uncompressed in one piece and has no directory of its own; null for all others.</summary>
    public long? ContiguousAt { get; init; }

    /// <summary>Places and lengths of the strips or tiles, where an index holds them; else they are read from the file.</summary>
    public (long[] Offsets, long[] Lengths)? IndexedChunks { get; init; }

    /// <summary>Rows that are decoded together.</summary>
    public int RowStep => !Tiled && Compression == TiffCompression.None && IsStreamed ? 1 : Math.Min(ChunkHeight, Height);

    /// <summary>Samples of a pixel that lie side by side.</summary>
    public int Interleaved => Planar ? 1 : Samples;

    public int PixelBytes => Bits / 8 * Interleaved;

    public int RowBytes => Width * PixelBytes;

    public int ChunksAcross => ((Width - 1) / ChunkWidth) + 1;

    public int ChunksDown => ((Height - 1) / ChunkHeight) + 1;

    public int ChunkCount => ChunksAcross * ChunksDown * (Planar ? Samples : 1);

    /// <summary>Decoded bytes of the page, all planes.</summary>
    public long DecodedBytes => (long)Height * Width * Samples * Math.Max(Bits, 8) / 8;

    /// <summary>Whether the BCL alone decodes the page: as it is, or deflate, without predictor.</summary>
    public bool IsStreamed =>
        (Compression == TiffCompression.None || TiffCompression.IsDeflate(Compression)) && Predictor == 1 && FillOrder == 1;

    /// <summary>Reads a page's layout from its directory.</summary>
    /// <exception cref="InvalidMaskException">A required tag is missing or has a value no page can have, or a limit is passed.</exception>
    public static TiffPage From(TiffDirectory directory, TiffBytes file, TiffLimits limits)
    {
        int page = directory.Page;
        long width = directory.Integer(TiffTag.ImageWidth, 0);
        long height = directory.Integer(TiffTag.ImageLength, 0);
        if (width < 1 || height < 1)
        {
            throw file.Fail(page, $"{height} rows of {width} pixels; expected at least one of each.");
        }

        // Each side alone is compared first: 2³² − 1 squared would still fit 64 bits, 2⁶³ − 1 would not.
        if (width > limits.PagePixels || height > limits.PagePixels || width * height > limits.PagePixels)
        {
            throw file.Fail(page, $"{height} × {width} pixels; at most {limits.PagePixels} pixels are read per page.", MaskFault.TooLarge);
        }

        int samples = (int)Within(1, ushort.MaxValue, directory.Integer(TiffTag.SamplesPerPixel, 1), "samples per pixel");
        int bits = (int)Within(1, 128, directory.SharedInteger(TiffTag.BitsPerSample, 1, samples, "bits"), "bits per sample");
        long format = directory.SharedInteger(TiffTag.SampleFormat, 1, samples, "sample format");
        bool tiled = directory.Has(TiffTag.TileOffsets);
        ushort offsets = tiled ? TiffTag.TileOffsets : TiffTag.StripOffsets;
        long chunkWidth = tiled ? directory.Integer(TiffTag.TileWidth, 0) : width;
        long chunkHeight = tiled ? directory.Integer(TiffTag.TileLength, 0) : directory.Integer(TiffTag.RowsPerStrip, height);
        if (chunkWidth < 1 || chunkHeight < 1)
        {
            throw file.Fail(page, $"{(tiled ? "tiles" : "strips")} of {chunkHeight} × {chunkWidth} pixels; expected at least one.");
        }

        var layout = new TiffPage
        {
            Number = page,
            Width = (int)width,
            Height = (int)height,
            Bits = bits,
            Format = format is >= 1 and <= 3 ? (TiffSampleFormat)format : TiffSampleFormat.Other,
            Samples = samples,
            Planar = directory.Integer(TiffTag.PlanarConfiguration, 1) == 2 && samples > 1,
            Photometric = (int)Within(0, ushort.MaxValue, directory.Integer(TiffTag.Photometric, 1), "photometric interpretation"),
            Compression = (int)Within(0, ushort.MaxValue, directory.Integer(TiffTag.Compression, 1), "compression"),
            Predictor = (int)Within(0, ushort.MaxValue, directory.Integer(TiffTag.Predictor, 1), "predictor"),
            FillOrder = (int)Within(0, ushort.MaxValue, directory.Integer(TiffTag.FillOrder, 1), "fill order"),
            Tiled = tiled,
            ChunkWidth = (int)Within(1, int.MaxValue, chunkWidth, "columns of a tile"),
            ChunkHeight = tiled ? (int)Within(1, int.MaxValue, chunkHeight, "rows of a tile") : (int)Math.Min(chunkHeight, height),
            Offsets = directory.Entry(offsets) ?? throw file.Fail(page, "no strips and no tiles."),
            Lengths = directory.Entry(tiled ? TiffTag.TileByteCounts : TiffTag.StripByteCounts),
        };
        layout.CheckSizes(file, limits);
        return layout;

        long Within(long least, long most, long value, string what) => value >= least && value <= most
            ? value
            : throw file.Fail(page, $"{value} {what}; expected {least} to {most}.");
    }

    /// <summary>Why no pixel of this page can be decoded; null when it can.</summary>
    public string? DecodingFault()
    {
        if (!TiffCompression.IsReadable(Compression))
        {
            return $"compression {TiffCompression.Name(Compression)}; expected none, deflate, LZW or PackBits.";
        }

        if (Bits is not (8 or 16 or 32 or 64))
        {
            return $"{Bits} bits per sample; expected 8, 16, 32 or 64.";
        }

        if (Format == TiffSampleFormat.Other || (Format == TiffSampleFormat.FloatingPoint && Bits < 32))
        {
            return $"samples that are neither integers nor 32- or 64-bit floating point ({Bits} bits); expected one of these.";
        }

        // LibTiff ignores a predictor without LZW or deflate, other readers do not: nobody can tell which pixels are meant.
        bool differences = Predictor == 1
            || (Compression is not (TiffCompression.None or TiffCompression.PackBits)
                && ((Predictor == 2 && Bits < 64) || (Predictor == 3 && Format == TiffSampleFormat.FloatingPoint)));
        return differences && FillOrder is (1 or 2)
            ? null
            : $"predictor {Predictor} and fill order {FillOrder} for {Bits} bits with compression {TiffCompression.Name(Compression)}; expected a predictor of 1 to 3 that fits them.";
    }

    /// <summary>Places and lengths of the page's strips or tiles, each checked to lie within the file and to be able to hold its pixels.</summary>
    public (long[] Offsets, long[] Lengths) Chunks(TiffBytes file)
    {
        if (ContiguousAt is long at)
        {
            return ([at], [DecodedBytes]);
        }

        if (IndexedChunks is { } indexed)
        {
            return indexed;
        }

        int count = ChunkCount;
        long[] offsets = TiffDirectory.Integers(file, Number, Offsets, count, Tiled ? TiffTag.TileOffsets : TiffTag.StripOffsets);
        long[] lengths = Lengths is TiffEntry entry
            ? TiffDirectory.Integers(file, Number, entry, count, Tiled ? TiffTag.TileByteCounts : TiffTag.StripByteCounts)
            : Compression == TiffCompression.None
                ? [.. Enumerable.Range(0, count).Select(ChunkBytes)]
                : throw file.Fail(Number, "the lengths of the compressed strips are missing.");
        for (int i = 0; i < count; i++)
        {
            CheckChunk(file, i, offsets[i], lengths[i]);
        }

        return (offsets, lengths);
    }

    /// <summary>Rows of strip or tile <paramref name="chunk"/>; the last strip of a page may have fewer, a tile never has.</summary>
    public int ChunkRows(int chunk)
    {
        int down = chunk / ChunksAcross % ChunksDown;
        return Tiled ? ChunkHeight : Math.Min(ChunkHeight, Height - (down * ChunkHeight));
    }

    /// <summary>Decoded bytes of strip or tile <paramref name="chunk"/>.</summary>
    public long ChunkBytes(int chunk) => (long)ChunkRows(chunk) * ChunkWidth * PixelBytes;

    /// <summary>For messages.</summary>
    public string ChunkName(int chunk) => $"{(Tiled ? "tile" : "strip")} {chunk}";

    private void CheckChunk(TiffBytes file, int chunk, long offset, long length)
    {
        if (length == 0)
        {
            throw file.Fail(Number, $"{ChunkName(chunk)} is empty.");
        }

        if (offset > file.Length || length > file.Length - offset)
        {
            throw file.Fail(
                Number,
                $"{ChunkName(chunk)} ({length} bytes at {offset}) lies beyond the end of the file ({file.Length} bytes); the file is damaged or cut off.");
        }

        // A strip without compression may be longer than its pixels (padding) but never shorter.
        long needed = ChunkBytes(chunk);
        if (needed / TiffCompression.LargestExpansion(Compression) > length)
        {
            throw file.Fail(Number, $"{ChunkName(chunk)} has {length} bytes, too few for its {needed} decoded bytes; the file is damaged.");
        }
    }

    private void CheckSizes(TiffBytes file, TiffLimits limits)
    {
        long chunkRowBytes = (long)Width * Samples * Math.Max(Bits, 8) / 8;
        long chunks = (long)ChunksAcross * ChunksDown * (Planar ? Samples : 1);
        if (chunkRowBytes > limits.BufferedBytes || chunks > limits.PageChunks)
        {
            throw file.Fail(
                Number,
                $"rows of {chunkRowBytes} bytes in {chunks} strips or tiles; at most {limits.BufferedBytes} bytes and {limits.PageChunks} are read.",
                MaskFault.TooLarge);
        }

        // Tiles are padded to their full size and decoded a row of tiles at a time; other codecs than deflate need the whole strip.
        double held = Tiled
            ? (double)ChunksAcross * ChunkWidth * ChunkHeight * PixelBytes
            : IsStreamed ? 0 : (double)ChunkHeight * RowBytes;
        if (held > limits.BufferedBytes)
        {
            throw file.Fail(
                Number,
                $"{(Tiled ? "a row of tiles" : "a strip")} of {held} decoded bytes; at most {limits.BufferedBytes} are held in memory.",
                MaskFault.TooLarge);
        }
    }
}
