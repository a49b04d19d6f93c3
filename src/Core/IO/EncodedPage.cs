using System.Buffers;
using System.IO.Compression;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.IO;

/// <summary>What a label TIFF holds: all that its pages and its directories need to know in common.</summary>
/// <param name="Shape">Shape (z, y, x).</param>
/// <param name="Bits">8, 16 or 32: the unsigned pixel type.</param>
/// <param name="VoxelSize">Voxel size in µm, if known.</param>
public sealed record TiffContents(VolumeShape Shape, int Bits, VoxelSize? VoxelSize)
{
    /// <summary>
    /// Decoded bytes of a strip, about: small enough that a few rows can be read without much around them and that the strips of one page
    /// keep several threads busy, large enough that deflate loses nothing by starting anew.
    /// </summary>
    private const int StripBytes = 256 << 10;

    /// <summary>Rows of a strip; the last strip of a page may have fewer.</summary>
    public int RowsPerStrip => (int)Math.Clamp(StripBytes / ((long)Shape.Width * Bits / 8), 1, Shape.Height);

    /// <summary>Strips of a page.</summary>
    public int StripsPerPage => ((Shape.Height - 1) / RowsPerStrip) + 1;

    /// <summary>The smallest of 8, 16 and 32 bits that holds a label.</summary>
    /// <param name="largestLabel">Largest label of the volume.</param>
    public static int BitsFor(uint largestLabel) => largestLabel switch
    {
        <= byte.MaxValue => 8,
        <= ushort.MaxValue => 16,
        _ => 32,
    };
}

/// <summary>
/// One page as it will lie in the file. Pages are encoded independently of each other and of their place in the file, so different machines
/// can encode them; <see cref="TiffDirectories"/> needs only the lengths of their strips.
/// </summary>
public sealed class EncodedPage
{
    /// <summary>
    /// Level 4. Measured on 8 layers of 1024 × 1024 with 5,000 cells each in strips of 256 KiB (.NET 10, AVX2, one run): as uint16,
    /// level 1 writes 281 MB/s and shrinks 5.3 times, level 2 230 MB/s and 7.8 times, level 4 145 MB/s and 11.5 times, level 6 ("Optimal")
    /// 50 MB/s and 12.2 times, level 9 9 MB/s and 12.2 times. As uint32 level 4 shrinks 19.8 times, level 6 23.5 times. The strategy for runs
    /// alone shrinks uint16 only 1.8 times, since a run of one label is a repeated pair of bytes, not a repeated byte.
    /// </summary>
    private static readonly ZLibCompressionOptions Deflate = new() { CompressionLevel = 4 };

    /// <summary>Level 1, for files that are read once and thrown away.</summary>
    internal static readonly ZLibCompressionOptions FastDeflate = new() { CompressionLevel = 1 };

    // Strips differ in work; a few per thread even that out.
    private const int StripsPerThread = 4;

    private EncodedPage(byte[] bytes, int[] stripLengths)
    {
        Bytes = bytes;
        StripLengths = stripLengths;
    }

    /// <summary>The deflated strips, from top to bottom, without gaps.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Bytes of each strip; their sum is the length of <see cref="Bytes"/>.</summary>
    public IReadOnlyList<int> StripLengths { get; }

    /// <summary>Encodes a layer.</summary>
    /// <param name="layer">Height × width labels in raster order.</param>
    /// <param name="contents">The file the page belongs to.</param>
    /// <param name="threads">Threads that compress, at least 1; the bytes are the same for any number.</param>
    /// <exception cref="ArgumentException">The layer has another size than the file's, or a label does not fit its pixel type.</exception>
    public static EncodedPage Encode(ReadOnlySpan<uint> layer, TiffContents contents, int threads = 1)
    {
        (int height, int width) = (contents.Shape.Height, contents.Shape.Width);
        if (layer.Length != contents.Shape.LayerPixels)
        {
            throw new ArgumentException($"{layer.Length} pixels; a layer of {contents.Shape} has {contents.Shape.LayerPixels}.", nameof(layer));
        }

        int stripPixels = contents.RowsPerStrip * width;
        int stripBytes = stripPixels * contents.Bits / 8;
        var strips = new byte[contents.StripsPerPage][];

        // A few strips at a time: large pages would need as many bytes once more.
        int atOnce = Math.Min(strips.Length, StripsPerThread * threads);
        byte[] samples = ArrayPool<byte>.Shared.Rent(checked(atOnce * stripBytes));
        try
        {
            for (int first = 0; first < strips.Length; first += atOnce)
            {
                int from = first * stripPixels;
                ReadOnlySpan<uint> pixels = layer.Slice(from, Math.Min(atOnce * stripPixels, (height * width) - from));
                int bytes = pixels.Length * contents.Bits / 8;
                int bad = LabelPixels.Narrow(pixels, samples.AsSpan(0, bytes), contents.Bits);
                if (bad >= 0)
                {
                    throw new ArgumentException($"Label {pixels[bad]} does not fit the {contents.Bits} bits that the largest label was said to need.", nameof(layer));
                }

                int begin = first;
                Parallel.For(0, (bytes + stripBytes - 1) / stripBytes, new ParallelOptions { MaxDegreeOfParallelism = threads }, strip =>
                {
                    int at = strip * stripBytes;
                    strips[begin + strip] = Compress(samples.AsSpan(at, Math.Min(stripBytes, bytes - at)), Deflate);
                });
            }

            return Join(strips);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(samples);
        }
    }

    /// <summary>One strip or tile in zlib format.</summary>
    internal static byte[] Compress(ReadOnlySpan<byte> samples, ZLibCompressionOptions options)
    {
        using var compressed = new MemoryStream();
        using (var deflate = new ZLibStream(compressed, options, leaveOpen: true))
        {
            deflate.Write(samples);
        }

        return compressed.ToArray();
    }

    private static EncodedPage Join(byte[][] strips)
    {
        int[] lengths = [.. strips.Select(strip => strip.Length)];
        byte[] bytes = new byte[lengths.Sum()];
        int at = 0;
        foreach (byte[] strip in strips)
        {
            strip.CopyTo(bytes, at);
            at += strip.Length;
        }

        return new EncodedPage(bytes, lengths);
    }
}
