using CellStitch.Core.Stitching;

namespace CellStitch.Core.Tests.Stitching;

public class OverlapTableTests
{
    [Fact]
    public void Add_TwoDrawnLayers_CountsPairsWithBackgroundOnEitherSide()
    {
        var table = new OverlapTable();
        table.Add(0, Mask.Parse("1 1 . / . 2 2"), Mask.Parse("5 5 5 / . . 5"));

        Assert.Equal(
            [new LabelOverlap(0, 5, 1, 0, 2), new LabelOverlap(1, 5, 2, 0, 0), new LabelOverlap(2, 0, 1, 0, 4), new LabelOverlap(2, 5, 1, 0, 5)],
            Ordered(table));
    }

    [Fact]
    public void Add_Projections_CountsOnlyDifferingCellsAsRejection()
    {
        var table = new OverlapTable();
        uint[] cell = [1, 1, 1, 1];
        table.Add(0, cell, cell, xzSource: [7, 7, 0, 7], xzTarget: [7, 8, 8, 0], yzSource: [3, 3, 3, 3], yzTarget: [3, 4, 4, 4]);

        // XZ rejects at pixel 1 (pixels 2 and 3 abstain); YZ rejects at pixels 1, 2 and 3.
        Assert.Equal([new LabelOverlap(1, 1, 4, 4, 0)], Ordered(table));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 63)]
    [InlineData(1, 64)]
    [InlineData(1, 65)]
    [InlineData(7, 129)]
    [InlineData(61, 97)]
    public void Add_RandomLayers_EqualsPixelByPixelCount(int height, int width)
    {
        var random = new Random((height * 1000) + width);
        foreach (bool sparse in new[] { false, true })
        {
            uint[][] layers = [.. Enumerable.Range(0, 6).Select(_ => RandomLayers.Runs(random, height, width, RandomLayers.Labels(random, 9, sparse)))];
            var table = new OverlapTable();
            table.Add(0, layers[0], layers[1], layers[2], layers[3], layers[4], layers[5]);

            Assert.Equal(CountPlainly(layers), Ordered(table));
        }
    }

    [Fact]
    public void Add_ManyPairs_KeepsAllWhileGrowing()
    {
        uint[] source = [.. Enumerable.Range(0, 50_000).Select(i => (uint)(i * 7))];
        uint[] target = [.. Enumerable.Range(0, 50_000).Select(i => uint.MaxValue - (uint)i)];
        var table = new OverlapTable();
        table.Add(0, source, target);

        Assert.Equal(50_000, table.Count);
        Assert.Equal(CountPlainly([source, target, [], [], [], []]), Ordered(table));
    }

    [Fact]
    public void Add_TablesOfDisjointRows_EqualsTableOfAll()
    {
        var random = new Random(5);
        uint[][] layers = [.. Enumerable.Range(0, 6).Select(_ => RandomLayers.Runs(random, 40, 53, RandomLayers.Labels(random, 12, sparse: false)))];
        var whole = new OverlapTable();
        whole.Add(0, layers[0], layers[1], layers[2], layers[3], layers[4], layers[5]);
        foreach (int[] cuts in new int[][] { [0, 1, 40], [0, 13, 14, 40], [0, 20, 40] })
        {
            var sum = new OverlapTable();
            for (int i = cuts.Length - 2; i >= 0; i--)
            {
                Range rows = (cuts[i] * 53)..(cuts[i + 1] * 53);
                var part = new OverlapTable();
                part.Add(cuts[i] * 53, layers[0][rows], layers[1][rows], layers[2][rows], layers[3][rows], layers[4][rows], layers[5][rows]);
                sum.Add(part);
            }

            Assert.Equal(Ordered(whole), Ordered(sum));
        }
    }

    [Fact]
    public void Add_LayersOfDifferentLength_IsRefused()
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => new OverlapTable().Add(0, [1, 2], [1]));
        Assert.StartsWith("1 pixels given beside 2", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PixelRuns_VectorMasks_EqualPlainMasks()
    {
        var random = new Random(11);
        for (int trial = 0; trial < 200; trial++)
        {
            uint[] source = RandomLayers.Runs(random, 1, 160, RandomLayers.Labels(random, 3, sparse: trial % 2 == 0));
            uint[] target = RandomLayers.Runs(random, 1, 160, RandomLayers.Labels(random, 3, sparse: trial % 2 == 0));
            int at = random.Next(1, 96);

            Assert.Equal(PixelRuns.ChangesPlain(ref source[0], ref target[0], at, 64), PixelRuns.ChangesVector(ref source[0], ref target[0], at));
            Assert.Equal(PixelRuns.RejectionsPlain(ref source[0], ref target[0], at, 64), PixelRuns.RejectionsVector(ref source[0], ref target[0], at));
            int distance = -random.Next(at + 1);
            Assert.Equal(
                PixelRuns.DifferencesPlain(ref source[0], ref target[0], at, distance, 64), PixelRuns.Differences(ref source[0], ref target[0], at, distance, 64));
        }
    }

    private static LabelOverlap[] Ordered(OverlapTable table) => [.. table.Overlaps.OrderBy(o => o.Source).ThenBy(o => o.Target)];

    private static LabelOverlap[] CountPlainly(uint[][] layers)
    {
        var overlaps = new SortedDictionary<(uint, uint), LabelOverlap>();
        for (int i = 0; i < layers[0].Length; i++)
        {
            (uint x, uint y) = (layers[0][i], layers[1][i]);
            if (x == 0 && y == 0)
            {
                continue;
            }

            LabelOverlap overlap = overlaps.GetValueOrDefault((x, y), new LabelOverlap(x, y, 0, 0, i));
            int rejecting = Rejects(layers[2], layers[3], i) + Rejects(layers[4], layers[5], i);
            overlaps[(x, y)] = overlap with { Pixels = overlap.Pixels + 1, Rejecting = overlap.Rejecting + rejecting };
        }

        return [.. overlaps.Values];
    }

    private static int Rejects(uint[] source, uint[] target, int i)
    {
        return source.Length > 0 && source[i] != 0 && target[i] != 0 && source[i] != target[i] ? 1 : 0;
    }
}
