using CellStitch.Core.Volumes;
using CellStitch.Segmentation.Flows;
using CellStitch.Segmentation.Images;
using CellStitch.Segmentation.Stacks;
using CellStitch.Segmentation.Systems;

namespace CellStitch.Segmentation.Tests.Systems;

public class Cellpose3DTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Labels_FlowsToTheCentresOfTouchingBalls_GivesTheBalls(double anisotropy)
    {
        // Two balls of radius 9 that overlap, and one apart; every voxel points to the centre it is nearest to.
        (double Z, double Y, double X)[] centres = [(12, 14, 12), (12, 14, 25), (22, 14, 45)];
        var shape = new VolumeShape((int)(34 / anisotropy), 30, 60);
        var truth = new LabelVolume(shape);
        VolumeFlows flows = KnownVolume.Flows(truth, centres, anisotropy, radius: 9);

        int[] labels = Cellpose3D.Labels(flows, diameter: 18, minimumVolume: 15, threads: 2, TestContext.Current.CancellationToken);

        LabelVolume cells = InMemory.Number(labels, KnownVolume.Of(shape, (_, _, _) => 0));
        Assert.Equal(3u, truth.LargestLabel());
        Assert.Equal(truth.Voxels, cells.Voxels);
    }

    [Fact]
    public void Labels_SmallBallAndHole_AreDroppedAndFilled()
    {
        (double Z, double Y, double X)[] centres = [(12, 12, 12), (12, 12, 30)];
        var shape = new VolumeShape(24, 24, 36);
        var truth = new LabelVolume(shape);
        VolumeFlows flows = KnownVolume.Flows(truth, centres, anisotropy: 1, radius: 9);
        // A hole in the first ball, so near to its centre that what gets stuck there still belongs to its sink; and of the second ball only the inner 27 voxels.
        int hole = (12 * shape.LayerPixels) + (12 * shape.Width) + 11;
        flows.CellLogit[hole] = -1;
        for (int i = 0; i < truth.Voxels.Length; i++)
        {
            (int z, int y, int x) = (i / shape.LayerPixels, i / shape.Width % shape.Height, i % shape.Width);
            flows.CellLogit[i] = truth.Voxels[i] == 2 && Math.Max(Math.Max(Math.Abs(z - 12), Math.Abs(y - 12)), Math.Abs(x - 30)) > 1 ? -1 : flows.CellLogit[i];
        }

        int[] all = Cellpose3D.Labels(Copy(flows), 18, minimumVolume: 27, threads: 1, TestContext.Current.CancellationToken);
        int[] large = Cellpose3D.Labels(Copy(flows), 18, minimumVolume: 28, threads: 1, TestContext.Current.CancellationToken);

        Assert.Equal(27, all.Count(label => label == all[(12 * shape.LayerPixels) + (12 * shape.Width) + 30]));
        Assert.Equal([truth.Voxels.Count(1u), 0], [large.Count(label => label == 1), large.Count(label => label > 1)]);
        Assert.Equal(1, large[hole]);
    }

    [Fact]
    public void Sinks_OneLayer_AreThoseOfTheImage()
    {
        var random = new Random(2);
        float[] values = [.. Enumerable.Range(0, 3 * 20 * 30).Select(_ => (float)((10 * random.NextDouble()) - 4))];
        var image = new FlowField(20, 30, values);
        var volume = new VolumeFlows(new VolumeShape(1, 20, 30));
        image.DownFlow.CopyTo(volume.Y);
        image.RightFlow.CopyTo(volume.X);
        image.CellLogit.CopyTo(volume.CellLogit);
        Assert.Equal(FlowDynamics.Sinks(image, 0), VolumeDynamics.Sinks(volume, 200, 1, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Of_NetworkThatReturnsWhatItSees_AveragesTheViewsOfEachAxis()
    {
        var shape = new VolumeShape(17, 18, 19);
        IntensityVolume raw = KnownVolume.Of(shape, (z, y, x) => (100 * z) + (10 * y) + x);
        // In a view the network says: down is the image, right is twice the image, the logit the number of the view's first axis.
        FlowField Network(GreyImage image)
        {
            float view = image.Height == 18 ? 1 : image.Width == 19 ? 2 : 6;
            return new FlowField(
                image.Height, image.Width, [.. image.Pixels.Select(pixel => view * pixel), .. image.Pixels.Select(pixel => -view * pixel), .. image.Pixels.Select(_ => view)]);
        }

        VolumeFlows flows = VolumeFlows.Of(
            raw.Voxels.ToArray(), shape, KnownVolume.Setup(SegmentationMethod.Onnx, NominalSize.Diameter), Network, 3, _ => { }, TestContext.Current.CancellationToken);

        for (int i = 0; i < raw.Voxels.Length; i++)
        {
            float value = raw.Voxels[i];
            // z: down in XZ (2) and YZ (6); y: down in XY (1), right in YZ; x: right in XY and XZ.
            Assert.Equal([4 * value, -2.5f * value, -1.5f * value, 3f], [flows.Z[i], flows.Y[i], flows.X[i], flows.CellLogit[i]], (a, b) => Math.Abs(a - b) < 1e-3);
        }
    }

    [Fact]
    public void Segment_RenderedTissue_FindsItsCellsWithAnyNumberOfThreads()
    {
        LabelVolume truth = KnownVolume.Tissue(new VolumeShape(16, 64, 64), cells: 20, anisotropy: 2);
        IntensityVolume raw = KnownVolume.Noisy(KnownVolume.Walls(truth), amount: 0.2);
        using FlowNetwork network = FlowNetwork.Open(FlowNetwork.DefaultModelPath);
        LabelVolume cells = Segment(threads: 2);
        double ap = KnownVolume.AveragePrecision(truth, cells);
        Assert.True(ap >= 0.6, $"AP {ap}");
        Assert.Equal(cells.Voxels, Segment(threads: 1).Voxels);

        LabelVolume Segment(int threads) => Cellpose3D.Segment(
            raw, KnownVolume.Setup(SegmentationMethod.Onnx, 18, anisotropy: 2), network, threads: threads, cancellation: TestContext.Current.CancellationToken);
    }

    private static VolumeFlows Copy(VolumeFlows flows)
    {
        var copy = new VolumeFlows(flows.Shape);
        flows.Z.CopyTo(copy.Z, 0);
        flows.Y.CopyTo(copy.Y, 0);
        flows.X.CopyTo(copy.X, 0);
        flows.CellLogit.CopyTo(copy.CellLogit, 0);
        return copy;
    }
}
