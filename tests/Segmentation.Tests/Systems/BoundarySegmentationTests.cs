using CellStitch.Core.Volumes;
using CellStitch.Segmentation.Flows;
using CellStitch.Segmentation.Stacks;
using CellStitch.Segmentation.Systems;

namespace CellStitch.Segmentation.Tests.Systems;

public class BoundarySegmentationTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Segment_PerfectBoundariesOfATissue_GivesEveryCell(bool thin)
    {
        LabelVolume truth = KnownVolume.Tissue(new VolumeShape(48, 64, 64), cells: 30, anisotropy: 1);
        IntensityVolume walls = thin ? KnownVolume.ThinWalls(truth) : KnownVolume.Walls(truth);
        BoundaryOptions options = new();
        LabelVolume cells = Segment(walls, options, threads: 3);
        Assert.Equal(1, KnownVolume.AveragePrecision(truth, cells));
        Assert.Equal(cells.Voxels, Segment(walls, options, threads: 1).Voxels);
        Assert.Equal(0, cells.Voxels.Count(0u));
    }

    [Fact]
    public void Segment_LayersOfRooms_AreJoinedToRooms()
    {
        // 3 × 3 × 3 rooms of 9 voxels a side, with walls of one voxel between them; two layers are nothing but wall.
        static bool IsWall(int at) => at % 10 == 9;
        IntensityVolume rooms = KnownVolume.Of(new VolumeShape(29, 29, 29), (z, y, x) => IsWall(z) || IsWall(y) || IsWall(x) ? 1 : 0);
        BoundaryOptions options = new() { Supervoxels = Supervoxels.Layers };
        LabelVolume cells = Segment(rooms, options, threads: 3);
        for (int i = 0; i < rooms.Voxels.Length; i++)
        {
            (int z, int y, int x) = (i / (29 * 29), i / 29 % 29, i % 29);
            Assert.True(rooms.Voxels[i] == 1 || cells.Voxels[i] == (9 * (z / 10)) + (3 * (y / 10)) + (x / 10) + 1, $"({z}, {y}, {x}) is in {cells.Voxels[i]}");
        }

        Assert.Equal(27u, cells.LargestLabel());
        Assert.Equal(cells.Voxels, Segment(rooms, options, threads: 1).Voxels);
    }

    [Fact]
    public void Segment_BetaAndThreshold_DecideWhatIsJoined()
    {
        // Two rooms of 12 columns, and a wall of probability 0.5 and 3 columns between them.
        IntensityVolume rooms = KnownVolume.Of(new VolumeShape(8, 16, 27), (_, _, x) => x is >= 12 and < 15 ? 0.5 : 0);
        BoundaryOptions sharp = new() { Supervoxels = Supervoxels.Layers, Threshold = 0.4 };
        Assert.Equal(2u, Segment(rooms, sharp).LargestLabel());
        Assert.Equal(1u, Segment(rooms, sharp with { Beta = 0.4 }).LargestLabel());
        // Nothing is joined, so each layer keeps its own two; half a pixel above the wall there is none.
        Assert.Equal(16u, Segment(rooms, sharp with { Beta = 1 }).LargestLabel());
        Assert.Equal(8u, Segment(rooms, sharp with { Beta = 1, Threshold = 0.6 }).LargestLabel());
    }

    [Fact]
    public void Segment_SmallCell_GoesToItsNeighbour()
    {
        // A closet of 4 columns beside a room.
        IntensityVolume rooms = KnownVolume.Of(new VolumeShape(6, 16, 24), (_, _, x) => x == 5 ? 1 : 0);
        BoundaryOptions options = new();
        Assert.Equal(2u, Segment(rooms, options).LargestLabel());
        Assert.Equal(1u, Segment(rooms, options with { MinimumVolume = 6 * 16 * 6 + 1 }).LargestLabel());
        LabelVolume without = Segment(rooms, options with { DropsLargest = true });
        Assert.Equal([1u, 0u], [without[3, 8, 2], without[3, 8, 15]]);
    }

    [Fact]
    public void Join_ContactsOfAJoinedRegion_CountByTheirSize()
    {
        // A over B, both left of C. A–B 0.15, A–C 0.2 at one pair, B–C 0.6 at three: once A and B are one, AB–C is (0.2 + 3 · 0.6) / 4 = 0.5.
        var shape = new VolumeShape(1, 4, 2);
        int[] regions = [1, 3, 2, 3, 2, 3, 2, 3];
        double[] probabilities = [0.1, 0.3, 0.2, 1, 0.2, 1, 0.2, 1];
        var map = new BoundaryMap(shape, [.. probabilities.Select(p => (ushort)(p * BoundaryMap.Certain))], null);
        Assert.Equal(regions, Joined(0.14));
        Assert.Equal([1, 3, 1, 3, 1, 3, 1, 3], Joined(0.49));
        Assert.Equal(new int[8].Select(_ => 1), Joined(0.51));

        int[] Joined(double limit)
        {
            int[] labels = [.. regions];
            AverageLinkage.Join(map, labels, limit, TestContext.Current.CancellationToken);
            return labels;
        }
    }

    [Fact]
    public void Spread_TwoSeeds_MeetAtTheRidgeAndStayWhereIsOpen()
    {
        int[] labels = [1, 0, 0, 0, 2, 0];
        Flooding.Spread([0, 1, 5, 2, 0, 9], labels, new VolumeShape(1, 1, 6), i => i < 5);
        Assert.Equal([1, 1, 1, 2, 2, 0], labels);
    }

    [Fact]
    public void Label_PlateausOfMaxima_AreOneSeedEach()
    {
        // The 3s at the corner touch diagonally; the 2s beside them are no maximum, the 2 at the end is one.
        Assert.Equal([0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2], RegionalMaxima.Label([2, 3, 2, 0, 3, 2, 0, 0, 0, 0, 0, 2], new VolumeShape(1, 3, 4)));
    }

    [Fact]
    public void Given_BytesAndShares_AreTheSameAndNegativeNumbersAreRefused()
    {
        IntensityVolume shares = KnownVolume.Of(new VolumeShape(1, 1, 3), (_, _, x) => x / 2.0);
        IntensityVolume bytes = KnownVolume.Of(new VolumeShape(1, 1, 3), (_, _, x) => 127.5 * x);
        Assert.Equal([0, 32768, 65535], BoundaryMap.Given(shares, TestContext.Current.CancellationToken).Probability);
        Assert.Equal([0, 32768, 65535], BoundaryMap.Given(bytes, TestContext.Current.CancellationToken).Probability);
        InvalidMaskException fault = Assert.Throws<InvalidMaskException>(
            () => BoundaryMap.Given(KnownVolume.Of(new VolumeShape(1, 1, 3), (_, _, x) => x - 1), TestContext.Current.CancellationToken));
        Assert.Contains("a boundary probability is -1", fault.Message);
    }

    [Fact]
    public void From_FlowsOfTwoTouchingBalls_PartAtTheContactOnly()
    {
        var truth = new LabelVolume(new VolumeShape(26, 26, 42));
        BoundaryMap map = BoundaryMap.From(KnownVolume.Flows(truth, [(13, 13, 13), (13, 13, 28)], anisotropy: 1, radius: 9));
        // The contact is between columns 20 and 21.
        Assert.True(map.Probability[At(20)] > 0.99 * BoundaryMap.Certain && map.Probability[At(21)] > 0.99 * BoundaryMap.Certain);
        foreach (int x in (int[])[8, 13, 17, 24, 28, 34])
        {
            Assert.True(map.Probability[At(x)] < 0.05 * BoundaryMap.Certain, $"column {x}: {map.Probability[At(x)]}");
        }

        Assert.False(map.Cells![At(2)]);

        int At(int x) => (13 * truth.Shape.LayerPixels) + (13 * truth.Shape.Width) + x;
    }

    [Fact]
    public void Segment_RenderedTissue_FindsItsCells()
    {
        LabelVolume truth = KnownVolume.Tissue(new VolumeShape(16, 64, 64), cells: 20, anisotropy: 2);
        IntensityVolume raw = KnownVolume.Noisy(KnownVolume.Walls(truth), amount: 0.2);
        using FlowNetwork network = FlowNetwork.Open(FlowNetwork.DefaultModelPath);
        LabelVolume cells = BoundarySegmentation.Segment(
            raw,
            KnownVolume.Setup(SegmentationMethod.Onnx, 18, anisotropy: 2),
            network,
            new BoundaryOptions(),
            threads: 2,
            cancellation: TestContext.Current.CancellationToken);
        double ap = KnownVolume.AveragePrecision(truth, cells);
        Assert.True(ap >= 0.6, $"AP {ap}");
    }

    private static LabelVolume Segment(IntensityVolume boundaries, BoundaryOptions options, int threads = 1) =>
        BoundarySegmentation.Segment(boundaries, anisotropy: 1, options, threads, cancellation: TestContext.Current.CancellationToken);
}
