using CellStitch.Core.IO;
using CellStitch.Core.Volumes;
using CellStitch.Tests;

namespace CellStitch.Core.Tests.IO;

public class RawReaderTests
{
    [Theory]
    [InlineData("raw_f32.tif", null)]
    [InlineData("raw_u16.tif", null)]
    [InlineData("real_imagej_nuclei_aniso.tif", null)]
    [InlineData("raw_imagej_2channels.tif", 2)]
    [InlineData("raw_rgb.tif", 3)]
    public void RawReader_CorpusFile_ReadsFiniteIntensitiesFromAnyRow(string file, int? channel)
    {
        using RawReader raw = RawReader.Open(SharedData.Data("tiff-corpus", file), channel);
        float[] layer = Layer(raw, raw.Shape.Depth - 1);
        Assert.Contains(layer, pixel => pixel != layer[0]);
        using RawRows rows = raw.OpenRows(raw.Shape.Depth - 1, raw.Shape.Height / 2);
        float[] lower = new float[layer.Length - (raw.Shape.Height / 2 * raw.Shape.Width)];
        rows.Read(lower);
        Assert.Equal(layer[^lower.Length..], lower);
    }

    [Fact]
    public void RawReader_LabelFile_ReadsTheNumbersThatTiffReaderReads()
    {
        string path = SharedData.Data("tiff-corpus", "lab_u16_zip_pred2.tif");
        using TiffReader labels = TiffReader.Open(path);
        using RawReader raw = RawReader.Open(path);
        Assert.Equal(LabelVolume.From(labels).Layer(1).ToArray().Select(label => (float)label), Layer(raw, 1));
    }

    [Theory]
    [InlineData("raw_imagej_2channels.tif", "channels 1, 2")]
    [InlineData("raw_rgb.tif", "channels 1, 2, 3")]
    public void RawReader_SeveralChannels_AreDifferentAndMustBeNamed(string file, string list)
    {
        string path = SharedData.Data("tiff-corpus", file);
        InvalidMaskException fault = Assert.Throws<InvalidMaskException>(() => RawReader.Open(path));
        Assert.Equal(MaskFault.NotOneChannel, fault.Fault);
        Assert.Contains(list, fault.Message);
        Assert.Throws<InvalidMaskException>(() => RawReader.Open(path, channel: 4));
        using RawReader first = RawReader.Open(path, channel: 1);
        using RawReader second = RawReader.Open(path, channel: 2);
        Assert.NotEqual(Layer(first, 0), Layer(second, 0));
    }

    [Fact]
    public void RawReader_BrokenFile_IsRefused()
    {
        Assert.Throws<InvalidMaskException>(() => RawReader.Open(SharedData.Data("tiff-corpus", "bad_truncated_half.tif")));
        Assert.Throws<InvalidMaskException>(() => RawReader.Open(SharedData.Data("tiff-corpus", "pub_jpeg.tif")));
    }

    private static float[] Layer(RawReader raw, int z)
    {
        float[] layer = new float[raw.Shape.LayerPixels];
        using RawRows rows = raw.OpenRows(z);
        rows.Read(layer);
        return layer;
    }
}
