using System.Globalization;
using System.Text;
using System.Xml.Linq;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.IO;

/// <summary>
/// The parts of a label TIFF that are not pixels: 16 bytes before the first page and the directories after the last.
/// A file is <see cref="Header"/>, the <see cref="EncodedPage.Bytes"/> of all pages in order without gaps, <see cref="Trailer"/>.
/// </summary>
/// <remarks>
/// <para>Directories come last because their offsets need only the lengths of the pages: pages can be written, or staged as blocks of a
/// blob, before anything is known about the others. All directories lie side by side, so a reader gets them with one read.</para>
/// <para>The first directory holds two image descriptions. OME-XML comes first: libtiff, tifffile and Bio-Formats take the first of a
/// repeated tag. ImageJ's own follows: ImageJ keeps the last, and tifffile looks for ImageJ's text in the second too. One text cannot
/// serve all, since ImageJ's must start with "ImageJ=" and OME's must be XML as a whole.</para>
/// <para>Resolution tags state pixels per µm without a unit, as ImageJ does, which takes the unit from its description.</para>
/// </remarks>
public sealed class TiffDirectories
{
    /// <summary>Bytes before the first page, in classic and in BigTIFF (a classic header needs 8 of them).</summary>
    public const int HeaderBytes = 16;

    /// <summary>Length from which a file is BigTIFF: classic offsets have 32 bits.</summary>
    internal const long ClassicLimit = 1L << 32;

    private const string Software = "CellStitch.Cloud";

    private TiffDirectories(byte[] header, byte[] trailer, bool bigTiff)
    {
        Header = header;
        Trailer = trailer;
        IsBigTiff = bigTiff;
    }

    /// <summary>The first 16 bytes of the file.</summary>
    public ReadOnlyMemory<byte> Header { get; }

    /// <summary>The directories, to be appended to the last page.</summary>
    public ReadOnlyMemory<byte> Trailer { get; }

    /// <summary>Whether the file reaches 4 GiB and therefore has 64-bit offsets.</summary>
    public bool IsBigTiff { get; }

    /// <summary>Header and directories for pages that lie one after the other.</summary>
    /// <param name="contents">What the file holds.</param>
    /// <param name="stripLengths">Bytes of every strip of every page (<see cref="EncodedPage.StripLengths"/>).</param>
    /// <exception cref="ArgumentException">There are more or fewer pages or strips than the shape needs, or a strip is empty.</exception>
    public static TiffDirectories For(TiffContents contents, IReadOnlyList<IReadOnlyList<int>> stripLengths) =>
        For(contents, stripLengths, ClassicLimit);

    internal static TiffDirectories For(TiffContents contents, IReadOnlyList<IReadOnlyList<int>> stripLengths, long bigTiffFrom)
    {
        Check(contents, stripLengths);
        long next = HeaderBytes;
        var pages = new PageChunks[stripLengths.Count];
        for (int z = 0; z < pages.Length; z++)
        {
            int[] lengths = [.. stripLengths[z]];
            long[] offsets = new long[lengths.Length];
            for (int i = 0; i < lengths.Length; i++)
            {
                offsets[i] = next;
                next += lengths[i];
            }

            pages[z] = new PageChunks(offsets, lengths);
        }

        return For(contents, pages, tileSide: null, next, bigTiffFrom);
    }

    /// <summary>
    /// Header and directories for strips, or square tiles of <paramref name="tileSide"/>, that lie anywhere before <paramref name="end"/>.
    /// </summary>
    internal static TiffDirectories For(TiffContents contents, IReadOnlyList<PageChunks> pages, int? tileSide, long end, long bigTiffFrom)
    {
        // A directory must start at an even byte, in BigTIFF by convention at a multiple of 8.
        long start = (end + 7) & ~7L;
        byte[] directories = Directories(contents, pages, tileSide, start, bigTiff: false);
        bool bigTiff = start + directories.Length >= bigTiffFrom;
        if (bigTiff)
        {
            directories = Directories(contents, pages, tileSide, start, bigTiff: true);
        }

        byte[] trailer = new byte[start - end + directories.Length];
        directories.CopyTo(trailer, start - end);
        return new TiffDirectories(Head(start, bigTiff), trailer, bigTiff);
    }

    private static void Check(TiffContents contents, IReadOnlyList<IReadOnlyList<int>> stripLengths)
    {
        if (stripLengths.Count != contents.Shape.Depth)
        {
            throw new ArgumentException($"{stripLengths.Count} pages; {contents.Shape} has {contents.Shape.Depth}.", nameof(stripLengths));
        }

        for (int z = 0; z < stripLengths.Count; z++)
        {
            if (stripLengths[z].Count != contents.StripsPerPage || stripLengths[z].Any(length => length <= 0))
            {
                throw new ArgumentException(
                    $"Page {z} has {stripLengths[z].Count} strips, some perhaps empty; expected {contents.StripsPerPage} with data each.",
                    nameof(stripLengths));
            }
        }
    }

