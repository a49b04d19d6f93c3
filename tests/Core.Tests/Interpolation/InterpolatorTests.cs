using CellStitch.Core.Interpolation;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.Interpolation;

public sealed class InterpolatorTests
{
    public static MatrixTheoryData<InterpolationMethod, InterpolationProfile, double> EveryWay => new MatrixTheoryData<InterpolationMethod, InterpolationProfile, double>(
        Enum.GetValues<InterpolationMethod>(), Enum.GetValues<InterpolationProfile>(), [1.2, 2, 2.5, 4]);

    [Theory]
    [MemberData(nameof(Shapes.Names), MemberType = typeof(Shapes))]
    public void Robust_IdenticalSlices_StayIdentical(string shape)
    {
        LabelVolume pair = Shapes.Volume(Shapes.Named(shape), Shapes.Named(shape));

        LabelVolume made = Shapes.Interpolate(pair, 8);

        for (int z = 0; z < made.Shape.Depth; z++)
        {
            Assert.Equal(Mask.Draw(pair.Layer(0), 40), Mask.Draw(made.Layer(z), 40));
        }
    }

    [Theory]
    [InlineData("C")]
    [InlineData("ring")]
    [InlineData("two pieces")]
    [InlineData("one pixel")]
    [InlineData("line")]
    public void Robust_PureTranslation_MovesTheShape(string shape)
    {
        Func<int, int, bool> rule = Shapes.Named(shape);
        LabelVolume made = Shapes.Interpolate(Shapes.Volume(rule, (y, x) => rule(y - 4, x + 4)), 4);

        // A pixel per layer: no rounding is left.
        for (int z = 0; z <= 4; z++)
        {
            LabelVolume moved = Shapes.Volume((y, x) => rule(y - z, x + z));
            Assert.Equal(Mask.Draw(moved.Layer(0), 40), Mask.Draw(made.Layer(z), 40));
        }
    }

    [Fact]
    public void Robust_FarTranslation_MovesTheShapeThoughTheSlicesDoNotTouch()
    {
        LabelVolume made = Shapes.Interpolate(Shapes.Volume(Shapes.Disc(8, 8, 4), Shapes.Disc(32, 32, 4)), 2);

        Assert.Equal(Mask.Draw(Shapes.Volume(Shapes.Disc(20, 20, 4)).Layer(0), 40), Mask.Draw(made.Layer(1), 40));
    }

    [Fact]
    public void Robust_GrowingDisc_HasTheRadiusInBetween()
    {
        LabelVolume made = Shapes.Interpolate(Shapes.Volume(Shapes.Disc(20, 20, 6), Shapes.Disc(20, 20, 14)), 4);

        for (int z = 1; z < 4; z++)
        {
            double iou = Shapes.IoU(Shapes.Volume(Shapes.Disc(20, 20, 6 + (2 * z))).Layer(0), made.Layer(z));
            Assert.True(iou > 0.9, $"layer {z}: IoU {iou:F3}");
        }
    }

    [Fact]
    public void Robust_TurningBar_Turns()
    {
        LabelVolume made = Shapes.Interpolate(Shapes.Volume(Bar(0), Bar(0.6)), 2);

        double iou = Shapes.IoU(Shapes.Volume(Bar(0.3)).Layer(0), made.Layer(1));
        double still = Shapes.IoU(Shapes.Volume(Bar(0.3)).Layer(0), Shapes.Interpolate(Shapes.Volume(Bar(0), Bar(0.6)), 2, method: InterpolationMethod.Sdf).Layer(1));
        Assert.True(iou > 0.8 && iou > still + 0.1, $"IoU {iou:F3}; without motion {still:F3}");

        static Func<int, int, bool> Bar(double angle) => (y, x) =>
        {
            (double c, double s) = (Math.Cos(angle), Math.Sin(angle));
            return Math.Abs((c * (y - 20)) - (s * (x - 20))) <= 3 && Math.Abs((s * (y - 20)) + (c * (x - 20))) <= 15;
        };
    }

