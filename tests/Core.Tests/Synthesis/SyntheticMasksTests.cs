using CellStitch.Core.Synthesis;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.Synthesis;

public class SyntheticMasksTests
{
    private const ulong Seed = 11;

    private static readonly SynthOptions Small = new() { Cells = 60, Shape = new VolumeShape(16, 90, 100), Anisotropy = 4, Seed = 7 };

    public static TheoryData<CellFamily, MaskProjection> FamiliesAndProjections =>
    [
        .. from family in Enum.GetValues<CellFamily>()
           from projection in Enum.GetValues<MaskProjection>()
           select (family, projection),
    ];

    public static TheoryData<MaskProjection> Projections => [.. Enum.GetValues<MaskProjection>()];

    [Theory]
    [MemberData(nameof(FamiliesAndProjections))]
    public void IdealMasks_EachPlane_AreTheComponentsOfTheTruth(CellFamily family, MaskProjection projection)
    {
        LabelVolume truth = CellTruthTests.Volume(Small with { Family = family });
        LabelVolume masks = Make(truth, projection, MaskNoise.Ideal).Masks;
        for (int plane = 0; plane < Planes.Count(truth, projection); plane++)
        {
            int[] components = Flood.Components(Planes.Of(truth, projection, plane));
            uint[] labels = Planes.Flat(Planes.Of(masks, projection, plane));
            Assert.True(Flood.SamePartition(components, labels), $"plane {plane} differs");
            Assert.Equal((uint)components.Max(), labels.Max());
        }
    }

    [Fact]
    public void IdealMasks_CellInTwoPieces_GetsTwoLabels()
    {
        var truth = new LabelVolume(new VolumeShape(1, 3, 7), [5, 5, 0, 5, 0, 0, 9, 5, 0, 0, 5, 0, 9, 0, 0, 5, 0, 5, 0, 0, 0]);
        LabelVolume masks = Make(truth, MaskProjection.Xy, MaskNoise.Ideal).Masks;
        // Pixels that meet at a corner belong together.
        Assert.True(Flood.SamePartition([1, 1, 0, 2, 0, 0, 3, 1, 0, 0, 2, 0, 3, 0, 0, 1, 0, 2, 0, 0, 0], masks.Voxels));
    }

    [Fact]
    public void IdealMasks_Labels_AreShuffledDifferentlyInEachLayer()
    {
        LabelVolume masks = Make(Planes.Prisms(MaskProjection.Xy, planes: 12, perSide: 5), MaskProjection.Xy, MaskNoise.Ideal).Masks;
        Assert.True(Enumerable.Range(0, 12).Select(z => masks[z, 0, 0]).Distinct().Count() > 6);
    }

    [Theory]
    [MemberData(nameof(Projections))]
    public void Rates_AllZero_GiveTheIdealMasks(MaskProjection projection)
    {
        LabelVolume truth = CellTruthTests.Volume(Small);
        var zero = new NoiseRates { Persistence = 3 };
        SyntheticMasks ideal = Make(truth, projection, MaskNoise.Ideal);
        SyntheticMasks quiet = Make(truth, projection, new MaskNoise(zero, zero));
        Assert.True(ideal.Masks.Voxels.SequenceEqual(quiet.Masks.Voxels));
        Assert.Equal(new ErrorCounts(ideal.Errors.Slices, 0, 0, 0, 0, 0, 0), quiet.Errors);
    }

    [Theory]
    [MemberData(nameof(Projections))]
    public void HeavyMasks_AnyThreadCount_HaveTheSameBytes(MaskProjection projection)
    {
        LabelVolume truth = CellTruthTests.Volume(Small);
        SyntheticMasks one = SyntheticMasks.Make(truth, projection, MaskNoise.Heavy, Seed, threads: 1, TestContext.Current.CancellationToken);
        SyntheticMasks four = SyntheticMasks.Make(truth, projection, MaskNoise.Heavy, Seed, threads: 4, TestContext.Current.CancellationToken);
        Assert.True(one.Masks.Voxels.SequenceEqual(four.Masks.Voxels));
        Assert.Equal((one.Errors, one.LargestLabel), (four.Errors, four.LargestLabel));
    }