    private static byte[] Head(long firstDirectory, bool bigTiff)
    {
        byte[] header = new byte[HeaderBytes];
        var writer = new TiffNumbers(header, bigEndian: false);
        writer.Bytes("II"u8);
        if (bigTiff)
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

    private static byte[] Directories(TiffContents contents, IReadOnlyList<PageChunks> pages, int? tileSide, long start, bool bigTiff)
    {
        using var directories = new MemoryStream();
        for (int z = 0; z < pages.Count; z++)
        {
            List<Entry> entries = Entries(contents, pages[z], tileSide, first: z == 0, bigTiff);
            directories.Write(Directory(entries, start + directories.Length, last: z == pages.Count - 1, bigTiff));
        }

        return directories.ToArray();
    }

    private static byte[] Directory(List<Entry> entries, long start, bool last, bool bigTiff)
    {
        (int countBytes, int entryBytes, int pointerBytes) = bigTiff ? (8, 20, 8) : (2, 12, 4);
        int fixedBytes = Even(countBytes + (entries.Count * entryBytes) + pointerBytes);
        int bytes = fixedBytes + entries.Sum(entry => entry.Values.Length <= pointerBytes ? 0 : Even(entry.Values.Length));
        byte[] directory = new byte[bytes];
        var writer = new TiffNumbers(directory, bigEndian: false);
        Number(ref writer, (ulong)entries.Count, countBytes);
        int outside = fixedBytes;
        Span<byte> inline = stackalloc byte[8];
        foreach (Entry entry in entries)
        {
            writer.Short(entry.Tag);
            writer.Short(entry.Type);
            Number(ref writer, (ulong)entry.Count, pointerBytes);
            if (entry.Values.Length <= pointerBytes)
            {
                inline.Clear();
                entry.Values.CopyTo(inline);
                writer.Bytes(inline[..pointerBytes]);
            }
            else
            {
                Number(ref writer, (ulong)(start + outside), pointerBytes);
                entry.Values.CopyTo(directory.AsSpan(outside));
                outside += Even(entry.Values.Length);
            }
        }

        Number(ref writer, last ? 0 : (ulong)(start + bytes), pointerBytes);
        return directory;

        // Classic offsets that pass 32 bits are never written: the caller then asks again for BigTIFF.
        static void Number(ref TiffNumbers writer, ulong value, int bytes)
        {
            switch (bytes)
            {
                case 2:
                    writer.Short((ushort)value);
                    break;
                case 4:
                    writer.Long(unchecked((uint)value));
                    break;
                default:
                    writer.Long8(value);
                    break;
            }
        }

        static int Even(int bytes) => (bytes + 7) & ~7;
    }

    private static List<Entry> Entries(TiffContents contents, PageChunks chunks, int? tileSide, bool first, bool bigTiff)
    {
        // In ascending order of tags, as TIFF asks.
        List<Entry> entries =
        [
            Entry.Long(TiffTag.ImageWidth, contents.Shape.Width),
            Entry.Long(TiffTag.ImageLength, contents.Shape.Height),
            Entry.Short(TiffTag.BitsPerSample, contents.Bits),
            Entry.Short(TiffTag.Compression, TiffCompression.Deflate),
            Entry.Short(TiffTag.Photometric, 1),
        ];
        if (first)
        {
            entries.Add(Entry.Text(TiffTag.ImageDescription, Ome(contents)));
            entries.Add(Entry.Text(TiffTag.ImageDescription, ImageJ(contents)));
        }

        if (tileSide is null)
        {
            entries.Add(Entry.Offsets(TiffTag.StripOffsets, chunks.Offsets, bigTiff));
        }

        entries.Add(Entry.Short(TiffTag.SamplesPerPixel, 1));
        if (tileSide is null)
        {
            entries.Add(Entry.Long(TiffTag.RowsPerStrip, contents.RowsPerStrip));
            entries.Add(Entry.Longs(TiffTag.StripByteCounts, chunks.Lengths));
        }

        if (contents.VoxelSize is VoxelSize voxel)
        {
            entries.Add(Entry.PixelsPerUm(TiffTag.XResolution, voxel.XUm));
            entries.Add(Entry.PixelsPerUm(TiffTag.YResolution, voxel.YUm));
            entries.Add(Entry.Short(TiffTag.ResolutionUnit, 1));
        }

        if (first)
        {
            entries.Add(Entry.Text(TiffTag.Software, Software));
        }

        if (tileSide is int side)
        {
            entries.Add(Entry.Long(TiffTag.TileWidth, side));
            entries.Add(Entry.Long(TiffTag.TileLength, side));
            entries.Add(Entry.Offsets(TiffTag.TileOffsets, chunks.Offsets, bigTiff));
            entries.Add(Entry.Longs(TiffTag.TileByteCounts, chunks.Lengths));
        }

        entries.Add(Entry.Short(TiffTag.SampleFormat, (int)TiffSampleFormat.UnsignedInteger));
        return entries;
    }

    private static string ImageJ(TiffContents contents)
    {
        int layers = contents.Shape.Depth;
        var text = new StringBuilder("ImageJ=1.54f\n").Append(CultureInfo.InvariantCulture, $"images={layers}\nslices={layers}\n");
        if (contents.VoxelSize is VoxelSize voxel)
        {
            text.Append(CultureInfo.InvariantCulture, $"unit=micron\nspacing={voxel.ZUm:R}\n");
        }

        return text.Append("loop=false\n").ToString();
    }

    private static string Ome(TiffContents contents)
    {
        XNamespace ome = "http://www.openmicroscopy.org/Schemas/OME/2016-06";
        var pixels = new XElement(
            ome + "Pixels",
            new XAttribute("ID", "Pixels:0"),
            new XAttribute("DimensionOrder", "XYZCT"),
            new XAttribute("Type", $"uint{contents.Bits}"),
            new XAttribute("SizeX", contents.Shape.Width),
            new XAttribute("SizeY", contents.Shape.Height),
            new XAttribute("SizeZ", contents.Shape.Depth),
            new XAttribute("SizeC", 1),
            new XAttribute("SizeT", 1),
            new XAttribute("BigEndian", "false"));
        if (contents.VoxelSize is VoxelSize voxel)
        {
            foreach ((string axis, double um) in new[] { ("X", voxel.XUm), ("Y", voxel.YUm), ("Z", voxel.ZUm) })
            {
                pixels.Add(new XAttribute($"PhysicalSize{axis}", um.ToString("R", CultureInfo.InvariantCulture)));
                pixels.Add(new XAttribute($"PhysicalSize{axis}Unit", "µm"));
            }
        }

        pixels.Add(
            new XElement(ome + "Channel", new XAttribute("ID", "Channel:0:0"), new XAttribute("SamplesPerPixel", 1)),
            new XElement(ome + "TiffData", new XAttribute("IFD", 0), new XAttribute("PlaneCount", contents.Shape.Depth)));
        var root = new XElement(
            ome + "OME",
            new XAttribute("Creator", Software),
            new XElement(ome + "Image", new XAttribute("ID", "Image:0"), new XAttribute("Name", "labels"), pixels));

        // The text is UTF-8 although TIFF asks for ASCII: so OME-TIFF prescribes.
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + root.ToString(SaveOptions.DisableFormatting);
    }

    /// <summary>Where the strips or tiles of a page lie.</summary>
    internal sealed record PageChunks(long[] Offsets, int[] Lengths);

    private readonly record struct Entry(ushort Tag, ushort Type, long Count, byte[] Values)
    {
        public static Entry Short(ushort tag, int value)
        {
            byte[] bytes = new byte[2];
            new TiffNumbers(bytes, bigEndian: false).Short((ushort)value);
            return new Entry(tag, TiffType.Short, 1, bytes);
        }

        public static Entry Long(ushort tag, int value) => Longs(tag, [value]);

        public static Entry Longs(ushort tag, int[] values)
        {
            byte[] bytes = new byte[values.Length * 4];
            var writer = new TiffNumbers(bytes, bigEndian: false);
            foreach (int value in values)
            {
                writer.Long((uint)value);
            }

            return new Entry(tag, TiffType.Long, values.Length, bytes);
        }

        public static Entry Offsets(ushort tag, long[] offsets, bool bigTiff)
        {
            byte[] bytes = new byte[offsets.Length * (bigTiff ? 8 : 4)];
            var writer = new TiffNumbers(bytes, bigEndian: false);
            foreach (long offset in offsets)
            {
                if (bigTiff)
                {
                    writer.Long8((ulong)offset);
                }
                else
                {
                    writer.Long(unchecked((uint)offset));
                }
            }

            return new Entry(tag, bigTiff ? TiffType.Long8 : TiffType.Long, offsets.Length, bytes);
        }

        public static Entry Text(ushort tag, string text)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text + "\0");
            return new Entry(tag, TiffType.Ascii, bytes.Length, bytes);
        }

        /// <summary>Pixels per µm as 10ᵏ / (µm · 10ᵏ) with the largest k for which both fit, so that short decimal sizes are exact.</summary>
        public static Entry PixelsPerUm(ushort tag, double um)
        {
            uint scale = 1_000_000_000;
            while (scale > 1 && um * scale > uint.MaxValue)
            {
                scale /= 10;
            }

            byte[] bytes = new byte[8];
            var writer = new TiffNumbers(bytes, bigEndian: false);
            writer.Long(scale);
            writer.Long((uint)Math.Clamp(Math.Round(um * scale), 1, uint.MaxValue));
            return new Entry(tag, TiffType.Rational, 1, bytes);
        }
    }
}
