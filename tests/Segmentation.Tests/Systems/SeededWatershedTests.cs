using CellStitch.Core.Volumes;
using CellStitch.Segmentation.Classic;
using CellStitch.Segmentation.Stacks;
using CellStitch.Segmentation.Systems;

namespace CellStitch.Segmentation.Tests.Systems;

public class SeededWatershedTests
{
    [Theory]
    [InlineData(VolumeAxis.X, 1)]
    [InlineData(VolumeAxis.Y, 1)]
    [InlineData(VolumeAxis.Z, 1)]
    [InlineData(VolumeAxis.X, 2.5)]
    [InlineData(VolumeAxis.Z, 2.5)]
    public void Segment_TwoOverlappingBalls_PartsThemAtTheNeck(VolumeAxis axis, double anisotropy)
    {
        // Balls of radius 10 whose centres are 15 apart, in pixels; the neck is the plane between them.
        double[] first = [20, 20, 20];
        double[] second = [20, 20, 20];
        second[(int)axis] += 15;
        var shape = new VolumeShape((int)(56 / anisotropy), 56, 56);
        IntensityVolume raw = KnownVolume.Of(shape, (z, y, x) => In(first, z, y, x) || In(second, z, y, x) ? 1 : 0);

        LabelVolume cells = SeededWatershed.Segment(raw, KnownVolume.Setup(SegmentationMethod.Classic, 20, anisotropy), cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(2u, cells.LargestLabel());
        for (int i = 0; i < raw.Voxels.Length; i++)
        {
            (int z, int y, int x) = (i / shape.LayerPixels, i / shape.Width % shape.Height, i % shape.Width);
            (double toFirst, double toSecond) = (Squared(first, z, y, x), Squared(second, z, y, x));
            // Smoothing takes the last voxels off the poles, and a voxel beside the neck may go either way; others may not.
            if (Math.Min(toFirst, toSecond) <= 81 && Math.Abs(toFirst - toSecond) >= 2 * 15 * anisotropy)
            {
                Assert.True(cells.Voxels[i] == (toFirst < toSecond ? 1u : 2u), $"({z}, {y}, {x}) is in {cells.Voxels[i]}");
            }
        }

        double Squared(double[] centre, int z, int y, int x) =>
            Math.Pow((z * anisotropy) - centre[0], 2) + Math.Pow(y - centre[1], 2) + Math.Pow(x - centre[2], 2);

        bool In(double[] centre, int z, int y, int x) => Squared(centre, z, y, x) <= 100;
    }

    [Fact]
    public void Segment_BallsThatHardlyNarrow_StayOne()
    {
        // Centres 4 apart: the waist is 0.2 narrower than the balls, less than the 0.03 diameters that part cells.
        IntensityVolume raw = KnownVolume.Of(
            new VolumeShape(40, 40, 44), (z, y, x) => Math.Pow(z - 20, 2) + Math.Pow(y - 20, 2) + Math.Min(Math.Pow(x - 20, 2), Math.Pow(x - 24, 2)) <= 100 ? 1 : 0);
        LabelVolume cells = SeededWatershed.Segment(raw, KnownVolume.Setup(SegmentationMethod.Classic, 20), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(1u, cells.LargestLabel());
    }

    [Fact]
    public void Segment_Walls_GivesTheCellsWithinThem()
    {
        LabelVolume truth = KnownVolume.Tissue(new VolumeShape(24, 72, 72), cells: 40, anisotropy: 2);
        LabelVolume cells = Walls(truth, threads: 2);
        Assert.Equal(1, KnownVolume.AveragePrecision(truth, cells));
        Assert.Equal(cells.Voxels, Walls(truth, threads: 1).Voxels);
    }

    [Fact]
    public void Segment_MinimumVolume_DropsSmallerCells()
    {
        IntensityVolume raw = KnownVolume.Of(new VolumeShape(12, 30, 60), (z, y, x) => Ball(z, y, x, 12, 5) || Ball(z, y, x, 40, 7) ? 1 : 0);
        SegmentationSetup setup = KnownVolume.Setup(SegmentationMethod.Classic, 12);
        LabelVolume both = SeededWatershed.Segment(raw, setup, cancellation: TestContext.Current.CancellationToken);
        // The larger ball begins in the layer above.
        LabelVolume large = SeededWatershed.Segment(raw, setup, both.Voxels.Count(2u) + 1, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal([2u, 1u], [both.LargestLabel(), large.LargestLabel()]);
        Assert.Equal(both.Voxels.Count(1u), large.Voxels.Count(1u));

        static bool Ball(int z, int y, int x, int centre, int radius) =>
            ((z - 6) * (z - 6)) + ((y - 15) * (y - 15)) + ((x - centre) * (x - centre)) <= radius * radius;
    }

    [Fact]
    public void Segment_SetupOfANetwork_IsRefused()
    {
        var raw = new IntensityVolume(new VolumeShape(1, 1, 1), [0]);
        Assert.Throws<ArgumentException>(() => SeededWatershed.Segment(raw, KnownVolume.Setup(SegmentationMethod.Onnx, 20), cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Require_StackLargerThanTheMemory_IsRefusedWithBothFigures()
    {
        var raw = new IntensityVolume(new VolumeShape(100, 100, 1000), new float[10_000_000], name: "large.tif");
        InMemory.Require(raw, available: 500_000_000);
        InvalidMaskException fault = Assert.Throws<InvalidMaskException>(() => InMemory.Require(raw, available: 300_000_000));
        Assert.Equal(MaskFault.TooLarge, fault.Fault);
        Assert.Contains("100 × 100 × 1000 voxels need 0.5 GB", fault.Message);
        Assert.Contains("there are 0.3 GB", fault.Message);
    }

    private static LabelVolume Walls(LabelVolume truth, int threads)
    {
        IntensityVolume raw = KnownVolume.Noisy(KnownVolume.Walls(truth), amount: 0.1);
        SegmentationSetup setup = KnownVolume.Setup(SegmentationMethod.Classic, 16, anisotropy: 2, part: BrightPart.Membranes);
        return SeededWatershed.Segment(raw, setup, threads: threads, cancellation: TestContext.Current.CancellationToken);
    }
}
