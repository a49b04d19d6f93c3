using CellStitch.Core.Synthesis;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.Synthesis;

public class CellTruthTests
{
    private static readonly SynthOptions Small = new() { Cells = 60, Shape = new VolumeShape(16, 90, 100), Anisotropy = 4, Seed = 7 };

    public static TheoryData<CellFamily> Families => [.. Enum.GetValues<CellFamily>()];

    public static TheoryData<CellFamily, double> FamiliesAndAnisotropies =>
    [
        .. from family in Enum.GetValues<CellFamily>()
           from anisotropy in new[] { 0.5, 1, 2.7, 8 }
           select (family, anisotropy),
    ];

    [Theory]
    [MemberData(nameof(Families))]
    public void Truth_SameOptions_GivesSameVoxels(CellFamily family)
    {
        LabelVolume first = Volume(Small with { Family = family });
        LabelVolume second = Volume(Small with { Family = family });
        Assert.True(first.Voxels.SequenceEqual(second.Voxels));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Truth_OtherSeed_GivesOtherVoxels(CellFamily family)
    {
        LabelVolume first = Volume(Small with { Family = family });
        LabelVolume second = Volume(Small with { Family = family, Seed = 8 });
        Assert.False(first.Voxels.SequenceEqual(second.Voxels));
    }

    // Guards the promise of equal voxels on every machine: a change here changes everybody's volumes and belongs into the changelog.
    [Theory]
    [InlineData(CellFamily.Tissue, 3809765974558010153UL)]
    [InlineData(CellFamily.Stacked, 16343579528267890198UL)]
    [InlineData(CellFamily.Ellipsoids, 9872938445953418003UL)]
    [InlineData(CellFamily.Dense, 10370536726789621497UL)]
    [InlineData(CellFamily.Flat, 1124027578751169795UL)]
    public void Truth_KnownSeed_HasKnownVoxels(CellFamily family, ulong expected)
    {
        ulong hash = 0;
        foreach (uint label in Volume(Small with { Family = family }).Voxels)
        {
            hash = CounterRandom.Mix(hash, label);
        }

        Assert.Equal(expected, hash);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Paint_LayersInAnyOrderAndThread_EqualTheWhole(CellFamily family)
    {
        using var truth = new CellTruth(Small with { Family = family });
        LabelVolume whole = LabelVolume.From(truth);
        var painted = new LabelVolume(truth.Shape);
        Parallel.For(0, truth.Shape.Depth, z => truth.Paint(truth.Shape.Depth - 1 - z, painted.Layer(truth.Shape.Depth - 1 - z)));
        Assert.True(whole.Voxels.SequenceEqual(painted.Voxels));
    }

    [Fact]
    public void OpenRows_FromTheMiddle_GivesTheRowsBelow()
    {
        using var truth = new CellTruth(Small);
        LabelVolume whole = LabelVolume.From(truth);
        var rows = new uint[2 * truth.Shape.Width];
        using IRowReader reader = truth.OpenRows(z: 8, firstRow: 40);
        reader.Read(rows);
        Assert.Equal(whole.Layer(8).Slice(40 * truth.Shape.Width, rows.Length).ToArray(), rows);
    }

    [Theory]
    [MemberData(nameof(FamiliesAndAnisotropies))]
    public void Labels_OfAnyFamilyAndAnisotropy_AreCompactAndNearTheRequest(CellFamily family, double anisotropy)
    {
        using var truth = new CellTruth(Small with { Family = family, Anisotropy = anisotropy, Cells = 40 });
        uint[] labels = [.. Labels(LabelVolume.From(truth))];
        Assert.Equal(Enumerable.Range(1, truth.CellCount).Select(label => (uint)label), labels);
        Assert.InRange(truth.CellCount, 36, 40);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Cells_OfAnyFamily_AreConnectedInSpace(CellFamily family)
    {
        Assert.All(Flood.Pieces(Volume(Small with { Family = family })), piece => Assert.Equal(1, piece.Value));
    }

    [Theory]
    [InlineData(CellFamily.Tissue)]
    [InlineData(CellFamily.Stacked)]
    [InlineData(CellFamily.Ellipsoids)]
    [InlineData(CellFamily.Flat)]
    public void Cells_OfWalledFamilies_DoNotTouchInALayer(CellFamily family)
    {
        // Isotropic, where walls are 2 px in every direction.
        Assert.Equal(0, Touching(Volume(Small with { Family = family, Anisotropy = 1, Shape = new VolumeShape(60, 60, 60) })));
    }

    [Fact]
    public void Walls_OfTissue_AreAboutTwoPixelsThick()
    {
        LabelVolume tissue = Volume(Small with { Shape = new VolumeShape(1, 200, 200), Cells = 50 });
        int[] gaps = [.. Gaps(tissue).Order()];
        // A wall is cut at an angle by most rows, so the median is somewhat more than its thickness.
        Assert.InRange(gaps[gaps.Length / 2], 2, 3);
    }

    [Fact]
    public void Dense_EveryVoxel_BelongsToACell()
    {
        LabelVolume dense = Volume(Small with { Family = CellFamily.Dense });
        Assert.False(dense.Voxels.Contains(0u));
        Assert.True(Touching(dense) > 1000);
    }

    [Fact]
    public void Stacked_ColumnThroughAFile_PassesSeveralCells()
    {
        LabelVolume stacked = Volume(Small with { Family = CellFamily.Stacked, Shape = new VolumeShape(32, 90, 90) });
        int[] passed = [.. Columns(stacked).Select(column => column.Where(label => label != 0).Distinct().Count()).Where(cells => cells > 0)];
        Assert.All(passed, cells => Assert.InRange(cells, 2, 8));
    }

    [Fact]
    public void Flat_Cells_AreOfOneOrTwoLayersOrThick()
    {
        // Interfaces are tilted, so a cell of two layers on the axis of its file may show in a third one beside it.
        LabelVolume flat = Volume(Small with { Family = CellFamily.Flat, Shape = new VolumeShape(32, 90, 90) });
        int[] layers = [.. Labels(flat).Select(label => Enumerable.Range(0, 32).Count(z => flat.Layer(z).Contains(label)))];
        int thin = layers.Count(count => count <= 3);
        Assert.InRange(thin, layers.Length / 4, layers.Length / 2);
        Assert.True(layers.Count(count => count >= 6) >= layers.Length / 3, string.Join(' ', layers));
    }

    [Fact]
    public void Tissue_OfAnyDepth_LeavesBackgroundAroundTheOrgan()
    {
        LabelVolume tissue = Volume(Small);
        Assert.Equal(0u, tissue[0, 0, 0]);
        Assert.NotEqual(0, tissue.Layer(8).ToArray().Count(label => label != 0));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Truth_OneCellInOneLayer_IsOneLabel(CellFamily family)
    {
        LabelVolume volume = Volume(new SynthOptions { Family = family, Cells = 1, Shape = new VolumeShape(1, 9, 9) });
        Assert.Equal([1u], Labels(volume));
    }

    internal static LabelVolume Volume(SynthOptions options)
    {
        using var truth = new CellTruth(options);
        return LabelVolume.From(truth);
    }

    private static IEnumerable<uint> Labels(LabelVolume volume) => volume.Voxels.ToArray().Where(label => label != 0).Distinct().Order();

    private static IEnumerable<uint[]> Columns(LabelVolume volume)
    {
        return
            from y in Enumerable.Range(0, volume.Shape.Height)
            from x in Enumerable.Range(0, volume.Shape.Width)
            select Enumerable.Range(0, volume.Shape.Depth).Select(z => volume[z, y, x]).ToArray();
    }

    // Pairs of pixels side by side in a row or column of a layer that belong to two cells.
    private static int Touching(LabelVolume volume)
    {
        (int depth, int height, int width) = volume.Shape;
        bool Differ(uint a, uint b) => a != 0 && b != 0 && a != b;
        return (
            from z in Enumerable.Range(0, depth)
            from y in Enumerable.Range(0, height - 1)
            from x in Enumerable.Range(0, width - 1)
            where Differ(volume[z, y, x], volume[z, y, x + 1]) || Differ(volume[z, y, x], volume[z, y + 1, x])
            select 1).Count();
    }

    private static List<int> Gaps(LabelVolume layer)
    {
        var gaps = new List<int>();
        for (int y = 0; y < layer.Shape.Height; y++)
        {
            int last = -1;
            for (int x = 0; x < layer.Shape.Width; x++)
            {
                if (layer[0, y, x] != 0)
                {
                    if (last >= 0 && layer[0, y, last] != layer[0, y, x])
                    {
                        gaps.Add(x - last - 1);
                    }

                    last = x;
                }
            }
        }

        return gaps;
    }
}