    [Theory]
    [MemberData(nameof(Projections))]
    public void HeavyMasks_OtherSeed_HaveOtherErrors(MaskProjection projection)
    {
        LabelVolume truth = CellTruthTests.Volume(Small);
        SyntheticMasks first = SyntheticMasks.Make(truth, projection, MaskNoise.Heavy, Seed, cancellation: TestContext.Current.CancellationToken);
        SyntheticMasks second = SyntheticMasks.Make(truth, projection, MaskNoise.Heavy, Seed + 1, cancellation: TestContext.Current.CancellationToken);
        Assert.NotEqual(first.Errors, second.Errors);
    }

    [Theory]
    [MemberData(nameof(FamiliesAndProjections))]
    public void HeavyMasks_LabelsOfAPlane_AreCompact(CellFamily family, MaskProjection projection)
    {
        SyntheticMasks heavy = Make(CellTruthTests.Volume(Small with { Family = family }), projection, MaskNoise.Heavy);
        uint largest = 0;
        for (int plane = 0; plane < Planes.Count(heavy.Masks, projection); plane++)
        {
            uint[] labels = [.. Planes.Flat(Planes.Of(heavy.Masks, projection, plane)).Where(label => label != 0).Distinct().Order()];
            Assert.Equal(Enumerable.Range(1, labels.Length).Select(label => (uint)label), labels);
            largest = Math.Max(largest, (uint)labels.Length);
        }

        Assert.Equal(largest, heavy.LargestLabel);
    }

    [Theory]
    [MemberData(nameof(Projections))]
    public void Rates_XyAndProjections_ApplyToTheirOwnStacks(MaskProjection projection)
    {
        LabelVolume truth = CellTruthTests.Volume(Small);
        ErrorCounts errors = Make(truth, projection, new MaskNoise(NoiseRates.None, new NoiseRates { Drop = 0.5 })).Errors;
        Assert.Equal(projection != MaskProjection.Xy, errors.Dropped > 0);
    }

    [Fact]
    public void Levels_FromIdealToPoor_HaveMoreErrorsInTheProjections()
    {
        LabelVolume truth = CellTruthTests.Volume(Small);
        MaskNoise[] levels = [MaskNoise.Ideal, MaskNoise.Light, MaskNoise.Heavy, MaskNoise.Poor];
        long[] dropped = [.. levels.Select(level => Make(truth, MaskProjection.Xz, level).Errors.Dropped)];
        Assert.Equal(dropped.Distinct().Order(), dropped);
        Assert.Equal(Make(truth, MaskProjection.Xy, MaskNoise.Light).Errors, Make(truth, MaskProjection.Xy, MaskNoise.Poor).Errors);
    }

    [Fact]
    public void Make_Cancelled_Stops()
    {
        LabelVolume truth = CellTruthTests.Volume(Small);
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => SyntheticMasks.Make(truth, MaskProjection.Xy, MaskNoise.Heavy, Seed, cancellation: source.Token));
    }

    [Theory]
    [MemberData(nameof(Projections))]
    public void Make_EmptyVolume_StaysEmpty(MaskProjection projection)
    {
        SyntheticMasks masks = Make(new LabelVolume(new VolumeShape(5, 6, 7)), projection, MaskNoise.Heavy);
        Assert.Equal((0u, default(ErrorCounts)), (masks.LargestLabel, masks.Errors));
        Assert.False(masks.Masks.Voxels.ContainsAnyExcept(0u));
    }

    private static SyntheticMasks Make(LabelVolume truth, MaskProjection projection, MaskNoise noise)
    {
        return SyntheticMasks.Make(truth, projection, noise, Seed, threads: 1, TestContext.Current.CancellationToken);
    }
}
