using CellStitch.Core.Synthesis;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.Synthesis;

public class SliceErrorsTests
{
    private const ulong Seed = 5;
    private const int PerSide = 10;
    private const int PlanesOfPrisms = 300;

    // Five standard deviations: one seed in two million fails by chance.
    private const double Deviations = 5;

    public static TheoryData<MaskProjection> Projections => [.. Enum.GetValues<MaskProjection>()];

    [Theory]
    [InlineData(0.02, 1)]
    [InlineData(0.10, 1)]
    [InlineData(0.10, 3)]
    [InlineData(0.40, 4)]
    public void Errors_OfEachKind_FireAtTheirRate(double rate, double persistence)
    {
        const int PlaneCount = 100;
        LabelVolume truth = Planes.Prisms(MaskProjection.Xy, PlaneCount, PerSide);
        ErrorCounts Count(NoiseRates rates) => Make(truth, MaskProjection.Xy, rates with { Persistence = persistence }).Errors;
        long slices = PlaneCount * PerSide * PerSide;
        // Runs of n planes spread the count as much as n times fewer draws would, twice that for runs of random length.
        double deviation = Math.Sqrt(slices * rate * (1 - rate) * (persistence == 1 ? 1 : 2 * persistence));

        void FiresAtRate(long fired) => Assert.InRange(fired, (slices * rate) - (Deviations * deviation), (slices * rate) + (Deviations * deviation));
        Assert.Equal(slices, Count(new NoiseRates { Merge = rate }).Mergeable);
        FiresAtRate(Count(new NoiseRates { Merge = rate }).Merged);
        FiresAtRate(Count(new NoiseRates { Split = rate }).Split);
        FiresAtRate(Count(new NoiseRates { Erode = rate }).Eroded);
        FiresAtRate(Count(new NoiseRates { Drop = rate }).Dropped);
    }

    [Theory]
    [MemberData(nameof(Projections))]
    public void Merge_InWalledTissue_FusesCellsIntoOnePiece(MaskProjection projection)
    {
        LabelVolume truth = CellTruthTests.Volume(new SynthOptions { Cells = 60, Shape = new VolumeShape(16, 90, 100), Seed = 3 });
        SyntheticMasks masks = Make(truth, projection, new NoiseRates { Merge = 0.1 });
        int joined = 0;
        for (int plane = 0; plane < Planes.Count(truth, projection); plane++)
        {
            uint[,] mask = Planes.Of(masks.Masks, projection, plane);
            joined += Planes.CellsOfObjects(Planes.Of(truth, projection, plane), mask).Values.Sum(cells => cells.Count - 1);
            Assert.Equal((int)Planes.Flat(mask).Max(), Flood.Components(mask).Max());
        }

        // Two cells may each choose the other.
        Assert.True(masks.Errors.Merged > 20);
        Assert.InRange(joined, masks.Errors.Merged / 2, masks.Errors.Merged);
    }

    [Fact]
    public void Merge_BeyondReach_DoesNotHappen()
    {
        uint[] apart = [1, 1, 0, 0, 0, 0, 0, 2, 2];
        uint[] near = [1, 1, 0, 0, 0, 0, 2, 2, 0];
        var always = new NoiseRates { Merge = 1 };
        Assert.Equal((0, 0), Merges(apart));
        Assert.Equal((2, 2), Merges(near));

        (long, long) Merges(uint[] row)
        {
            ErrorCounts errors = Make(new LabelVolume(new VolumeShape(1, 1, row.Length), row), MaskProjection.Xy, always).Errors;
            return (errors.Mergeable, errors.Merged);
        }
    }

    [Fact]
    public void Merge_LayersFarApart_DoesNotReachAcrossThem()
    {
        // Two cells above each other, one empty layer between: 8 px at this spacing.
        var truth = new LabelVolume(new VolumeShape(3, 1, 4), [1, 1, 1, 1, 0, 0, 0, 0, 2, 2, 2, 2], new VoxelSize(8, 1, 1));
        var always = new NoiseRates { Merge = 1 };
        Assert.Equal(0, Make(truth, MaskProjection.Xz, always).Errors.Mergeable);
        Assert.Equal(2, Make(new LabelVolume(truth.Shape, truth.Voxels.ToArray()), MaskProjection.Xz, always).Errors.Mergeable);
    }

