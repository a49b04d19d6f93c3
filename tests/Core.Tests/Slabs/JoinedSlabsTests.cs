using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.Slabs;

public class JoinedSlabsTests
{
    private static readonly VolumeShape Shape = new(5, 6, 7);

    [Theory]
    [InlineData(VolumeAxis.Z, 2, 3)]
    [InlineData(VolumeAxis.Y, 1, 2, 3)]
    [InlineData(VolumeAxis.X, 4, 1, 2)]
    public void JoinedSlabs_CutVolume_IsTheVolumeAgainFromAnyRow(VolumeAxis axis, params int[] lengths)
    {
        var volume = new LabelVolume(Shape);
        for (int i = 0; i < volume.Voxels.Length; i++)
        {
            volume.Voxels[i] = (uint)i;
        }

        var slabs = new List<ILayerSource>();
        int first = 0;
        foreach (int length in lengths)
        {
            slabs.Add(Cut(volume, axis, first, length));
            first += length;
        }

        using var joined = new JoinedSlabs("joined", axis, slabs);
        Assert.Equal(Shape, joined.Shape);
        Assert.Equal(volume.Voxels.ToArray(), LabelVolume.From(joined).Voxels.ToArray());
        using IRowReader rows = joined.OpenRows(z: 3, firstRow: 2);
        var lower = new uint[4 * Shape.Width];
        rows.Read(lower.AsSpan(0, Shape.Width));
        rows.Read(lower.AsSpan(Shape.Width));
        Assert.Equal(volume.Layer(3)[(2 * Shape.Width)..].ToArray(), lower);
    }

    [Fact]
    public void JoinedSlabs_OfOtherSizeAcross_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => new JoinedSlabs("joined", VolumeAxis.Z, [new LabelVolume(Shape), new LabelVolume(Shape with { Width = 3 })]));
    }

    private static LabelVolume Cut(LabelVolume volume, VolumeAxis axis, int first, int length)
    {
        (int z, int y, int x) = axis switch { VolumeAxis.Z => (first, 0, 0), VolumeAxis.Y => (0, first, 0), _ => (0, 0, first) };
        VolumeShape shape = axis switch
        {
            VolumeAxis.Z => Shape with { Depth = length },
            VolumeAxis.Y => Shape with { Height = length },
            _ => Shape with { Width = length },
        };
        var slab = new LabelVolume(shape);
        for (int i = 0; i < slab.Voxels.Length; i++)
        {
            slab.Voxels[i] = volume[z + (i / shape.LayerPixels), y + (i / shape.Width % shape.Height), x + (i % shape.Width)];
        }

        return slab;
    }
}
