namespace CellStitch.Core.IO;

/// <summary>Tags, types and values of TIFF 6.0 and its supplements that the reader and the writer use.</summary>
internal static class TiffTag
{
    public const ushort NewSubfileType = 254;
    public const ushort SubfileType = 255;
    public const ushort ImageWidth = 256;
    public const ushort ImageLength = 257;
    public const ushort BitsPerSample = 258;
    public const ushort Compression = 259;
    public const ushort Photometric = 262;
    public const ushort FillOrder = 266;
    public const ushort ImageDescription = 270;
    public const ushort StripOffsets = 273;
    public const ushort Orientation = 274;
    public const ushort SamplesPerPixel = 277;
    public const ushort RowsPerStrip = 278;
    public const ushort StripByteCounts = 279;
    public const ushort XResolution = 282;
    public const ushort YResolution = 283;
    public const ushort PlanarConfiguration = 284;
    public const ushort ResolutionUnit = 296;
    public const ushort Software = 305;
    public const ushort Predictor = 317;
    public const ushort TileWidth = 322;
    public const ushort TileLength = 323;
    public const ushort TileOffsets = 324;
    public const ushort TileByteCounts = 325;
    public const ushort SampleFormat = 339;
}

/// <summary>Types of directory entries.</summary>
internal static class TiffType
{
    public const ushort Byte = 1;
    public const ushort Ascii = 2;
    public const ushort Short = 3;
    public const ushort Long = 4;
    public const ushort Rational = 5;
    public const ushort Undefined = 7;
    public const ushort Long8 = 16;
    public const ushort Ifd8 = 18;

    /// <summary>Bytes of one value; 0 for a type that the reader does not know.</summary>
    public static int Size(ushort type) => type switch
    {
        1 or 2 or 6 or 7 => 1,
        3 or 8 => 2,
        4 or 9 or 11 or 13 => 4,
        5 or 10 or 12 or 16 or 17 or 18 => 8,
        _ => 0,
    };
}

/// <summary>Values of the Compression tag.</summary>
internal static class TiffCompression
{
    public const int None = 1;
    public const int Lzw = 5;
    public const int Deflate = 8;
    public const int PackBits = 32773;

    /// <summary>Deflate under the number it had before it was registered.</summary>
    public const int OldDeflate = 32946;

    public static bool IsDeflate(int compression) => compression is Deflate or OldDeflate;

    public static bool IsReadable(int compression) => compression is None or Lzw or Deflate or PackBits or OldDeflate;

    /// <summary>
    /// Most decoded bytes that one encoded byte can stand for: deflate codes 258 bytes in 2 bits, PackBits 128 bytes in 2 bytes;
    /// an LZW code of 9 … 12 bits stands for a string of at most 4096 bytes.
    /// </summary>
    public static int LargestExpansion(int compression) => compression switch
    {
        None => 1,
        PackBits => 64,
        Lzw => 4096,
        _ => 1032,
    };

    public static string Name(int compression) => compression switch
    {
        None => "none",
        2 or 3 or 4 => "CCITT fax",
        Lzw => "LZW",
        6 or 7 => "JPEG",
        Deflate or OldDeflate => "deflate",
        PackBits => "PackBits",
        34925 => "LZMA",
        33003 or 33005 or 34712 => "JPEG 2000",
        50000 => "Zstandard",
        50001 => "WebP",
        _ => $"unknown ({compression})",
    };
}
