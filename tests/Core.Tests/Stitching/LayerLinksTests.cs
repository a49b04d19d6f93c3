using CellStitch.Core.Stitching;
using CellStitch.Core.Transport;

namespace CellStitch.Core.Tests.Stitching;

public class LayerLinksTests
{
    [Theory]
    [InlineData("1 1 . .", "1 1 . .", new[] { 0 })]
    [InlineData("1 1 1 .", ". . . 1", new[] { -1 })] // no overlap, no link
    [InlineData("1 1 2 2", "1 1 1 1", new[] { 0 })] // equal costs: the first pixel
    [InlineData("1 1 1 1", "1 1 2 2", new[] { 0, -1 })] // equal masses: the first pixel
    [InlineData(". 1 1 1", "1 1 1 .", new[] { 0 })]
    [InlineData("1 . . .", "1 1 1 1", new[] { -1 })] // background wins: J = 3/4 against 1/4
    [InlineData("1 1 . .", "1 1 1 1", new[] { -1 })] // and wins ties
    public void Decide_DrawnLayers_LinksByTransport(string source, string target, int[] expected)
    {
        foreach (TransportSolver solver in Enum.GetValues<TransportSolver>())
        {
            LayerPair pair = OverlapMeasurement.Measure(new MaskStacks(Mask.Volume(source, target)), 0, 1, TestContext.Current.CancellationToken);
            LayerLinks links = LayerLinks.Decide(pair, 0, 1, new StitchOptions { Solver = solver }.Solve, rejectionThreshold: 0.25);
            Assert.Equal(expected, links.SourceOf);
        }
    }

    [Fact]
    public void Decide_RejectedMatch_IsCountedAndNew()
    {
        var stacks = new MaskStacks(Mask.Volume("1 1", "1 1"), Mask.Volume("1 1", "2 2"), Mask.Volume("1 1", "2 2"));
        LayerPair pair = OverlapMeasurement.Measure(stacks, 0, 1, TestContext.Current.CancellationToken);
        LayerLinks links = LayerLinks.Decide(pair, 0, 1, new StitchOptions().Solve, rejectionThreshold: 0.99);
        Assert.Equal([LayerLinks.NewCell], links.SourceOf);
        Assert.Equal(1, links.RejectedByVote);
    }

    [Fact]
    public void Trace_ResidualThatCouldOutweighTheOverlap_TracesNowhere()
    {
        // Cell 2 fills cell 3 but for 2 pixels, which cell 1 gets; its other 8 leave through the hub, where cell 4 could take them all.
        string source = $"{Pixels("1", 10)} {Pixels("2", 10)} {Pixels(".", 58)}";
        string target = $"{Pixels("3", 2)} {Pixels(".", 8)} {Pixels("3", 10)} {Pixels("4", 8)} {Pixels(".", 50)}";
        LayerPair pair = OverlapMeasurement.Measure(new MaskStacks(Mask.Volume(source, target)), 0, 1, TestContext.Current.CancellationToken);
        TransportPlan plan = HubNetworkSimplex.Solve(JaccardCost.Problem(pair));

        int[] trace = CellTrace.Targets(pair, plan);

        Assert.Equal((8L, 8L), (plan.ToHub[1], plan.FromHub[2]));
        Assert.Equal(CellTrace.Nowhere, trace[1]);
        Assert.Equal(1, pair.Overlaps[trace[2]].Target);
    }

    private static string Pixels(string label, int count) => string.Join(' ', Enumerable.Repeat(label, count));
}
