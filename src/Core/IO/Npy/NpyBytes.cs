using System.Buffers.Binary;
using System.Text;
using CellStitch.Core.Volumes;
using Microsoft.Win32.SafeHandles;

namespace CellStitch.Core.IO.Npy;

/// <summary>The bytes of a numpy file from front to back. Large stretches are passed over, not read.</summary>
/// <param name="file">The file.</param>
/// <param name="name">Name for messages.</param>
internal sealed class NpyBytes(SafeFileHandle file, string name)
{
    // Nothing that is read as text is long: keys, names of types.
    private const int LongestText = 1 << 16;

    private readonly byte[] _buffer = new byte[1 << 12];
    private long _bufferStart;
    private int _buffered;

    public long Position { get; private set; }

    public long Length { get; } = RandomAccess.GetLength(file);

    public byte Byte() => Take(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public double DoubleBigEndian() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    public string Text(ulong bytes)
    {
        if (bytes > LongestText)
        {
            throw Damaged($"a text of {bytes} bytes; expected at most {LongestText}");
        }

        byte[] text = new byte[bytes];
        for (int i = 0; i < text.Length; i++)
        {
            text[i] = Byte();
        }

        return Encoding.UTF8.GetString(text);
    }

    public string Line()
    {
        var line = new StringBuilder();
        for (byte letter = Byte(); letter != '\n'; letter = Byte())
        {
            if (line.Length == LongestText)
            {
                throw Damaged($"a line of more than {LongestText} bytes");
            }

            line.Append((char)letter);
        }

        return line.ToString();
    }

    public FileRange Skip(ulong bytes)
    {
        if (bytes > (ulong)(Length - Position))
        {
            throw Short();
        }

        var range = new FileRange(Position, (long)bytes);
        Position += (long)bytes;
        return range;
    }

    public InvalidMaskException Damaged(string found) =>
        Fault(MaskFault.UnreadableTiff, $"byte {Position}: {found}; expected a numpy file as Cellpose or numpy.save write it.");

    public InvalidMaskException Fault(MaskFault fault, string detail) => new(fault, name, null, detail);

    public static void ReadExactly(SafeFileHandle file, Span<byte> bytes, long at, string name)
    {
        for (int read; !bytes.IsEmpty; bytes = bytes[read..], at += read)
        {
            read = RandomAccess.Read(file, bytes, at);
            if (read == 0)
            {
                throw new InvalidMaskException(MaskFault.UnreadableTiff, name, null, $"ends at byte {at}; expected more.");
            }
        }
    }

    private InvalidMaskException Short() => Fault(MaskFault.UnreadableTiff, $"ends at byte {Length}, in the middle of what it holds; the file is cut off.");

    private ReadOnlySpan<byte> Take(int bytes)
    {
        if (bytes > Length - Position)
        {
            throw Short();
        }

        if (Position < _bufferStart || Position + bytes > _bufferStart + _buffered)
        {
            _bufferStart = Position;
            _buffered = (int)Math.Min(_buffer.Length, Length - Position);
            ReadExactly(file, _buffer.AsSpan(0, _buffered), Position, name);
        }

        ReadOnlySpan<byte> taken = _buffer.AsSpan((int)(Position - _bufferStart), bytes);
        Position += bytes;
        return taken;
    }
}
