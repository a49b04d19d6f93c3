using CellStitch.Core.Stitching;

namespace CellStitch.Core.Tests.Stitching;

public class HoleFillingTests
{
    [Theory]
    [InlineData("1 1 1 / 1 . 1 / 1 1 1", "1 1 1 / 1 1 1 / 1 1 1")]
    [InlineData(". 1 . / 1 . 1 / . 1 .", ". 1 . / 1 1 1 / . 1 .")] // background does not leak through corners
    [InlineData("1 1 1 / 1 . . / 1 1 1", "1 1 1 / 1 . . / 1 1 1")] // open at the border
    [InlineData(". . . / . . . / . . .", ". . . / . . . / . . .")]
    [InlineData("1 1 1 / 1 2 1 / 1 1 1", "1 1 1 / 1 1 1 / 1 1 1")] // swallows what it encloses
    [InlineData("2 2 2 / 2 1 2 / 2 2 2", "2 2 2 / 2 2 2 / 2 2 2")] // whichever is first
    public void Fill_DrawnLayer_ClosesHoles(string before, string after)
    {
        uint[] layer = Mask.Parse(before);
        HoleFilling.Fill(layer, Mask.WidthOf(before), _ => true);
        Assert.Equal(after, Mask.Draw(layer, Mask.WidthOf(before)));
    }

    [Fact]
    public void Fill_NestedCells_ReportsWhoSawWhat()
    {
        // Cell 1 swallows cell 2, which swallows cell 3; cell 1 comes first, so cells 2 and 3 have nothing left at their turn.
        uint[] layer = Mask.Parse("1 1 1 1 1 / 1 2 2 2 1 / 1 2 3 2 1 / 1 2 2 2 1 / 1 1 1 1 1");
        ChangedSlice[] changed = HoleFilling.Fill(layer, 5, _ => true);
        Assert.Equal([new ChangedSlice(1, 16, 9, 25, 0), new ChangedSlice(2, 0, 0, 0, -1), new ChangedSlice(3, 0, 0, 0, -1)], changed);
    }

    [Fact]
    public void Fill_EncloserComesLast_InnerCellsAreCountedBefore()
    {
        uint[] layer = Mask.Parse("3 3 3 / 3 1 3 / 3 3 3");
        ChangedSlice[] changed = HoleFilling.Fill(layer, 3, _ => true);
        Assert.Equal([new ChangedSlice(1, 1, 0, 0, -1), new ChangedSlice(3, 8, 1, 9, 0)], changed);
    }

    [Fact]
    public void Fill_RemovedEncloser_FillsNothing()
    {
        uint[] layer = Mask.Parse("1 1 1 / 1 2 1 / 1 1 1");
        Assert.Empty(HoleFilling.Fill(layer, 3, cell => cell != 1));
        Assert.Equal(2u, layer[4]);
    }

    [Fact]
    public void Fill_RandomLayers_EqualsFloodingTheWholeLayerPerCell()
    {
        var random = new Random(3);
        for (int trial = 0; trial < 300; trial++)
        {
            (int height, int width) = (random.Next(1, 14), random.Next(1, 14));
            uint[] layer = RandomLayers.Runs(random, height, width, RandomLayers.Labels(random, 4, sparse: false), copy: 0.6);
            uint[] expected = [.. layer];
            FillPlainly(expected, height, width, cell => cell != 3);

            HoleFilling.Fill(layer, width, cell => cell != 3);

            Assert.Equal(Mask.Draw(expected, width), Mask.Draw(layer, width));
        }
    }

    // The published way: for each cell in ascending order, flood its complement from beyond the layer's border.
    internal static void FillPlainly(uint[] layer, int height, int width, Func<int, bool> fills)
    {
        foreach (uint cell in layer.Distinct().Where(label => label != 0).Order().ToArray())
        {
            if (!fills((int)cell) || !layer.Contains(cell))
            {
                continue;
            }

            var reached = new bool[height + 2, width + 2];
            var open = new Stack<(int Y, int X)>([(0, 0)]);
            while (open.TryPop(out (int Y, int X) at))
            {
                (int y, int x) = at;
                bool beyond = y < 0 || x < 0 || y > height + 1 || x > width + 1;
                if (beyond || reached[y, x] || (y > 0 && x > 0 && y <= height && x <= width && layer[((y - 1) * width) + x - 1] == cell))
                {
                    continue;
                }

                reached[y, x] = true;
                open.Push((y - 1, x));
                open.Push((y + 1, x));
                open.Push((y, x - 1));
                open.Push((y, x + 1));
            }

            for (int i = 0; i < layer.Length; i++)
            {
                layer[i] = reached[(i / width) + 1, (i % width) + 1] ? layer[i] : cell;
            }
        }
    }
}
