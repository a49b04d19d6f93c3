using CellStitch.Core.Stitching;

namespace CellStitch.Core.Tests.Stitching;

public class JaccardCostTests
{
    [Theory]
    [InlineData(4, 4, 4, 0)] // identical
    [InlineData(1, 2, 2, 666_666_667)] // J = 1/3, rounded half up
    [InlineData(2, 3, 3, 500_000_000)]
    [InlineData(1, 1, int.MaxValue, 1_000_000_000)] // nearly nothing in common
    [InlineData(int.MaxValue, int.MaxValue, int.MaxValue, 0)]
    public void Of_KnownPair_IsOneMinusJaccard(int overlap, int source, int target, int expected)
    {
        Assert.Equal(expected, JaccardCost.Of(overlap, source, target));
    }

    [Fact]
    public void CompareJaccard_FractionsThatRoundAlike_AreTold()
    {
        // 1/1000000007 and 1/1000000009 are both 0.000000001 when rounded to the cost's unit.
        Assert.True(JaccardCost.CompareJaccard(1, 1_000_000_007, 1, 1_000_000_009) > 0);
        Assert.Equal(0, JaccardCost.CompareJaccard(2, 74, 1, 37));
    }
}