    [Theory]
    [MemberData(nameof(Projections))]
    public void Split_Slice_BecomesTwoObjectsOfOneCell(MaskProjection projection)
    {
        LabelVolume truth = Planes.Prisms(projection, planes: 20, perSide: 6);
        SyntheticMasks masks = Make(truth, projection, new NoiseRates { Split = 0.3 });
        int halves = 0;
        for (int plane = 0; plane < 20; plane++)
        {
            uint[,] slices = Planes.Of(truth, projection, plane);
            Dictionary<uint, HashSet<uint>> cells = Planes.CellsOfObjects(slices, Planes.Of(masks.Masks, projection, plane));
            Assert.All(cells.Values, covered => Assert.Single(covered));
            int[] pieces = [.. cells.Values.GroupBy(covered => covered.Single()).Select(group => group.Count())];
            Assert.All(pieces, count => Assert.InRange(count, 1, 2));
            halves += pieces.Count(count => count == 2);
        }

        Assert.True(halves > 100);
        Assert.Equal(masks.Errors.Split, halves);
    }

    [Fact]
    public void Split_Halves_AreOfSimilarSize()
    {
        LabelVolume truth = Planes.Prisms(MaskProjection.Xy, planes: 20, perSide: 6);
        LabelVolume masks = Make(truth, MaskProjection.Xy, new NoiseRates { Split = 1 }).Masks;
        int[] areas = [.. masks.Layer(0).ToArray().Where(label => label != 0).GroupBy(label => label).Select(group => group.Count())];
        // A line through the centre of 25 pixels leaves at most the middle row out of balance.
        Assert.All(areas, area => Assert.InRange(area, 10, 15));
    }

    [Theory]
    [MemberData(nameof(Projections))]
    public void Drop_Slice_LeavesItsPlaceEmpty(MaskProjection projection)
    {
        LabelVolume truth = Planes.Prisms(projection, planes: 20, perSide: 6);
        SyntheticMasks masks = Make(truth, projection, new NoiseRates { Drop = 0.25 });
        int missing = truth.Voxels.Length - masks.Masks.Voxels.Count(0u) - (truth.Voxels.Length - truth.Voxels.Count(0u));
        Assert.Equal(-25 * masks.Errors.Dropped, missing);
    }

    [Fact]
    public void Erode_Slice_KeepsExactlyThePixelsInside()
    {
        LabelVolume truth = CellTruthTests.Volume(new SynthOptions { Family = CellFamily.Dense, Cells = 30, Shape = new VolumeShape(3, 80, 80) });
        LabelVolume masks = Make(truth, MaskProjection.Xy, new NoiseRates { Erode = 1 }).Masks;
        for (int y = 1; y < 79; y++)
        {
            for (int x = 1; x < 79; x++)
            {
                uint label = truth[1, y, x];
                bool isInside = truth[1, y - 1, x] == label && truth[1, y + 1, x] == label && truth[1, y, x - 1] == label && truth[1, y, x + 1] == label;
                Assert.Equal(isInside, masks[1, y, x] != 0);
            }
        }
    }

    [Fact]
    public void Erode_SliceThatWouldVanish_IsKept()
    {
        var truth = new LabelVolume(new VolumeShape(1, 4, 4), [0, 0, 0, 0, 0, 7, 7, 0, 0, 7, 7, 0, 0, 0, 0, 0]);
        SyntheticMasks masks = Make(truth, MaskProjection.Xy, new NoiseRates { Erode = 1 });
        Assert.Equal(0, masks.Errors.Eroded);
        Assert.Equal(4, masks.Masks.Voxels.Count(1u));
    }

    [Theory]
    [MemberData(nameof(Projections))]
    public void FalseSlices_InBackground_CoverNoCell(MaskProjection projection)
    {
        LabelVolume truth = CellTruthTests.Volume(
            new SynthOptions { Family = CellFamily.Ellipsoids, Cells = 60, Shape = new VolumeShape(30, 120, 120), Anisotropy = 2 });
        SyntheticMasks masks = Make(truth, projection, new NoiseRates { FalseSlice = 0.2 });
        int invented = 0;
        for (int plane = 0; plane < Planes.Count(truth, projection); plane++)
        {
            uint[,] mask = Planes.Of(masks.Masks, projection, plane);
            Dictionary<uint, HashSet<uint>> cells = Planes.CellsOfObjects(Planes.Of(truth, projection, plane), mask);
            Assert.All(cells.Values, covered => Assert.InRange(covered.Count, 0, 1));
            invented += cells.Values.Count(covered => covered.Count == 0);
            Assert.Equal(cells.Count, Flood.Components(mask).Max());
        }

        Assert.Equal(masks.Errors.FalseSlices, invented);
        Assert.InRange(invented, 0.14 * masks.Errors.Slices, 0.26 * masks.Errors.Slices);
    }

    [Fact]
    public void FalseSlices_WithoutBackground_DoNotOccurEvenWhereSlicesWereDropped()
    {
        LabelVolume dense = CellTruthTests.Volume(new SynthOptions { Family = CellFamily.Dense, Cells = 30, Shape = new VolumeShape(8, 80, 80) });
        ErrorCounts errors = Make(dense, MaskProjection.Xy, new NoiseRates { FalseSlice = 0.5, Drop = 0.5 }).Errors;
        Assert.True(errors.Dropped > 0);
        Assert.Equal(0, errors.FalseSlices);
    }

