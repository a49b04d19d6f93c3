using CellStitch.Core.Volumes;

namespace CellStitch.Core.IO;

/// <summary>One entry of a directory: where its values lie.</summary>
/// <param name="Type">Type of the values (<see cref="TiffType"/>).</param>
/// <param name="Count">Number of values.</param>
/// <param name="Position">Byte in the file at which the values start, within the directory or elsewhere.</param>
internal readonly record struct TiffEntry(ushort Type, long Count, long Position);

/// <summary>One image file directory (IFD), classic or BigTIFF. Values are fetched on demand, so that a hostile count costs nothing.</summary>
internal sealed class TiffDirectory
{
    private readonly TiffBytes _file;
    private readonly byte[] _raw;
    private readonly long _start;
    private readonly Dictionary<ushort, TiffEntry> _entries = [];

    private TiffDirectory(TiffBytes file, int page, byte[] raw, long start)
    {
        _file = file;
        _raw = raw;
        _start = start;
        Page = page;
    }

    /// <summary>Place of the directory in the file's chain, 0 first.</summary>
    public int Page { get; }

    /// <summary>All image descriptions; some writers put two into one directory (OME-XML and ImageJ's).</summary>
    public List<TiffEntry> Descriptions { get; } = [];

    /// <summary>Follows the chain of directories.</summary>
    /// <exception cref="InvalidMaskException">Not a TIFF, or the chain is cyclic, cut off, or passes a limit.</exception>
    public static IEnumerable<TiffDirectory> Walk(TiffBytes file, TiffLimits limits)
    {
        long offset = ReadHeader(file);
        var seen = new Dictionary<long, int>();
        while (offset != 0)
        {
            int page = seen.Count;
            if (!seen.TryAdd(offset, page))
            {
                throw file.Fail(page - 1, $"the directory after this page is the one of page {seen[offset]} again; expected a chain that ends.");
            }

            if (page == limits.Pages)
            {
                throw file.Fail(null, $"more than {limits.Pages} pages.", MaskFault.TooLarge);
            }

            var directory = Read(file, page, offset, limits, out offset);
            yield return directory;
        }
    }

    /// <summary>Whether the directory has the entry.</summary>
    public bool Has(ushort tag) => _entries.ContainsKey(tag);

    /// <summary>The place of an entry's values; null when the directory lacks it.</summary>
    public TiffEntry? Entry(ushort tag) => _entries.TryGetValue(tag, out TiffEntry entry) ? entry : null;

    /// <summary>The single integer of an entry, or its first when there are more.</summary>
    public long Integer(ushort tag, long missing)
    {
        return _entries.TryGetValue(tag, out TiffEntry entry) && entry.Count > 0 ? Integers(entry, 1, tag)[0] : missing;
    }

    /// <summary>The integer all samples of a pixel share.</summary>
    /// <exception cref="InvalidMaskException">The samples differ.</exception>
    public long SharedInteger(ushort tag, long missing, int samples, string what)
    {
        if (!_entries.TryGetValue(tag, out TiffEntry entry) || entry.Count == 0)
        {
            return missing;
        }

        long[] values = Integers(entry, (int)Math.Min(entry.Count, samples), tag);
        return values.All(value => value == values[0])
            ? values[0]
            : throw _file.Fail(Page, $"the samples of a pixel differ in {what} ({string.Join(", ", values)}); expected one for all.");
    }

    /// <summary>A fraction of two 32-bit integers; null when missing, zero or infinite.</summary>
    public double? Rational(ushort tag)
    {
        if (!_entries.TryGetValue(tag, out TiffEntry entry) || entry.Type != TiffType.Rational || entry.Count < 1)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[8];
        Fetch(entry.Position, bytes, tag);
        uint numerator = _file.U32(bytes);
        uint denominator = _file.U32(bytes[4..]);
        return numerator == 0 || denominator == 0 ? null : (double)numerator / denominator;
    }

    /// <summary>The text of a description, as UTF-8 up to its first NUL.</summary>
    public string Text(TiffEntry entry, TiffLimits limits)
    {
        if (entry.Count > limits.DescriptionBytes)
        {
            throw _file.Fail(Page, $"an image description of {entry.Count} bytes; at most {limits.DescriptionBytes} are read.", MaskFault.TooLarge);
        }

        CheckInside(entry, TiffTag.ImageDescription);
        byte[] bytes = new byte[entry.Count];
        Fetch(entry.Position, bytes, TiffTag.ImageDescription);
        int end = Array.IndexOf(bytes, (byte)0);
        return System.Text.Encoding.UTF8.GetString(bytes, 0, end < 0 ? bytes.Length : end);
    }

    /// <summary>The first <paramref name="count"/> integers of an entry.</summary>
    public long[] Integers(TiffEntry entry, int count, ushort tag) => Integers(_file, Page, entry, count, tag, Fetch);

    /// <summary>The first <paramref name="count"/> integers of an entry of a page whose directory is no longer held.</summary>
    public static long[] Integers(TiffBytes file, int page, TiffEntry entry, int count, ushort tag)
    {
        return Integers(file, page, entry, count, tag, (position, bytes, _) => file.Read(position, bytes, page, $"tag {tag}"));
    }