    [Theory]
    [InlineData(InterpolationMethod.Transport)]
    [InlineData(InterpolationMethod.Sdf)]
    public void Robust_ReversedStack_GivesTheMirroredVolume(InterpolationMethod method)
    {
        for (int seed = 0; seed < 5; seed++)
        {
            LabelVolume volume = seed % 2 == 0 ? Shapes.Crowd(seed, depth: 4) : Shapes.CrowdWithGaps(seed, depth: 5);
            LabelVolume mirrored = LabelVolume.From(new ReversedLayers(volume));

            LabelVolume made = Shapes.Interpolate(volume, 5, method: method);
            LabelVolume back = LabelVolume.From(new ReversedLayers(Shapes.Interpolate(mirrored, 5, method: method)));

            Assert.Equal(Mask.Draw(made), Mask.Draw(back));
        }
    }

    [Theory]
    [MemberData(nameof(EveryWay))]
    public void AnyMethod_OriginalLayers_AreUnchangedAndThreadsDoNotMatter(InterpolationMethod method, InterpolationProfile profile, double anisotropy)
    {
        LabelVolume volume = Shapes.Crowd(seed: 7, depth: 4);

        LabelVolume made = Shapes.Interpolate(volume, anisotropy, profile, method);

        for (int z = 0; z < volume.Shape.Depth; z++)
        {
            Assert.Equal(Mask.Draw(volume.Layer(z), 40), Mask.Draw(made.Layer(Interpolator.PositionOf(z, anisotropy)), 40));
        }

        Assert.Equal(Interpolator.DepthOf(4, anisotropy), made.Shape.Depth);
        Assert.Equal(made.Voxels.ToArray(), Shapes.Interpolate(volume, anisotropy, profile, method, threads: 3).Voxels.ToArray());
        Assert.Empty(made.Voxels.ToArray().Except(volume.Voxels.ToArray()));
    }

    [Theory]
    [InlineData(InterpolationProfile.Robust)]
    [InlineData(InterpolationProfile.Paper)]
    public void EmptyVolumeAndSingleLayer_StayAsTheyAre(InterpolationProfile profile)
    {
        Assert.All(Shapes.Interpolate(Shapes.Volume((_, _) => false, (_, _) => false), 3, profile).Voxels.ToArray(), label => Assert.Equal(0u, label));
        LabelVolume single = Shapes.Volume(Shapes.C);
        Assert.Equal(single.Voxels.ToArray(), Shapes.Interpolate(single, 3, profile).Voxels.ToArray());
    }

    [Theory]
    [InlineData(InterpolationMethod.Transport)]
    [InlineData(InterpolationMethod.Sdf)]
    public void Robust_CellMissingInALayer_GoesOnThroughIt(InterpolationMethod method)
    {
        // Cell 1 moves by a pixel per new layer and is missing in the middle; cell 2 lies on its way there, and only there.
        LabelVolume volume = Shapes.Labels(
            (y, x) => Shapes.Disc(16, 16, 6)(y, x) ? 1u : 0,
            (y, x) => Shapes.Disc(14, 24, 2)(y, x) ? 2u : 0,
            (y, x) => Shapes.Disc(24, 24, 6)(y, x) ? 1u : 0);

        LabelVolume made = Shapes.Interpolate(volume, 4, method: method);

        uint[] middle = made.Layer(4).ToArray();
        Assert.All(Enumerable.Range(0, middle.Length).Where(i => volume.Layer(1)[i] == 2), i => Assert.Equal(2u, middle[i]));
        LabelVolume expected = Shapes.Interpolate(Shapes.Volume(Shapes.Disc(16, 16, 6), Shapes.Disc(24, 24, 6)), 8, method: method);
        for (int z = 1; z < 8; z++)
        {
            Assert.Equal(expected.Layer(z).ToArray().Where((_, i) => made.Layer(z)[i] != 2), made.Layer(z).ToArray().Where(label => label != 2));
        }

        Assert.Contains(1u, middle);
    }