    [Theory]
    [InlineData(MaskProjection.Xy, 1)]
    [InlineData(MaskProjection.Xy, 4)]
    [InlineData(MaskProjection.Xz, 4)]
    [InlineData(MaskProjection.Yz, 4)]
    public void Drop_OverNeighbouringPlanes_LastsAsLongAsAsked(MaskProjection projection, double persistence)
    {
        const double Rate = 0.1;
        LabelVolume truth = Planes.Prisms(projection, PlanesOfPrisms, perSide: 6);
        LabelVolume masks = Make(truth, projection, new NoiseRates { Drop = Rate, Persistence = persistence }).Masks;
        double mean = MeanRun(plane =>
        {
            uint[,] slices = Planes.Of(truth, projection, plane);
            HashSet<uint> seen = [.. Planes.CellsOfObjects(slices, Planes.Of(masks, projection, plane)).Values.Select(cells => cells.Single())];
            return Planes.Flat(slices).Where(cell => cell != 0).Distinct().Where(cell => !seen.Contains(cell)).Select(cell => (cell, 0u));
        });

        // Independent draws last 1 / (1 - rate) planes.
        double expected = Math.Max(persistence, 1 / (1 - Rate));
        Assert.InRange(mean, 0.85 * expected, 1.15 * expected);
    }

    [Fact]
    public void Merge_OverNeighbouringLayers_KeepsThePairAsLongAsAsked()
    {
        LabelVolume truth = Planes.Prisms(MaskProjection.Xy, PlanesOfPrisms, perSide: 8);
        LabelVolume masks = Make(truth, MaskProjection.Xy, new NoiseRates { Merge = 0.03, Persistence = 4 }).Masks;
        double mean = MeanRun(plane =>
            Planes.CellsOfObjects(Planes.Of(truth, MaskProjection.Xy, plane), Planes.Of(masks, MaskProjection.Xy, plane)).Values
                .Where(cells => cells.Count == 2)
                .Select(cells => (cells.Min(), cells.Max())));
        Assert.InRange(mean, 0.8 * 4, 1.2 * 4);
    }

    [Fact]
    public void FalseSlices_OverNeighbouringLayers_LastAsLongAsAsked()
    {
        // Prisms along the diagonal of an otherwise empty volume.
        var truth = new LabelVolume(new VolumeShape(PlanesOfPrisms, 100, 100));
        for (int z = 0; z < PlanesOfPrisms; z++)
        {
            for (int first = 0; first < 90; first += 15)
            {
                Paint(truth, z, first, edge: 7, label: (uint)first + 1);
            }
        }

        LabelVolume masks = Make(truth, MaskProjection.Xy, new NoiseRates { FalseSlice = 1, Persistence = 4 }).Masks;
        double mean = MeanRun(plane => Places(masks, plane));
        Assert.InRange(mean, 0.85 * 4, 1.15 * 4);

        // A false slice is known by its first pixel: its place keeps its shape.
        IEnumerable<(uint, uint)> Places(LabelVolume volume, int z)
        {
            uint[] mask = Planes.Flat(Planes.Of(volume, MaskProjection.Xy, z));
            uint[] cells = Planes.Flat(Planes.Of(truth, MaskProjection.Xy, z));
            return Enumerable.Range(0, mask.Length).Where(i => mask[i] != 0 && cells[i] == 0).GroupBy(i => mask[i]).Select(o => ((uint)o.Min(), 0u));
        }
    }

    private static void Paint(LabelVolume volume, int z, int first, int edge, uint label)
    {
        for (int y = first; y < first + edge; y++)
        {
            volume.Layer(z).Slice((y * volume.Shape.Width) + first, edge).Fill(label);
        }
    }

    // Mean number of planes in a row in which a subject is erroneous; runs cut off by the ends do not count.
    private static double MeanRun(Func<int, IEnumerable<(uint, uint)>> erroneous)
    {
        var open = new Dictionary<(uint, uint), int>();
        var lengths = new List<int>();
        for (int plane = 0; plane < PlanesOfPrisms; plane++)
        {
            HashSet<(uint, uint)> now = [.. erroneous(plane)];
            foreach ((uint, uint) ended in open.Keys.Where(subject => !now.Contains(subject)).ToArray())
            {
                lengths.Add(plane - open[ended]);
                open.Remove(ended);
            }

            foreach ((uint, uint) subject in now)
            {
                open.TryAdd(subject, plane);
            }
        }

        return lengths.Average();
    }

    private static SyntheticMasks Make(LabelVolume truth, MaskProjection projection, NoiseRates rates)
    {
        return SyntheticMasks.Make(truth, projection, new MaskNoise(rates, rates), Seed, threads: 1, TestContext.Current.CancellationToken);
    }
}
