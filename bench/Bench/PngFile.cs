using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace CellStitch.Bench;

/// <summary>An image of 8 bits and three colours a pixel, and its PNG.</summary>
/// <param name="height">Rows.</param>
/// <param name="width">Columns.</param>
internal sealed class PngFile(int height, int width)
{
    private const int Channels = 3;
    private const uint CrcPolynomial = 0xEDB88320;

    private readonly byte[] _pixels = [.. Enumerable.Repeat(byte.MaxValue, height * width * Channels)];

    public void Set(int y, int x, (byte Red, byte Green, byte Blue) colour)
    {
        int at = ((y * width) + x) * Channels;
        (_pixels[at], _pixels[at + 1], _pixels[at + 2]) = colour;
    }

    public void Write(string path)
    {
        using FileStream file = File.Create(path);
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, 2);
        Chunk(file, "IHDR", header);
        using var rows = new MemoryStream();
        using (var deflate = new ZLibStream(rows, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            for (int y = 0; y < height; y++)
            {
                // Rows without prediction.
                deflate.WriteByte(0);
                deflate.Write(_pixels.AsSpan(y * width * Channels, width * Channels));
            }
        }

        Chunk(file, "IDAT", rows.ToArray());
        Chunk(file, "IEND", []);
    }

    private static void Chunk(FileStream file, string kind, byte[] content)
    {
        byte[] number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        byte[] named = [.. Encoding.ASCII.GetBytes(kind), .. content];
        file.Write(named);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(named));
        file.Write(number);
    }

    private static uint Crc(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ CrcPolynomial : crc >> 1;
            }
        }

        return ~crc;
    }
}
