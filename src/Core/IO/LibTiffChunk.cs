using BitMiracle.LibTiff.Classic;

namespace CellStitch.Core.IO;

/// <summary>
/// Decodes one strip or tile with LibTiff: LZW, PackBits, predictors, reversed bits.
/// LibTiff never sees the user's file but a file of one strip made for it, with a directory that is known to be sound. So its directory
/// code cannot be attacked, its limits (32,767 directories, no big-endian BigTIFF) do not matter, and threads share nothing.
/// </summary>
internal static class LibTiffChunk
{
    private const int HeaderBytes = 8;
    private const int EntryBytes = 12;

    /// <summary>The decoded bytes of a strip or tile, in the byte order of the file.</summary>
    /// <exception cref="Volumes.InvalidMaskException">The data are damaged.</exception>
    public static byte[] Decode(TiffBytes file, TiffPage page, int chunk, long offset, long length)
    {
        Silence.Once();
        byte[] decoded = new byte[page.ChunkBytes(chunk)];
        using MemoryStream one = OneStrip(file, page, chunk, offset, length);
        int read;
        Exception? thrown = null;
        try
        {
            using Tiff tiff = Tiff.ClientOpen(file.Name, "r", one, new TiffStream())
                ?? throw new InvalidOperationException("LibTiff refuses a directory made for it.");
            read = tiff.ReadEncodedStrip(0, decoded, 0, decoded.Length);
        }
        catch (Exception damage) when (damage is IndexOutOfRangeException or ArgumentException or NullReferenceException
            or OverflowException or InvalidCastException)
        {
            // What LibTiff's decoders run into when codes point outside their tables or buffers.
            (read, thrown) = (-1, damage);
        }

        if (read != decoded.Length)
        {
            throw file.Fail(page.Number, $"the {TiffCompression.Name(page.Compression)} data of {page.ChunkName(chunk)} are damaged.", inner: thrown);
        }

        if (file.BigEndian == BitConverter.IsLittleEndian)
        {
            // LibTiff answers in the machine's byte order; the caller expects the file's.
            LabelPixels.Swap(decoded, page.Bits);
        }

        return decoded;
    }

    private static MemoryStream OneStrip(TiffBytes file, TiffPage page, int chunk, long offset, long length)
    {
        (ushort Tag, int Value)[] entries =
        [
            (TiffTag.ImageWidth, page.ChunkWidth),
            (TiffTag.ImageLength, page.ChunkRows(chunk)),
            (TiffTag.BitsPerSample, page.Bits),
            (TiffTag.Compression, page.Compression),
            (TiffTag.Photometric, 1),
            (TiffTag.FillOrder, page.FillOrder),
            (TiffTag.StripOffsets, 0),
            (TiffTag.SamplesPerPixel, page.Interleaved),
            (TiffTag.RowsPerStrip, page.ChunkRows(chunk)),
            (TiffTag.StripByteCounts, (int)length),
            (TiffTag.PlanarConfiguration, 1),
            (TiffTag.Predictor, page.Predictor),
            (TiffTag.SampleFormat, (int)page.Format),
        ];
        int data = HeaderBytes + 2 + (entries.Length * EntryBytes) + 4;
        byte[] bytes = new byte[data + length];
        var writer = new TiffNumbers(bytes, file.BigEndian);
        writer.Bytes(file.BigEndian ? "MM"u8 : "II"u8);
        writer.Short(42);
        writer.Long(HeaderBytes);
        writer.Short((ushort)entries.Length);
        foreach ((ushort tag, int value) in entries)
        {
            // LibTiff passes over a tag of another type than it expects, and with it a predictor.
            bool isLong = tag is TiffTag.ImageWidth or TiffTag.ImageLength or TiffTag.StripOffsets or TiffTag.RowsPerStrip or TiffTag.StripByteCounts;
            writer.Short(tag);
            writer.Short(isLong ? TiffType.Long : TiffType.Short);
            writer.Long(1);
            if (isLong)
            {
                writer.Long((uint)(tag == TiffTag.StripOffsets ? data : value));
            }
            else
            {
                writer.Short((ushort)value);
                writer.Short(0);
            }
        }

        writer.Long(0);
        file.Read(offset, bytes.AsSpan(data), page.Number, page.ChunkName(chunk));
        return new MemoryStream(bytes, writable: false);
    }

    /// <summary>LibTiff writes its findings to the console unless told otherwise, for the whole process at once.</summary>
    private sealed class Silence : TiffErrorHandler
    {
        private static readonly TiffErrorHandler Previous = Tiff.SetErrorHandler(new Silence());

        public static void Once() => GC.KeepAlive(Previous);

        public override void ErrorHandler(Tiff tif, string method, string format, params object[] args)
        {
        }

        public override void ErrorHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args)
        {
        }

        public override void WarningHandler(Tiff tif, string method, string format, params object[] args)
        {
        }

        public override void WarningHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args)
        {
        }
    }
}
