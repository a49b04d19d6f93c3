using CellStitch.Core.Evaluation;
using CellStitch.Core.Volumes;
using static CellStitch.Core.Tests.Evaluation.RandomVolumes;

namespace CellStitch.Core.Tests.Evaluation;

public sealed class InstanceOverlapTests
{
    [Fact]
    public void Measure_TwoLayers_CountsCellsOverTheVolume()
    {
        InstanceOverlap overlap = Overlap(Mask.Volume("7 7 . / 2 2 .", "7 . . / . . ."), Mask.Volume("5 5 5 / . 9 .", "9 . . / . . ."));

        Assert.Equal([new Instance(2, 2), new Instance(7, 3)], overlap.Truth.ToArray());
        Assert.Equal([new Instance(5, 3), new Instance(9, 2)], overlap.Predicted.ToArray());
        Assert.Equal([new InstancePair(0, 1, 1), new InstancePair(1, 0, 2), new InstancePair(1, 1, 1)], overlap.Pairs.ToArray());
        Assert.Equal(4, overlap.Union(overlap.Pairs[1]));
    }

    [Fact]
    public void Measure_MoreCellsThanSixteenBits_KeepsThemApart()
    {
        var volume = new LabelVolume(new VolumeShape(2, 200, 200));
        for (int i = 0; i < volume.Voxels.Length; i++)
        {
            volume.Voxels[i] = uint.MaxValue - (uint)i;
        }

        InstanceOverlap overlap = Overlap(volume, volume, threads: 2);

        Assert.Equal(80_000, overlap.Truth.Length);
        Assert.Equal(uint.MaxValue, overlap.Truth[^1].Label);
        Assert.Equal(80_000, overlap.Pairs.Length);
    }

    [Fact]
    public void Measure_AnyNumberOfThreadsAndBands_GivesTheSameCounts()
    {
        var shape = new VolumeShape(9, 300, 500);
        LabelVolume truth = Noise(1, shape, 40);
        LabelVolume predicted = Noise(2, shape, 50);
        InstancePair[] alone = Overlap(truth, predicted).Pairs.ToArray();

        Assert.Equal(40 * 50, alone.Length);
        Assert.All([2, 3, 16], threads => Assert.Equal(alone, Overlap(truth, predicted, threads).Pairs.ToArray()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2 * 300 * 500)]
    public void LayerSums_TablesThatHoldFewLayers_AddUpToTheSame(long tableVoxels)
    {
        var shape = new VolumeShape(5, 300, 500);
        LabelVolume truth = Noise(1, shape, 3);
        LabelVolume predicted = Noise(2, shape, 3);
        var oneTable = new LayerSums(shape);
        var manyTables = new LayerSums(shape, tableVoxels);
        for (int z = 0; z < shape.Depth; z++)
        {
            oneTable.Count(truth, predicted, z);
            manyTables.Count(truth, predicted, z);
        }

        Assert.Equivalent(LayerSums.Total([oneTable]), LayerSums.Total([manyTables]), strict: true);
    }

    [Fact]
    public void LayerSums_OfTwoThreads_AddUpIn64Bits()
    {
        // Each part alone fits 32 bits.
        using var solid = new SolidVolume(new VolumeShape(2, 1 << 14, 1 << 14));
        LayerSums[] parts = [new(solid.Shape), new(solid.Shape)];
        Assert.All(parts, part => part.Count(solid, solid, 0));
        parts = [.. Enumerable.Repeat(parts, 4).SelectMany(part => part)];

        Assert.Equal(8L << 28, LayerSums.Total(parts)[(1, 1)]);
    }

    [Fact]
    public void Measure_ShapesDiffer_NamesBoth()
    {
        var truth = new LabelVolume(new VolumeShape(2, 3, 4), name: "truth.tif");
        var predicted = new LabelVolume(new VolumeShape(2, 4, 3), name: "labels.tif");

        InvalidMaskException fault = Assert.Throws<InvalidMaskException>(() => Overlap(truth, predicted));
        Assert.Equal(MaskFault.ShapeMismatch, fault.Fault);
        Assert.Equal("labels.tif: has 2 × 4 × 3 voxels; the truth truth.tif has 2 × 3 × 4.", fault.Message);
    }

    [Fact]
    public void Measure_LayerThatCannotBeRead_ThrowsTheReadersException()
    {
        using var broken = new SolidVolume(new VolumeShape(4, 2, 2), brokenLayer: 2);
        Assert.Throws<InvalidMaskException>(() => Overlap(new LabelVolume(broken.Shape), broken, threads: 3));
    }

    [Fact]
    public void Measure_Cancelled_Throws()
    {
        var cancelled = new CancellationToken(canceled: true);
        Assert.ThrowsAny<OperationCanceledException>(
            () => InstanceOverlap.Measure(Mask.Volume("1"), Mask.Volume("1"), cancellation: cancelled));
    }

    // One cell everywhere, of any size.
    private sealed class SolidVolume(VolumeShape shape, int brokenLayer = -1) : ILayerSource
    {
        public string Name => "solid";

        public VolumeShape Shape => shape;

        public VoxelSize? VoxelSize => null;

        public IRowReader OpenRows(int z, int firstRow = 0)
        {
            return z == brokenLayer ? throw new InvalidMaskException(MaskFault.UnreadableTiff, Name, z, "ends early.") : new SolidRows();
        }

        public void Dispose()
        {
        }
    }

    private sealed class SolidRows : IRowReader
    {
        public void Read(Span<uint> rows) => rows.Fill(1);

        public void Dispose()
        {
        }
    }
}
