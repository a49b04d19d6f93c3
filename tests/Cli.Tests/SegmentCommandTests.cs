using CellStitch.Core.Volumes;
using CellStitch.Tests;

namespace CellStitch.Cli.Tests;

public sealed class SegmentCommandTests(RawVolume volume) : IDisposable
{
    private readonly Scratch _scratch = new();

    [Theory]
    [InlineData("onnx")]
    [InlineData("classic")]
    public void Segment_RenderedMembranes_FindsMostCellsInAllDirections(string method)
    {
        Run run = Run.Done("segment", volume.Raw, "-o", _scratch["masks"], "--diameter", "24", "--method", method);

        Assert.DoesNotContain("warning", run.Error);
        LabelVolume truth = Scratch.Read(volume.Truth);
        foreach ((string file, VolumeAxis axis, double least) in new[] { ("xy", VolumeAxis.Z, 0.6), ("xz", VolumeAxis.Y, 0.3), ("yz", VolumeAxis.X, 0.3) })
        {
            LabelVolume masks = Scratch.Read(_scratch[Path.Combine("masks", $"{file}.tif")]);
            Assert.Equal(truth.Shape, masks.Shape);
            Assert.Equal(truth.VoxelSize, masks.VoxelSize);
            double found = SliceRecall.Of(truth, masks, axis);
            Assert.True(found >= least, $"{method}, {file}: finds {found:P0} of the cell slices");
        }
    }

    [Fact]
    public void Segment_ThreadCount_DoesNotChangeTheMasks()
    {
        Run.Done("segment", volume.Raw, "-o", _scratch["one"], "--diameter", "24", "--threads", "1");
        Run.Done("segment", volume.Raw, "-o", _scratch["four"], "--diameter", "24", "--threads", "4");
        foreach (string file in new[] { "xy.tif", "xz.tif", "yz.tif" })
        {
            Assert.Equal(File.ReadAllBytes(_scratch[Path.Combine("one", file)]), File.ReadAllBytes(_scratch[Path.Combine("four", file)]));
        }
    }

    [Fact]
    public void Segment_ContrastAndDiameter_ChangeTheMasks()
    {
        string[] variants = ["--contrast 1", "--contrast 2", "--diameter 12"];
        string[] contents = [.. variants.Select((variant, i) =>
        {
            string[] diameter = variant.StartsWith("--diameter", StringComparison.Ordinal) ? [] : ["--diameter", "24"];
            Run.Done(["segment", volume.Raw, "-o", _scratch[$"{i}"], "--method", "classic", .. variant.Split(' '), .. diameter]);
            return Convert.ToHexString(File.ReadAllBytes(_scratch[Path.Combine($"{i}", "xy.tif")]));
        })];
        Assert.Equal(variants.Length, contents.Distinct().Count());
    }

    [Fact]
    public void Segment_WithoutDiameter_EstimatesAndSaysSo()
    {
        Run run = Run.Done("segment", volume.Raw, "-o", _scratch["masks"], "--method", "classic");
        Assert.Contains("no diameter is given", run.Error);
    }

    [Fact]
    public void Segment_SeveralChannels_AreRefusedWithTheirListUnlessOneIsNamed()
    {
        string raw = SharedData.Data("tiff-corpus", "raw_imagej_2channels.tif");
        Run refused = Run.Of("segment", raw, "-o", _scratch["masks"], "--method", "classic");
        Assert.Equal(ExitCode.BadInput, refused.Code);
        Assert.Contains("channels 1, 2", refused.Error);
        Assert.False(Directory.Exists(_scratch["masks"]));
        Assert.Contains("no channel 3", Run.Of("segment", raw, "-o", _scratch["masks"], "--method", "classic", "--channel", "3").Error);

        Run.Done("segment", raw, "-o", _scratch["masks"], "--method", "classic", "--channel", "2", "--diameter", "20");
        Assert.Equal(["xy.tif", "xz.tif", "yz.tif"], Directory.GetFiles(_scratch["masks"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Segment_NoVoxelSize_CountsAsIsotropicWithAWarning()
    {
        LabelVolume raw = Scratch.Read(volume.Raw);
        string bare = _scratch.Write("bare.tif", new LabelVolume(raw.Shape, raw.Voxels.ToArray()));
        Run run = Run.Done("segment", bare, "-o", _scratch["masks"], "--method", "classic", "--diameter", "24");
        Assert.Contains("anisotropy 1", run.Error);
        Run stated = Run.Done("segment", bare, "-o", _scratch["stated"], "--method", "classic", "--diameter", "24", "--anisotropy", "3");
        Assert.DoesNotContain("anisotropy 1", stated.Error);
    }

    [Fact]
    public void Segment_ModelThatIsNone_IsRefused()
    {
        Run run = Run.Of("segment", volume.Raw, "-o", _scratch["masks"], "--model", volume.Truth);
        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains("truth.tif: is no ONNX model", run.Error);
        Assert.Equal(ExitCode.BadInput, Run.Of("segment", volume.Raw, "-o", _scratch["masks"], "--model", _scratch["missing.onnx"]).Code);
    }

    [Fact]
    public void Segment_OverItsOwnInput_IsRefused()
    {
        File.Copy(volume.Raw, _scratch["xy.tif"]);
        Run run = Run.Of("segment", _scratch["xy.tif"], "-o", _scratch.Folder, "--method", "classic", "--diameter", "24");
        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains("would replace", run.Error);
    }

    public void Dispose() => _scratch.Dispose();
}
