using System.Buffers.Binary;

namespace CellStitch.Core.IO;

/// <summary>Writes numbers one after the other into a buffer, in either byte order.</summary>
internal ref struct TiffNumbers(Span<byte> buffer, bool bigEndian)
{
    private readonly Span<byte> _buffer = buffer;

    public int Position { get; private set; }

    public void Bytes(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer[Position..]);
        Position += bytes.Length;
    }

    public void Short(ushort value)
    {
        if (bigEndian)
        {
            BinaryPrimitives.WriteUInt16BigEndian(_buffer[Position..], value);
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(_buffer[Position..], value);
        }

        Position += 2;
    }

    public void Long(uint value)
    {
        if (bigEndian)
        {
            BinaryPrimitives.WriteUInt32BigEndian(_buffer[Position..], value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(_buffer[Position..], value);
        }

        Position += 4;
    }

    public void Long8(ulong value)
    {
        if (bigEndian)
        {
            BinaryPrimitives.WriteUInt64BigEndian(_buffer[Position..], value);
        }
        else
        {
            BinaryPrimitives.WriteUInt64LittleEndian(_buffer[Position..], value);
        }

        Position += 8;
    }
}