    [Fact]
    public void Robust_CellMissingInEightLayers_EndsAndBegins()
    {
        Func<int, int, bool> disc = Shapes.Disc(20, 20, 9);
        Func<int, int, bool>[] LayersWithout(int missing) => [disc, .. Enumerable.Repeat<Func<int, int, bool>>((_, _) => false, missing), disc];

        Assert.All(Layers(LayersWithout(7)), layer => Assert.Contains(1u, layer));
        Assert.All(Layers(LayersWithout(8))[2..^2], layer => Assert.DoesNotContain(1u, layer));

        static uint[][] Layers(Func<int, int, bool>[] rules)
        {
            LabelVolume made = Shapes.Interpolate(Shapes.Volume(rules), 2);
            return [.. Enumerable.Range(0, made.Shape.Depth).Select(z => made.Layer(z).ToArray())];
        }
    }

    [Fact]
    public void Summary_CountsPairsEndsAndBridges()
    {
        LabelVolume volume = Shapes.Labels(
            (y, x) => Shapes.Disc(10, 10, 4)(y, x) ? 1u : Shapes.Disc(30, 30, 4)(y, x) ? 2u : 0,
            (y, x) => Shapes.Disc(10, 10, 4)(y, x) ? 1u : 0,
            (y, x) => Shapes.Disc(30, 30, 4)(y, x) ? 2u : Shapes.Disc(10, 30, 4)(y, x) ? 3u : 0);

        InterpolationSummary robust = Interpolator.Interpolate(volume, new VolumeSink(), new InterpolationOptions { Anisotropy = 2 }, cancellation: TestContext.Current.CancellationToken);
        InterpolationSummary paper = Interpolator.Interpolate(
            volume, new VolumeSink(), new InterpolationOptions { Anisotropy = 2, Profile = InterpolationProfile.Paper }, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal((1, 2, 1), (robust.MatchedPairs, robust.CellEnds, robust.BridgedSlices));
        Assert.Equal((1, 4, 0), (paper.MatchedPairs, paper.CellEnds, paper.BridgedSlices));
    }

    [Fact]
    public void Robust_EndingCell_ClosesHalfWay()
    {
        LabelVolume made = Shapes.Interpolate(Shapes.Volume(Shapes.Disc(20, 20, 12), (_, _) => false), 8);

        int[] areas = [.. Enumerable.Range(0, 9).Select(z => made.Layer(z).ToArray().Count(label => label == 1))];
        Assert.True(areas[1] <= areas[0] && areas[2] < areas[1] && areas[3] < areas[2] && areas[3] > 0, string.Join(' ', areas));
        Assert.All(areas[4..], area => Assert.Equal(0, area));
    }

    [Fact]
    public void Robust_EndingCell_GivesWayToMatchedOnes()
    {
        Func<int, int, uint> moved = (y, x) => Shapes.Disc(20, 17, 12)(y, x) ? 2u : 0;
        LabelVolume made = Shapes.Interpolate(
            Shapes.Labels((y, x) => Shapes.Disc(20, 27, 12)(y, x) ? 2u : Shapes.Disc(20, 9, 6)(y, x) ? 1u : 0, moved), 4);
        LabelVolume alone = Shapes.Interpolate(Shapes.Labels((y, x) => Shapes.Disc(20, 27, 12)(y, x) ? 2u : 0, moved), 4);

        Assert.Contains(1u, made.Layer(1).ToArray());
        Assert.Equal(
            alone.Layer(1).ToArray().Select(label => label == 2), made.Layer(1).ToArray().Select(label => label == 2));
    }

    [Fact]
    public void Robust_TissueWithoutBackground_OpensNoSeams()
    {
        // Three cells meet in a point that moves.
        LabelVolume made = Shapes.Interpolate(Shapes.Labels(Tissue(15, 14), Tissue(24, 27)), 6);

        Assert.DoesNotContain(0u, made.Voxels.ToArray());

        static Func<int, int, uint> Tissue(int y0, int x0) => (y, x) => y < y0 ? 1u : x < x0 ? 2u : 3u;
    }

    [Fact]
    public void Robust_Overlap_GoesToTheDeeperCell()
    {
        // Both cells cross the middle; the larger one lies deeper there.
        LabelVolume made = Shapes.Interpolate(
            Shapes.Labels(
                (y, x) => Shapes.Disc(20, 8, 7)(y, x) ? 1u : Shapes.Disc(20, 30, 3)(y, x) ? 2u : 0,
                (y, x) => Shapes.Disc(20, 30, 7)(y, x) ? 1u : Shapes.Disc(20, 8, 3)(y, x) ? 2u : 0),
            2);

        Assert.Equal(1u, made[1, 20, 19]);
        Assert.DoesNotContain(2u, made.Layer(1).ToArray());
    }

    [Fact]
    public void Paper_UnmatchedCells_VanishBesideMatchedOnes()
    {
        LabelVolume made = Shapes.Interpolate(
            Shapes.Labels((y, x) => Shapes.Disc(10, 10, 5)(y, x) ? 1u : Shapes.Disc(30, 30, 5)(y, x) ? 2u : 0, (y, x) => Shapes.Disc(10, 10, 5)(y, x) ? 1u : 0),
            2,
            InterpolationProfile.Paper);

        Assert.DoesNotContain(2u, made.Layer(1).ToArray());
        Assert.Contains(1u, made.Layer(1).ToArray());
    }

    [Fact]
    public void Paper_OnePixelInBothLayers_DoesNotCrash()
    {
        LabelVolume made = Shapes.Interpolate(Shapes.Volume(Shapes.OnePixel, Shapes.OnePixel), 2, InterpolationProfile.Paper);

        Assert.Equal(1u, made[1, 17, 23]);
    }

    [Fact]
    public void Paper_NoMatchedCellButOverlap_KeepsBothOriginalLayers()
    {
        LabelVolume volume = Shapes.Labels((y, x) => Shapes.Disc(20, 20, 6)(y, x) ? 1u : 0, (y, x) => Shapes.Disc(22, 20, 6)(y, x) ? 2u : 0);

        LabelVolume made = Shapes.Interpolate(volume, 2, InterpolationProfile.Paper);

        Assert.Equal(volume.Layer(0).ToArray(), made.Layer(0).ToArray());
        Assert.Equal(volume.Layer(1).ToArray(), made.Layer(2).ToArray());
        Assert.All(made.Layer(1).ToArray(), label => Assert.Equal(0u, label));
    }

    [Fact]
    public void Nearest_MiddleLayer_IsTheUpperOne()
    {
        LabelVolume volume = Shapes.Volume(Shapes.C, Shapes.Ring);

        LabelVolume made = Shapes.Interpolate(volume, 4, method: InterpolationMethod.Nearest);

        Assert.Equal(volume.Layer(0).ToArray(), made.Layer(2).ToArray());
        Assert.Equal(volume.Layer(1).ToArray(), made.Layer(3).ToArray());
    }

    [Fact]
    public void VoxelSize_BecomesIsotropic()
    {
        var volume = new LabelVolume(new VolumeShape(3, 4, 4), new VoxelSize(2, 0.5, 0.5));
        var sink = new VolumeSink();

        InterpolationSummary summary = Interpolator.Interpolate(volume, sink, new InterpolationOptions { Anisotropy = 4 }, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(new VoxelSize(0.5, 0.5, 0.5), summary.VoxelSize);
        Assert.Equal(summary.VoxelSize, sink.Volume.VoxelSize);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0.5)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Anisotropy_OfOneOrLess_IsRefused(double anisotropy) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new InterpolationOptions { Anisotropy = anisotropy });
}
