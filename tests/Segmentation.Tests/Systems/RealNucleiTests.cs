using CellStitch.Core.IO;
using CellStitch.Core.Volumes;
using CellStitch.Segmentation.Flows;
using CellStitch.Segmentation.Stacks;
using CellStitch.Segmentation.Systems;
using CellStitch.Tests;

namespace CellStitch.Segmentation.Tests.Systems;

public class RealNucleiTests
{
    // docs/systems.md has what was measured: 0.81, 0.41 and 0.75.
    [Theory]
    [InlineData(VolumeMethod.Cellpose3D, 0.75)]
    [InlineData(VolumeMethod.Watershed, 0.35)]
    [InlineData(VolumeMethod.Boundaries, 0.7)]
    public void Segment_RealNuclei_FindsAsManyAsWasMeasured(VolumeMethod method, double least)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using RawReader raw = RawReader.Open(SharedData.Data("real", "stardist_demo3d", "raw.tif"));
        using TiffReader truth = TiffReader.Open(SharedData.Data("real", "stardist_demo3d", "labels.tif"));
        using FlowNetwork network = FlowNetwork.Open(FlowNetwork.DefaultModelPath);
        var options = new SegmentationOptions { Method = method == VolumeMethod.Watershed ? SegmentationMethod.Classic : SegmentationMethod.Onnx, Diameter = 11.3, Anisotropy = 1 };
        var setup = SegmentationSetup.Decide(raw, options, network, cancellation);
        LabelVolume cells = method switch
        {
            VolumeMethod.Cellpose3D => Cellpose3D.Segment(raw, setup, network, threads: 2, cancellation: cancellation),
            VolumeMethod.Watershed => SeededWatershed.Segment(raw, setup, threads: 2, cancellation: cancellation),
            _ => BoundarySegmentation.Segment(raw, setup, network, new BoundaryOptions(), threads: 2, cancellation: cancellation),
        };
        double ap = KnownVolume.AveragePrecision(LabelVolume.From(truth), cells);
        Assert.True(ap >= least, $"AP {ap}");
    }
}
