using CellStitch.Core.IO;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.IO;

public class TiffFuzzTests
{
    private const int Mutations = 600;

    // Every ceiling set to what the small files need and little more, so that a check that is missing shows as memory.
    private static readonly TiffLimits Small = new()
    {
        PagePixels = 1 << 16,
        Pages = 64,
        DecodedBytes = 1 << 22,
        BufferedBytes = 1 << 19,
        DirectoryEntries = 64,
        PageChunks = 1 << 10,
        DescriptionBytes = 1 << 12,
    };

    [Theory]
    [InlineData(TiffCompression.None, 1)]
    [InlineData(TiffCompression.Deflate, 2)]
    [InlineData(TiffCompression.Lzw, 1)]
    [InlineData(TiffCompression.Lzw, 2)]
    [InlineData(TiffCompression.PackBits, 1)]
    public void Reader_MutatedFile_ReadsOrRefuses(int compression, int predictor)
    {
        byte[] intact = Compressed(compression, predictor);
        AssertReadsOrRefuses(intact, seed: (compression * 10) + predictor);
    }

    [Fact]
    public void Reader_MutatedFileOfOurs_ReadsOrRefuses()
    {
        AssertReadsOrRefuses(TestStacks.Write(TestStacks.Blocks(new VolumeShape(3, 40, 50), 400, new VoxelSize(1, 2, 3)), 400).ToArray(), seed: 1);
        AssertReadsOrRefuses(TestStacks.Write(TestStacks.Blocks(new VolumeShape(3, 40, 50), 400), 400, bigTiffFrom: 0).ToArray(), seed: 2);
    }

    private static void AssertReadsOrRefuses(byte[] intact, int seed)
    {
        // Only threads of this test count: bytes are measured on the thread that reads.
        var random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < Mutations; i++)
        {
            byte[] mutated = Mutate(intact, random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using var reader = TiffReader.Open(new MemoryStream(mutated), "mutated.tif", Small);
                uint[] layer = new uint[reader.Shape.LayerPixels];
                for (int z = 0; z < reader.Shape.Depth; z++)
                {
                    reader.ReadLayer(z, layer);
                }
            }
            catch (InvalidMaskException)
            {
                refused++;
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
        }

        Assert.InRange(refused, Mutations / 10, Mutations);
    }

    private static byte[] Mutate(byte[] intact, Random random)
    {
        byte[] mutated = random.Next(8) == 0 ? intact[..random.Next(intact.Length)] : [.. intact];
        for (int n = random.Next(1, 6); n > 0 && mutated.Length > 0; n--)
        {
            mutated[random.Next(mutated.Length)] = random.Next(3) switch { 0 => 0, 1 => 255, _ => (byte)random.Next(256) };
        }

        return mutated;
    }

    private static byte[] Compressed(int compression, int predictor)
    {
        var volume = TestStacks.Blocks(new VolumeShape(2, 40, 50), 400);
        HandmadeTiff tiff = HandmadeTiff.Gray(40, 50, 16).Short(TiffTag.Compression, compression).Short(TiffTag.Predictor, predictor);
        byte[][] pages = [.. Enumerable.Range(0, 2).Select(z => Codec(volume.Layer(z), compression, predictor))];
        return tiff.Write(pages);
    }

    /// <summary>One strip, encoded by LibTiff.</summary>
    private static byte[] Codec(ReadOnlySpan<uint> layer, int compression, int predictor)
    {
        byte[] samples = new byte[layer.Length * 2];
        LabelPixels.Narrow(layer, samples, 16);
        var file = new MemoryStream();
        using (var tiff = BitMiracle.LibTiff.Classic.Tiff.ClientOpen("strip", "w", file, new BitMiracle.LibTiff.Classic.TiffStream()))
        {
            tiff.SetField(BitMiracle.LibTiff.Classic.TiffTag.IMAGEWIDTH, 50);
            tiff.SetField(BitMiracle.LibTiff.Classic.TiffTag.IMAGELENGTH, 40);
            tiff.SetField(BitMiracle.LibTiff.Classic.TiffTag.BITSPERSAMPLE, 16);
            tiff.SetField(BitMiracle.LibTiff.Classic.TiffTag.ROWSPERSTRIP, 40);
            tiff.SetField(BitMiracle.LibTiff.Classic.TiffTag.COMPRESSION, compression);
            if (predictor != 1)
            {
                tiff.SetField(BitMiracle.LibTiff.Classic.TiffTag.PREDICTOR, predictor);
            }

            Assert.Equal(samples.Length, tiff.WriteEncodedStrip(0, samples, samples.Length));
            tiff.WriteDirectory();
        }

        byte[] written = file.ToArray();
        using var read = TiffFile.Open(new MemoryStream(written), "strip.tif", TiffLimits.Default);
        (long[] offsets, long[] lengths) = read.Pages[0].Chunks(read.Bytes);
        return written.AsSpan((int)offsets[0], (int)lengths[0]).ToArray();
    }
}
