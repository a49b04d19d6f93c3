using CellStitch.Core.IO;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.IO;

public class TiffWriterTests
{
    [Theory]
    [InlineData(1u, 8)]
    [InlineData(255u, 8)]
    [InlineData(256u, 16)]
    [InlineData(65_535u, 16)]
    [InlineData(65_536u, 32)]
    [InlineData(uint.MaxValue, 32)]
    public void Writer_LargestLabel_TakesTheSmallestPixelTypeAndReadsBackEqual(uint largest, int bits)
    {
        var volume = TestStacks.Blocks(new VolumeShape(3, 37, 41), largest);

        using var file = TestStacks.Write(volume, largest);
        using var reader = TiffReader.Open(file, "written.tif");

        Assert.Equal(bits, reader.Info.Bits);
        Assert.Equal(volume.Voxels, LabelVolume.From(reader).Voxels);
    }

    [Fact]
    public void Writer_VoxelSize_ReadsBackExactly()
    {
        var voxel = new VoxelSize(1.5, 0.25, 0.3333333333333333);
        var volume = new LabelVolume(new VolumeShape(2, 4, 5), voxel);

        using var file = TestStacks.Write(volume, 1);
        using var reader = TiffReader.Open(file, "written.tif");

        Assert.Equal(voxel, reader.VoxelSize);
        Assert.Equal(VoxelSizeSource.Ome, reader.Info.SpacingSource);
    }

    [Fact]
    public void Writer_NoVoxelSize_ReadsBackAsUnknown()
    {
        using var file = TestStacks.Write(new LabelVolume(new VolumeShape(2, 4, 5)), 1);
        using var reader = TiffReader.Open(file, "written.tif");

        Assert.Null(reader.VoxelSize);
    }

    [Fact]
    public void Writer_AnyThreadCount_WritesTheSameBytes()
    {
        var volume = TestStacks.Blocks(new VolumeShape(2, 700, 900), 70_000);

        byte[] one = TestStacks.Write(volume, 70_000, threads: 1).ToArray();
        byte[] four = TestStacks.Write(volume, 70_000, threads: 4).ToArray();

        Assert.Equal(one, four);
    }

    [Fact]
    public void Writer_StreamThatCannotSeek_GetsTheSameBytes()
    {
        var volume = TestStacks.Blocks(new VolumeShape(3, 300, 500), 400);
        using var received = new MemoryStream();

        using (var pipe = new OneWayStream(received))
        using (var writer = new TiffWriter(pipe))
        {
            TestStacks.Pour(volume, writer, 400);
        }

        Assert.Equal(TestStacks.Write(volume, 400).ToArray(), received.ToArray());
    }

    [Fact]
    public void Writer_FromFourGibOn_WritesBigTiff()
    {
        var volume = TestStacks.Blocks(new VolumeShape(3, 300, 500), 400);
        byte[] classic = TestStacks.Write(volume, 400).ToArray();

        using MemoryStream below = TestStacks.Write(volume, 400, bigTiffFrom: classic.Length + 1);
        using MemoryStream reached = TestStacks.Write(volume, 400, bigTiffFrom: classic.Length);

        Assert.Equal(classic, below.ToArray());
        using var reader = TiffReader.Open(reached, "big.tif");
        Assert.True(reader.Info.BigTiff);
        Assert.Equal(volume.Voxels, LabelVolume.From(reader).Voxels);
    }

    [Fact]
    public void Writer_LayersMissing_LeavesNoTiff()
    {
        using var file = new MemoryStream();
        using (var writer = new TiffWriter(file))
        {
            writer.Begin(new VolumeShape(2, 4, 5), 1, null);
            writer.Write(new uint[20]);
        }

        Assert.Throws<InvalidMaskException>(() => TiffReader.Open(file, "broken.tif"));
    }

    [Fact]
    public void Writer_LabelAboveTheLargestSaid_Throws()
    {
        using var writer = new TiffWriter(new MemoryStream());
        writer.Begin(new VolumeShape(1, 1, 2), 255, null);

        Assert.Throws<ArgumentException>(() => writer.Write([1, 256]));
    }

    [Fact]
    public void Directories_PagesEncodedApart_MakeTheSameFile()
    {
        var volume = TestStacks.Blocks(new VolumeShape(4, 300, 500), 400);
        var contents = new TiffContents(volume.Shape, TiffContents.BitsFor(400), null);

        EncodedPage[] pages = [.. Enumerable.Range(0, 4).Reverse().Select(z => EncodedPage.Encode(volume.Layer(z), contents)).Reverse()];
        var directories = TiffDirectories.For(contents, [.. pages.Select(page => page.StripLengths)]);

        byte[] assembled = [.. directories.Header.Span, .. pages.SelectMany(page => page.Bytes.ToArray()), .. directories.Trailer.Span];
        Assert.Equal(TestStacks.Write(volume, 400).ToArray(), assembled);
    }

    [Fact]
    public void Directories_PagesBeyondFourGib_ArePlacedRight()
    {
        const int PageBytes = 2_000_000_000;
        var contents = new TiffContents(new VolumeShape(3, 4, 5), 8, null);
        var directories = TiffDirectories.For(contents, [[PageBytes], [PageBytes], [PageBytes]]);
        byte[] last = EncodedPage.Encode(Enumerable.Repeat(7u, 20).ToArray(), contents).Bytes.ToArray();

        using var file = new SparseStream(
            (0, directories.Header.ToArray()), (16 + (2L * PageBytes), last), (16 + (3L * PageBytes), directories.Trailer.ToArray()));
        using var reader = TiffReader.Open(file, "large.tif");
        uint[] layer = new uint[20];
        reader.ReadLayer(2, layer);
        Assert.True(directories.IsBigTiff && reader.Info.BigTiff);
        Assert.All(layer, label => Assert.Equal(7u, label));
        Assert.False(TiffDirectories.For(new TiffContents(new VolumeShape(2, 4, 5), 8, null), [[PageBytes], [PageBytes]]).IsBigTiff);
    }

    [Fact]
    public void Directories_EmptyStrip_Throws()
    {
        var contents = new TiffContents(new VolumeShape(1, 4, 5), 8, null);

        Assert.Throws<ArgumentException>(() => TiffDirectories.For(contents, [[0]]));
    }
}
