using CellStitch.Core.IO;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.IO;

public class TiffIndexTests
{
    private static readonly LabelVolume Volume = TestStacks.Blocks(new VolumeShape(40, 300, 500), 400, new VoxelSize(2, 0.25, 0.3));

    [Theory]
    [InlineData(1L << 32)]
    [InlineData(0)]
    public void Index_FileOfOurs_ReadsTheSameWithoutItsDirectories(long bigTiffFrom)
    {
        byte[] file = TestStacks.Write(Volume, 400, bigTiffFrom: bigTiffFrom).ToArray();
        using var walked = TiffReader.Open(new MemoryStream(file), "labels.tif");
        byte[] index = IndexOf(walked);

        using var stream = new CountedReads(file);
        using var reader = TiffReader.OpenIndexed(stream, "labels.tif", new MemoryStream(index));
        Assert.Equal(0, stream.Bytes);
        Assert.Equivalent(walked.Info, reader.Info, strict: true);
        var layer = new uint[Volume.Shape.LayerPixels];
        reader.ReadLayer(33, layer);
        Assert.Equal(Volume.Layer(33).ToArray(), layer);
        Assert.InRange(stream.Bytes, 1, file.Length / 20);
        Assert.Equal(Volume.Voxels, LabelVolume.From(reader).Voxels);
        Assert.InRange(index.Length, 1, 40 * 20);
    }

    [Fact]
    public void Index_StackOfOneDirectory_ReadsTheSame()
    {
        byte[] first = HandmadeTiff.Gray(2, 2, 16, bigEndian: true).Description("ImageJ=1.53t\nimages=3\nslices=3\n").Write(Shorts(1, 2, 3, 4));
        byte[] file = [.. first, .. Shorts(5, 6, 7, 8, 9, 10, 11, 12)];
        using var walked = TiffReader.Open(new MemoryStream(file), "imagej.tif");
        using var reader = TiffReader.OpenIndexed(new MemoryStream(file), "imagej.tif", new MemoryStream(IndexOf(walked)));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], LabelVolume.From(reader).Voxels.ToArray());
    }

    [Fact]
    public void Index_OfAFileOfAnotherLength_IsRefused()
    {
        byte[] file = TestStacks.Write(Volume, 400).ToArray();
        using var walked = TiffReader.Open(new MemoryStream(file), "labels.tif");
        InvalidDataException refusal = Assert.Throws<InvalidDataException>(
            () => TiffReader.OpenIndexed(new MemoryStream(file[..^1]), "labels.tif", new MemoryStream(IndexOf(walked))));
        Assert.Equal($"labels.tif has {file.Length - 1} bytes; its index was made when it had {file.Length}.", refusal.Message);
    }

    [Fact]
    public void Index_AnyByteChanged_IsRefused()
    {
        byte[] file = TestStacks.Write(TestStacks.Blocks(new VolumeShape(2, 4, 5), 3), 3).ToArray();
        using var walked = TiffReader.Open(new MemoryStream(file), "labels.tif");
        byte[] index = IndexOf(walked);
        for (int i = 0; i < index.Length; i++)
        {
            byte[] damaged = [.. index];
            damaged[i] ^= 0x01;
            Assert.Throws<InvalidDataException>(() => TiffReader.OpenIndexed(new MemoryStream(file), "labels.tif", new MemoryStream(damaged)));
        }
    }

    [Fact]
    public void RowStep_OfStripsAndTiles_IsWhatIsDecodedTogether()
    {
        using var ours = TiffReader.Open(TestStacks.Write(Volume, 400), "labels.tif");
        Assert.Equal(new TiffContents(Volume.Shape, 16, null).RowsPerStrip, ours.Info.RowStep);

        byte[] uncompressed = HandmadeTiff.Gray(8, 2, 16).Write(Shorts(new int[16]));
        using var plain = TiffReader.Open(new MemoryStream(uncompressed), "plain.tif");
        Assert.Equal(1, plain.Info.RowStep);
        Assert.Equal(8, plain.Info.ChunkHeight);

        byte[] oneStrip = HandmadeTiff.Gray(8, 2, 8).Short(TiffTag.Compression, 8)
            .Write(EncodedPage.Compress(new byte[16], EncodedPage.FastDeflate));
        using var whole = TiffReader.Open(new MemoryStream(oneStrip), "whole.tif");
        Assert.Equal(8, whole.Info.RowStep);
    }

    private static byte[] IndexOf(TiffReader reader)
    {
        using var index = new MemoryStream();
        reader.WriteIndex(index);
        return index.ToArray();
    }

    private static byte[] Shorts(params int[] values)
    {
        byte[] bytes = new byte[values.Length * 2];
        var writer = new TiffNumbers(bytes, bigEndian: true);
        foreach (int value in values)
        {
            writer.Short((ushort)value);
        }

        return bytes;
    }

    private sealed class CountedReads(byte[] bytes) : MemoryStream(bytes)
    {
        public long Bytes { get; private set; }

        // The overload for spans ends here too.
        public override int Read(byte[] buffer, int offset, int count)
        {
            int read = base.Read(buffer, offset, count);
            Bytes += read;
            return read;
        }
    }
}
