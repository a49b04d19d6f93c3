using CellStitch.Core.IO;
using CellStitch.Core.Volumes;
using CellStitch.Segmentation.Classic;
using CellStitch.Segmentation.Flows;
using CellStitch.Segmentation.Images;
using CellStitch.Segmentation.Stacks;
using CellStitch.Tests;

namespace CellStitch.Segmentation.Tests;

public class SegmentationSetupTests
{
    private static readonly SegmentationOptions Classic = new() { Method = SegmentationMethod.Classic, Diameter = 12 };

    [Theory]
    [InlineData("gland_20171204_3a", "masks2d_xy.tif", true)]
    [InlineData("mouse_embryo_train_Emb01_t501", "masks2d_xy.tif", true)]
    [InlineData("platynereis_tp7", "labels.tif", true)]
    [InlineData("gland_20171204_3a", "raw.tif", false)]
    [InlineData("neubias_nuclei_aniso", "raw.tif", false)]
    [InlineData("plant2d_atas", "raw.tif", false)]
    public void Decide_Masks_AreRefusedAndRawStacksAreNot(string item, string file, bool masks)
    {
        using RawReader raw = RawReader.Open(SharedData.Data("real", item, file));
        if (masks)
        {
            InvalidMaskException fault = Assert.Throws<InvalidMaskException>(() => Decide(raw));
            Assert.Equal(MaskFault.LooksLikeMasks, fault.Fault);
        }
        else
        {
            Assert.Equal(12, Decide(raw).Diameter);
        }
    }

    [Theory]
    [InlineData("mouse_embryo_train_Emb01_t501", 11.5)]
    [InlineData("stardist_demo3d", 11.3)]
    [InlineData("gland_20171204_4a", 10.9)]
    public void Decide_WithoutDiameter_ComesCloseToTheTrueMedian(string item, double truePx)
    {
        using RawReader raw = RawReader.Open(SharedData.Data("real", item, "raw.tif"));
        using var network = FlowNetwork.Open(FlowNetwork.DefaultModelPath);
        double estimated = SegmentationSetup.Decide(raw, new SegmentationOptions(), network, TestContext.Current.CancellationToken).Diameter;

        // The network takes a third more or less.
        Assert.InRange(estimated, truePx / 1.33, truePx * 1.33);
    }

    [Theory]
    [InlineData("gland_20171204_1a", 9.4, BrightPart.Membranes)]
    [InlineData("gland_20171204_3a", 10.2, BrightPart.Membranes)]
    [InlineData("gland_20171204_4a", 10.4, BrightPart.Membranes)]
    [InlineData("mouse_embryo_train_Emb01_t501", 11.0, BrightPart.Nuclei)]
    [InlineData("mouse_embryo_train_Emb05_t251", 17.1, BrightPart.Nuclei)]
    [InlineData("ovule_nuclei_1135", 17.9, BrightPart.Nuclei)]
    [InlineData("plantseg_rgb3d0", 16.6, BrightPart.Nuclei)]
    [InlineData("stardist_demo3d", 11.3, BrightPart.Nuclei)]
    public void Decide_RealStacks_SeesWhatIsBright(string item, double diameter, BrightPart expected)
    {
        using RawReader raw = RawReader.Open(SharedData.Data("real", item, "raw.tif"));
        SegmentationOptions options = Classic with { Diameter = diameter };

        Assert.Equal(expected, SegmentationSetup.Decide(raw, options, network: null, TestContext.Current.CancellationToken).Part);
    }

    [Fact]
    public void IntensityHistogram_RandomPixels_GivesTheSortedPercentiles()
    {
        var random = new Random(3);
        foreach (int count in new[] { 1, 2, 99, 100, 101, 4321 })
        {
            float[] pixels = [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() - 0.3) * Math.Pow(10, random.Next(6))))];
            IntensityRange range = IntensityHistogram.Range(part => part(pixels));
            float[] sorted = [.. pixels.Order()];
            Assert.Equal(Percentile(1), range.Low, 1e-6 * Math.Abs(range.Low));
            Assert.Equal(Percentile(99), range.High, 1e-6 * Math.Abs(range.High));

            double Percentile(double percent)
            {
                double at = percent / 100 * (count - 1);
                double below = sorted[(int)at];
                return below + ((at - Math.Floor(at)) * (sorted[Math.Min((int)at + 1, count - 1)] - below));
            }
        }
    }

    private static SegmentationSetup Decide(RawReader raw) => SegmentationSetup.Decide(raw, Classic, network: null, TestContext.Current.CancellationToken);
}
