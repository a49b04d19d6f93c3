using CellStitch.Core.IO;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.IO;

public class SliceRepackerTests
{
    public static TheoryData<AxisOrder> Orders() => [.. Enum.GetValues<AxisOrder>()];

    [Theory]
    [MemberData(nameof(Orders))]
    public void Repack_AllSidesDifferent_GivesTheVolumeBack(AxisOrder order) => AssertComesBack(new VolumeShape(66, 130, 71), order);

    [Theory]
    [MemberData(nameof(Orders))]
    public void Repack_AllSidesEqual_GivesTheVolumeBack(AxisOrder order) => AssertComesBack(new VolumeShape(66, 66, 66), order);

    [Fact]
    public void Repack_VoxelSize_TurnsWithTheAxes()
    {
        var stored = new LabelVolume(new VolumeShape(4, 2, 3), new VoxelSize(5, 1, 3));
        using ILayerSource repacked = SliceRepacker.Repack(stored, AxisOrder.XZY, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(new VoxelSize(1, 3, 5), repacked.VoxelSize);
    }

    [Fact]
    public void Repack_Disposed_LeavesNoFile()
    {
        string folder = Directory.CreateTempSubdirectory("cellstitch-test-").FullName;
        using (SliceRepacker.Repack(new LabelVolume(new VolumeShape(4, 2, 3)), AxisOrder.XZY, folder, 1, TestContext.Current.CancellationToken))
        {
            Assert.NotEmpty(Directory.GetFiles(folder));
        }

        Assert.Empty(Directory.GetFiles(folder));
        Directory.Delete(folder);
    }

    [Theory]
    [InlineData(Projection.Xz, AxisOrder.YZX)]
    [InlineData(Projection.Xz, AxisOrder.YXZ)]
    [InlineData(Projection.Yz, AxisOrder.XZY)]
    [InlineData(Projection.Yz, AxisOrder.XYZ)]
    [InlineData(Projection.Yz, AxisOrder.ZYX)]
    public void Recognise_SidesDiffer_FindsTheOrder(Projection projection, AxisOrder order)
    {
        var xy = new VolumeShape(3, 4, 5);

        Assert.Equal(order, AxisOrders.Recognise(new LabelVolume(order.FileShape(xy)), xy, projection));
    }

    [Fact]
    public void Recognise_ZyxFits_HoldsEvenWhereOthersFitToo()
    {
        var cube = new VolumeShape(4, 4, 4);

        Assert.Equal(AxisOrder.ZYX, AxisOrders.Recognise(new LabelVolume(cube), cube, Projection.Xz));
    }

    [Fact]
    public void Recognise_TwoSlicewiseOrdersFit_Throws()
    {
        // z and x are equal: page y, but rows and columns cannot be told apart.
        var xy = new VolumeShape(4, 6, 4);
        var refusal = Assert.Throws<InvalidMaskException>(() => AxisOrders.Recognise(new LabelVolume(new VolumeShape(6, 4, 4)), xy, Projection.Xz));

        Assert.Equal(MaskFault.ShapeMismatch, refusal.Fault);
        Assert.Contains("YZX and YXZ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Recognise_NoOrderFits_SaysWhatWasExpected()
    {
        var refusal = Assert.Throws<InvalidMaskException>(
            () => AxisOrders.Recognise(new LabelVolume(new VolumeShape(3, 4, 6)), new VolumeShape(3, 4, 5), Projection.Yz));

        Assert.Contains("5 × 3 × 4 (XZY)", refusal.Message, StringComparison.Ordinal);
    }

    private static void AssertComesBack(VolumeShape shape, AxisOrder order)
    {
        LabelVolume volume = TestStacks.Blocks(shape, 100_000);
        var stored = new LabelVolume(order.FileShape(shape));
        for (int z = 0; z < shape.Depth; z++)
        {
            for (int y = 0; y < shape.Height; y++)
            {
                for (int x = 0; x < shape.Width; x++)
                {
                    VolumeShape at = order.FileShape(new VolumeShape(z, y, x));
                    stored[at.Depth, at.Height, at.Width] = volume[z, y, x];
                }
            }
        }

        // The bound of 100 kB makes several blocks of rows.
        using ILayerSource repacked = SliceRepacker.Repack(stored, order, folder: null, threads: 2, blockBytes: 100_000, TestContext.Current.CancellationToken);
        Assert.Equal(shape, repacked.Shape);
        Assert.Equal(volume.Voxels, LabelVolume.From(repacked).Voxels);
    }
}
