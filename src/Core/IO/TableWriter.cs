using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.IO;

/// <summary>
/// Writes a table: 4 bytes magic, 2 bytes version, 8 bytes length of the body, the body, and the SHA-256 of all before; little-endian. Numbers of the body
/// are in base 128, seven bits per byte from the lowest, the high bit set on all bytes but the last. Equal content gives equal bytes.
/// </summary>
internal sealed class TableWriter(TableKind kind)
{
    public const int HeaderBytes = 14;

    private const int LongestNumber = 10;

    private readonly ArrayBufferWriter<byte> _body = new();

    /// <summary>A number from 0 on.</summary>
    public void Number(long value)
    {
        ulong rest = checked((ulong)value);
        Span<byte> bytes = _body.GetSpan(LongestNumber);
        int count = 0;
        while (rest >= 0x80)
        {
            bytes[count++] = (byte)(rest & 0x7F | 0x80);
            rest >>= 7;
        }

        bytes[count++] = (byte)rest;
        _body.Advance(count);
    }

    /// <summary>A number from −1 on.</summary>
    public void NumberOrNone(int value) => Number(value + 1L);

    public void Flag(bool value) => Number(value ? 1 : 0);

    public void Shape(VolumeShape shape)
    {
        Number(shape.Depth);
        Number(shape.Height);
        Number(shape.Width);
    }

    public void Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Number(bytes.Length);
        _body.Write(bytes);
    }

    public void WriteTo(Stream stream)
    {
        byte[] header = new byte[HeaderBytes];
        Encoding.ASCII.GetBytes(kind.Magic, header);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(4), TableKind.Version);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(6), _body.WrittenCount);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(header);
        hash.AppendData(_body.WrittenSpan);
        stream.Write(header);
        stream.Write(_body.WrittenSpan);
        stream.Write(hash.GetHashAndReset());
    }

    public byte[] ToArray()
    {
        using var bytes = new MemoryStream();
        WriteTo(bytes);
        return bytes.ToArray();
    }
}
