using CellStitch.Core.IO;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.IO;

/// <summary>Small stacks and streams for the TIFF tests.</summary>
internal static class TestStacks
{
    /// <summary>Cell-like blocks of 7 × 5 pixels with labels spread over 1 … <paramref name="largest"/>; a quarter is background.</summary>
    public static LabelVolume Blocks(VolumeShape shape, uint largest, VoxelSize? voxelSize = null)
    {
        var volume = new LabelVolume(shape, voxelSize);
        for (int z = 0; z < shape.Depth; z++)
        {
            for (int y = 0; y < shape.Height; y++)
            {
                for (int x = 0; x < shape.Width; x++)
                {
                    ulong block = ((ulong)z * 7919) + ((ulong)(y / 5) * 104_729) + ((ulong)(x / 7) * 1_299_709);
                    volume[z, y, x] = block % 4 == 0 ? 0 : (uint)((block * 2_654_435_761 % largest) + 1);
                }
            }
        }

        volume[0, 0, 0] = largest;
        return volume;
    }

    public static MemoryStream Write(LabelVolume volume, uint largest, int threads = 1, long bigTiffFrom = 1L << 32)
    {
        var file = new MemoryStream();
        using var writer = new TiffWriter(file, ownsOutput: false, threads, bigTiffFrom);
        Pour(volume, writer, largest);
        return file;
    }

    public static void Pour(LabelVolume volume, ILayerSink sink, uint largest)
    {
        sink.Begin(volume.Shape, largest, volume.VoxelSize);
        for (int z = 0; z < volume.Shape.Depth; z++)
        {
            sink.Write(volume.Layer(z));
        }
    }
}

/// <summary>A stream that can only be written, like the body of a request.</summary>
internal sealed class OneWayStream(Stream target) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => target.Write(buffer, offset, count);
}

/// <summary>A stream that hands out at most seven bytes at a time, as a network may.</summary>
internal sealed class ShortReads(byte[] bytes) : MemoryStream(bytes)
{
    public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(7, buffer.Length)]);

    public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(7, count));
}

/// <summary>A long file of zeros with a few pieces that are not; takes no more memory than the pieces.</summary>
internal sealed class SparseStream(params (long At, byte[] Bytes)[] pieces) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => pieces.Max(piece => piece.At + piece.Bytes.Length);

    public override long Position { get; set; }

    public override int Read(Span<byte> buffer)
    {
        int count = (int)Math.Min(buffer.Length, Length - Position);
        buffer[..count].Clear();
        foreach ((long at, byte[] bytes) in pieces)
        {
            long first = Math.Max(at, Position);
            long end = Math.Min(at + bytes.Length, Position + count);
            if (first < end)
            {
                bytes.AsSpan((int)(first - at), (int)(end - first)).CopyTo(buffer[(int)(first - Position)..]);
            }
        }

        Position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