    private static long[] Integers(TiffBytes file, int page, TiffEntry entry, int count, ushort tag, FetchBytes fetch)
    {
        if (entry.Type is not (TiffType.Byte or TiffType.Short or TiffType.Long or TiffType.Long8 or TiffType.Ifd8 or 13))
        {
            throw file.Fail(page, $"tag {tag} has values of type {entry.Type}; expected integers.");
        }

        if (entry.Count < count)
        {
            throw file.Fail(page, $"tag {tag} has {entry.Count} values; expected {count}.");
        }

        int size = TiffType.Size(entry.Type);
        if (entry.Position > file.Length - ((long)count * size))
        {
            throw file.Fail(page, $"tag {tag} lies beyond the end of the file ({file.Length} bytes); the file is damaged or cut off.");
        }

        byte[] bytes = new byte[count * size];
        fetch(entry.Position, bytes, tag);
        long[] values = new long[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> value = bytes.AsSpan(i * size, size);
            values[i] = size switch { 1 => value[0], 2 => file.U16(value), 4 => file.U32(value), _ => file.U64(value) };
        }

        return values;
    }

    private delegate void FetchBytes(long position, Span<byte> bytes, ushort tag);

    private static long ReadHeader(TiffBytes file)
    {
        Span<byte> header = stackalloc byte[16];
        int length = file.ReadSome(0, header);
        if (length < 8)
        {
            throw file.Fail(null, $"{file.Length} bytes, too short for a TIFF.");
        }

        if (header.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G']))
        {
            throw file.Fail(null, "a PNG image; expected a TIFF.");
        }

        bool little = header.StartsWith("II"u8);
        if (!little && !header.StartsWith("MM"u8))
        {
            throw file.Fail(null, $"starts with bytes {Convert.ToHexString(header[..4])}; expected a TIFF (II or MM).");
        }

        file.BigEndian = !little;
        ushort version = file.U16(header[2..]);
        file.BigTiff = version == 43;
        if (file.BigTiff && length == 16 && file.U16(header[4..]) == 8)
        {
            return file.U64(header[8..]);
        }

        return version == 42 ? file.U32(header[4..]) : throw file.Fail(null, $"TIFF version {version}; expected 42 or 43 (BigTIFF).");
    }

    private static TiffDirectory Read(TiffBytes file, int page, long offset, TiffLimits limits, out long next)
    {
        int countBytes = file.BigTiff ? 8 : 2;
        int entryBytes = file.BigTiff ? 20 : 12;
        int pointerBytes = file.BigTiff ? 8 : 4;
        Span<byte> counter = stackalloc byte[8];
        file.Read(offset, counter[..countBytes], page, "the directory");
        long count = file.BigTiff ? file.U64(counter) : file.U16(counter);
        if (count > limits.DirectoryEntries)
        {
            throw file.Fail(page, $"a directory of {count} entries; at most {limits.DirectoryEntries} are read.", MaskFault.TooLarge);
        }

        byte[] raw = new byte[((int)count * entryBytes) + pointerBytes];
        long start = offset + countBytes;
        file.Read(start, raw, page, "the directory");
        var directory = new TiffDirectory(file, page, raw, start);
        for (int i = 0; i < count; i++)
        {
            directory.Add(i * entryBytes, pointerBytes);
        }

        ReadOnlySpan<byte> pointer = raw.AsSpan((int)count * entryBytes);
        next = file.BigTiff ? file.U64(pointer) : file.U32(pointer);
        return directory;
    }

    private void Add(int at, int pointerBytes)
    {
        ReadOnlySpan<byte> entry = _raw.AsSpan(at);
        ushort tag = _file.U16(entry);
        ushort type = _file.U16(entry[2..]);
        long count = _file.BigTiff ? _file.U64(entry[4..]) : _file.U32(entry[4..]);
        int valueAt = 4 + pointerBytes;
        int size = TiffType.Size(type);
        bool inline = size == 0 || count <= pointerBytes / size;
        long position = inline ? _start + at + valueAt : _file.BigTiff ? _file.U64(entry[valueAt..]) : _file.U32(entry[valueAt..]);
        var place = new TiffEntry(type, count, position);
        if (tag == TiffTag.ImageDescription)
        {
            Descriptions.Add(place);
        }

        // A tag that is there twice: the first one holds, as in libtiff and tifffile.
        _entries.TryAdd(tag, place);
    }

    private void Fetch(long position, Span<byte> bytes, ushort tag)
    {
        long at = position - _start;
        if (at >= 0 && at + bytes.Length <= _raw.Length)
        {
            _raw.AsSpan((int)at, bytes.Length).CopyTo(bytes);
        }
        else
        {
            _file.Read(position, bytes, Page, $"tag {tag}");
        }
    }

    private void CheckInside(TiffEntry entry, ushort tag)
    {
        if (entry.Position > _file.Length - entry.Count)
        {
            throw _file.Fail(Page, $"tag {tag} lies beyond the end of the file ({_file.Length} bytes); the file is damaged or cut off.");
        }
    }
}
