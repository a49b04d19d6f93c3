using CellStitch.Core.Stitching;
using CellStitch.Core.Tests.Volumes;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.Stitching;

public class OverlapMeasurementTests
{
    [Fact]
    public void Measure_BlocksOfRowsInAnyOrder_GiveThePairOfTheWholeLayer()
    {
        var random = new Random(31);
        MaskStacks stacks = new(Stack(random, 9), Stack(random, 3), Stack(random, 3));
        LayerPair whole = OverlapMeasurement.Measure(stacks, 0, 1, TestContext.Current.CancellationToken);
        foreach (int blockRows in new[] { 1, 2, 7, 36, 37 })
        {
            int blocks = (37 + blockRows - 1) / blockRows;
            var sum = new OverlapTable();
            foreach (int block in Enumerable.Range(0, blocks).Reverse())
            {
                var part = new OverlapTable();
                int first = block * blockRows;
                OverlapMeasurement.Measure(part, stacks, 0, 1, first, Math.Min(blockRows, 37 - first), TestContext.Current.CancellationToken);
                sum.Add(part);
            }

            AssertEqual(whole, LayerPair.From(sum, stacks.Shape.LayerPixels));
        }
    }

    [Fact]
    public void Measure_WithoutSourceLayer_GivesTheSlicesOfTheTarget()
    {
        LayerPair pair = OverlapMeasurement.Measure(
            new MaskStacks(Mask.Volume(". 8 8 / 3 8 .")), OverlapMeasurement.NoLayer, 0, TestContext.Current.CancellationToken);
        Assert.Equal([new CellSlice(8, 3, 1), new CellSlice(3, 1, 3)], pair.Targets.ToArray());
        Assert.True(pair.Sources.IsEmpty);
        Assert.Equal((2, 6), (pair.TargetPixels(0), pair.SourcePixels(0)));
    }

    [Fact]
    public void LayerPair_LayersWithoutBackground_HasNoBackgroundOverlap()
    {
        LayerPair pair = OverlapMeasurement.Measure(new MaskStacks(Mask.Volume("2 2 1", "5 5 5")), 0, 1, TestContext.Current.CancellationToken);
        Assert.Equal([new SliceOverlap(1, 1, 2, 0), new SliceOverlap(2, 1, 1, 0)], pair.Overlaps.ToArray());
        Assert.Equal((0, 0), (pair.SourcePixels(0), pair.TargetPixels(0)));
    }

    [Fact]
    public void MeasureDown_RowsThatAreKept_ReadsEachLayerOnce()
    {
        var counted = new CountedLayers(Mask.Volume("9 9 / 1 1", "9 9 / 2 2", "9 9 / 3 3", "9 9 / 4 4"));
        var pairs = new List<(int, LabelOverlap)>();
        OverlapMeasurement.MeasureDown(
            new MaskStacks(counted),
            new LayerRange(1, 4),
            new RowRange(1, 2),
            largestKept: 2,
            (z, table) => pairs.Add((z, table.Overlaps.Single())),
            TestContext.Current.CancellationToken);

        Assert.Equal([(1, new LabelOverlap(1, 2, 2, 0, 2)), (2, new LabelOverlap(2, 3, 2, 0, 2)), (3, new LabelOverlap(3, 4, 2, 0, 2))], pairs);
        Assert.Equal([0, 1, 2, 3], counted.Opened);
    }

    [Fact]
    public void RecentLayers_TwoReadersAtOnce_GiveTheirOwnLayers()
    {
        LabelVolume volume = Mask.Volume("1 1 / 1 1", "2 2 / 2 2");
        var recent = new RecentLayers(volume, 0, volume.Shape.Height);
        var layer = new uint[4];
        using (IRowReader first = recent.OpenRows(0))
        using (IRowReader second = recent.OpenRows(1))
        {
            first.Read(layer.AsSpan(0, 2));
            second.Read(layer.AsSpan(2, 2));
            Assert.Equal([1u, 1, 2, 2], layer);
            first.Read(layer.AsSpan(0, 2));
            second.Read(layer.AsSpan(2, 2));
        }

        recent.ReadLayer(0, layer);
        Assert.Equal([1u, 1, 1, 1], layer);
        recent.ReadLayer(1, layer);
        Assert.Equal([2u, 2, 2, 2], layer);
    }

    private static LabelVolume Stack(Random random, int labels)
    {
        uint[] Layer() => RandomLayers.Runs(random, 37, 29, RandomLayers.Labels(random, labels, sparse: true));
        return new LabelVolume(new VolumeShape(2, 37, 29), [.. Layer(), .. Layer()]);
    }

    private static void AssertEqual(LayerPair expected, LayerPair actual)
    {
        Assert.Equal(expected.Sources.ToArray(), actual.Sources.ToArray());
        Assert.Equal(expected.Targets.ToArray(), actual.Targets.ToArray());
        Assert.Equal(expected.Overlaps.ToArray(), actual.Overlaps.ToArray());
    }
}
