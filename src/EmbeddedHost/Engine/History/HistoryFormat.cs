using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text.Json;

namespace CellStitch.EmbeddedHost.Engine;

/// <summary>The bytes of a history: for each record its length (int32), the CRC-32 of its text (uint32), both little-endian, and the text, JSON.</summary>
internal static class HistoryFormat
{
    private const int HeadBytes = 8;

    public static void Write(HistoryEvent record, List<byte> target)
    {
        byte[] text = JsonSerializer.SerializeToUtf8Bytes(record, HistoryEvent.Json);
        Span<byte> head = stackalloc byte[HeadBytes];
        BinaryPrimitives.WriteInt32LittleEndian(head, text.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], Crc32.HashToUInt32(text));
        target.AddRange(head);
        target.AddRange(text);
    }

    /// <exception cref="InvalidDataException">A record is cut off or damaged. Appends are atomic, so even the last one never is by a crash.</exception>
    public static List<HistoryEvent> Read(ReadOnlySpan<byte> history, string name)
    {
        List<HistoryEvent> records = [];
        for (int at = 0; at < history.Length;)
        {
            ReadOnlySpan<byte> rest = history[at..];
            int length = rest.Length < HeadBytes ? -1 : BinaryPrimitives.ReadInt32LittleEndian(rest);
            if (length < 0 || length > rest.Length - HeadBytes)
            {
                throw new InvalidDataException($"History {name}: the record at byte {at} is cut off ({rest.Length} bytes are left)");
            }

            ReadOnlySpan<byte> text = rest.Slice(HeadBytes, length);
            if (Crc32.HashToUInt32(text) != BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]))
            {
                throw new InvalidDataException($"History {name}: the record at byte {at} is damaged (its checksum differs)");
            }

            records.Add(JsonSerializer.Deserialize<HistoryEvent>(text, HistoryEvent.Json)!);
            at += HeadBytes + length;
        }

        return records;
    }
}
