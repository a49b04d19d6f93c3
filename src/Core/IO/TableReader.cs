using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.IO;

/// <summary>Reads what <see cref="TableWriter"/> wrote. The checksum is compared first, so nothing is made of a damaged table.</summary>
internal sealed class TableReader
{
    private readonly byte[] _bytes;
    private readonly int _end;
    private int _at;

    /// <summary>Reads a table to the end of the stream.</summary>
    /// <exception cref="InvalidDataException">It is another table, of another version, or damaged.</exception>
    public TableReader(Stream stream, TableKind kind)
    {
        Kind = kind;
        using var all = new MemoryStream();
        stream.CopyTo(all);
        _bytes = all.GetBuffer();
        int length = (int)all.Length;
        if (length < TableWriter.HeaderBytes + SHA256.HashSizeInBytes)
        {
            throw kind.Damaged($"it has {length} bytes, fewer than any table.");
        }

        string magic = Encoding.ASCII.GetString(_bytes, 0, 4);
        if (magic != kind.Magic)
        {
            throw new InvalidDataException($"Expected a {kind.Name} ({kind.Magic}), found \"{magic}\".");
        }

        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(4));
        if (version != TableKind.Version)
        {
            throw new InvalidDataException($"The {kind.Name} is of version {version}; this program reads version {TableKind.Version}.");
        }

        _at = TableWriter.HeaderBytes;
        _end = length - SHA256.HashSizeInBytes;
        long stated = BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan(6));
        if (stated != _end - _at)
        {
            throw kind.Damaged($"it states {stated} bytes and has {_end - _at}.");
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_bytes.AsSpan(0, _end), hash);
        if (!hash.SequenceEqual(_bytes.AsSpan(_end, SHA256.HashSizeInBytes)))
        {
            throw kind.Damaged("its checksum is wrong.");
        }
    }

    public TableKind Kind { get; }

    /// <summary>A number from 0 to <see cref="long.MaxValue"/>.</summary>
    public long Long()
    {
        ulong value = 0;
        for (int shift = 0; shift < 63; shift += 7)
        {
            byte next = _at < _end ? _bytes[_at++] : throw Kind.Damaged("it ends within a number.");
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return (long)value;
            }
        }

        throw Kind.Damaged("it has a number above 2⁶³ − 1.");
    }

    /// <summary>A number from 0 to <see cref="int.MaxValue"/>.</summary>
    public int Int() => Long() is <= int.MaxValue and var value ? (int)value : throw Kind.Damaged("it has a number above 2³¹ − 1.");

    /// <summary>A number from −1 on.</summary>
    public int IntOrNone() => Long() is <= int.MaxValue + 1L and var value ? (int)(value - 1) : throw Kind.Damaged("it has a number above 2³¹ − 1.");

    public uint Label() => Long() is <= uint.MaxValue and var value ? (uint)value : throw Kind.Damaged("it has a label above 2³² − 1.");

    public bool Flag() => Long() is <= 1 and var value ? value == 1 : throw Kind.Damaged("it has a flag that is neither 0 nor 1.");

    /// <summary>Number of items that follow; each takes a byte at least, so no count asks for more memory than the table has bytes.</summary>
    public int Count() => Long() is var value && value <= _end - _at ? (int)value : throw Kind.Damaged($"it has no room for {value} entries.");

    public VolumeShape Shape()
    {
        (int depth, int height, int width) = (Int(), Int(), Int());
        return depth > 0 && height > 0 && width > 0 && (long)height * width <= int.MaxValue
            ? new VolumeShape(depth, height, width)
            : throw Kind.Damaged($"it has the shape {depth} × {height} × {width}.");
    }

    public string Text()
    {
        int length = Count();
        _at += length;
        return Encoding.UTF8.GetString(_bytes, _at - length, length);
    }

    /// <summary>After the last number.</summary>
    public void End()
    {
        if (_at != _end)
        {
            throw Kind.Damaged($"{_end - _at} bytes follow its last entry.");
        }
    }
}
