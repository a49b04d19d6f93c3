using System.Text;
using CellStitch.Core.IO;

namespace CellStitch.Core.Tests.IO;

/// <summary>Writes uncompressed TIFFs tag by tag, also such as no library writes. One directory per page, each before its pixels.</summary>
internal sealed class HandmadeTiff
{
    private readonly SortedDictionary<ushort, (ushort Type, byte[] Values, int Count)> _tags = [];

    public bool BigEndian { get; init; }

    public bool BigTiff { get; init; }

    /// <summary>Where the first directory lies; what comes before stays out of <see cref="Write"/>.</summary>
    public long Start { get; init; }

    public static HandmadeTiff Gray(int height, int width, int bits, bool bigEndian = false, bool bigTiff = false, long start = 0)
    {
        var tiff = new HandmadeTiff { BigEndian = bigEndian, BigTiff = bigTiff, Start = start };
        return tiff.Long(TiffTag.ImageWidth, width).Long(TiffTag.ImageLength, height).Short(TiffTag.BitsPerSample, bits)
            .Short(TiffTag.Compression, 1).Short(TiffTag.Photometric, 1);
    }

    public HandmadeTiff Short(ushort tag, params int[] values)
    {
        byte[] bytes = new byte[values.Length * 2];
        var writer = new TiffNumbers(bytes, BigEndian);
        foreach (int value in values)
        {
            writer.Short((ushort)value);
        }

        _tags[tag] = (TiffType.Short, bytes, values.Length);
        return this;
    }

    public HandmadeTiff Long(ushort tag, params long[] values)
    {
        byte[] bytes = new byte[values.Length * 4];
        var writer = new TiffNumbers(bytes, BigEndian);
        foreach (long value in values)
        {
            writer.Long((uint)value);
        }

        _tags[tag] = (TiffType.Long, bytes, values.Length);
        return this;
    }

    public HandmadeTiff Rational(ushort tag, uint numerator, uint denominator)
    {
        byte[] bytes = new byte[8];
        var writer = new TiffNumbers(bytes, BigEndian);
        writer.Long(numerator);
        writer.Long(denominator);
        _tags[tag] = (TiffType.Rational, bytes, 1);
        return this;
    }

    public HandmadeTiff Description(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text + "\0");
        _tags[TiffTag.ImageDescription] = (TiffType.Ascii, bytes, bytes.Length);
        return this;
    }

    /// <summary>The file from byte <see cref="Start"/> on (with the header, where that is 0).</summary>
    /// <param name="pages">Pixels of each page; the description goes into the first directory only.</param>
    public byte[] Write(params byte[][] pages)
    {
        using var file = new MemoryStream();
        long at = Start;
        if (at == 0)
        {
            file.Write(Header(BigTiff ? 16 : 8));
            at = file.Length;
        }

        for (int z = 0; z < pages.Length; z++)
        {
            byte[] directory = Directory(at, pages[z].Length, last: z == pages.Length - 1);
            file.Write(directory);
            file.Write(pages[z]);
            at += directory.Length + pages[z].Length;
            _tags.Remove(TiffTag.ImageDescription);
        }

        return file.ToArray();
    }

    public byte[] Header(long firstDirectory)
    {
        byte[] header = new byte[BigTiff ? 16 : 8];
        var writer = new TiffNumbers(header, BigEndian);
        writer.Bytes(BigEndian ? "MM"u8 : "II"u8);
        if (BigTiff)
        {
            writer.Short(43);
            writer.Short(8);
            writer.Short(0);
            writer.Long8((ulong)firstDirectory);
        }
        else
        {
            writer.Short(42);
            writer.Long((uint)firstDirectory);
        }

        return header;
    }

    private byte[] Directory(long at, int pixelBytes, bool last)
    {
        _tags.TryAdd(TiffTag.StripOffsets, default);
        _tags.TryAdd(TiffTag.StripByteCounts, default);
        (int countBytes, int entryBytes, int pointerBytes) = BigTiff ? (8, 20, 8) : (2, 12, 4);
        int outside = countBytes + (_tags.Count * entryBytes) + pointerBytes;
        int total = outside + _tags.Values.Sum(tag => tag.Values is null || tag.Values.Length <= pointerBytes ? 0 : tag.Values.Length);
        byte[] bytes = new byte[total];
        var writer = new TiffNumbers(bytes, BigEndian);
        Number(ref writer, _tags.Count, countBytes);
        foreach ((ushort tag, (ushort type, byte[] values, int count)) in _tags)
        {
            writer.Short(tag);
            if (values is null)
            {
                writer.Short(BigTiff ? TiffType.Long8 : TiffType.Long);
                Number(ref writer, 1, pointerBytes);
                Number(ref writer, tag == TiffTag.StripOffsets ? at + total : pixelBytes, pointerBytes);
                continue;
            }

            writer.Short(type);
            Number(ref writer, count, pointerBytes);
            if (values.Length <= pointerBytes)
            {
                writer.Bytes([.. values, .. new byte[pointerBytes - values.Length]]);
            }
            else
            {
                Number(ref writer, at + outside, pointerBytes);
                values.CopyTo(bytes, outside);
                outside += values.Length;
            }
        }

        Number(ref writer, last ? 0 : at + total + pixelBytes, pointerBytes);
        return bytes;
    }

    private static void Number(ref TiffNumbers writer, long value, int bytes)
    {
        switch (bytes)
        {
            case 2:
                writer.Short((ushort)value);
                break;
            case 4:
                writer.Long((uint)value);
                break;
            default:
                writer.Long8((ulong)value);
                break;
        }
    }
}
