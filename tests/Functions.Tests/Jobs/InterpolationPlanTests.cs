using CellStitch.Core.Volumes;
using CellStitch.Functions.Jobs;

namespace CellStitch.Functions.Tests.Jobs;

public sealed class InterpolationPlanTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(7, false)]
    [InlineData(null, false)]
    [InlineData(7, true)]
    public void Batches_HoldEveryUnitOnceAndNeverCrossAGap(int? pairs, bool fused)
    {
        int[] units = [0, 5, 0, 0, 14, 1, 2500, 0];
        var plan = new InterpolationPlan(PlanOf(pairs, fused), units);

        var held = units.Select(count => new bool[count]).ToArray();
        for (int batch = 0; batch < plan.Batches; batch++)
        {
            (int gap, Range range) = plan.BatchAt(batch);
            (int first, int count) = range.GetOffsetAndLength(units[gap]);
            Assert.Contains(batch, plan.BatchesOf(gap));
            Assert.InRange(count, 1, pairs ?? 1000);
            for (int unit = first; unit < first + count; unit++)
            {
                Assert.False(held[gap][unit]);
                held[gap][unit] = true;
            }
        }

        Assert.All(held, gap => Assert.DoesNotContain(false, gap));
        Assert.Equal(Enumerable.Range(0, plan.Batches), Enumerable.Range(0, units.Length).SelectMany(plan.BatchesOf));
        Assert.Equal(Enumerable.Range(0, units.Length), Enumerable.Range(0, plan.ComposedParts).SelectMany(plan.GapsOf));
        Assert.Equal(fused ? 1 : units.Length, plan.ComposedParts);
    }

    [Fact]
    public void ComposedParts_OfVeryManyLayers_FitTheBlocksOfABlob()
    {
        var plan = new InterpolationPlan(PlanOf(pairs: null, fused: false), new int[123_456]);

        Assert.InRange(plan.ComposedParts, 1, 40_000);
        Assert.Equal(Enumerable.Range(0, 123_456), Enumerable.Range(0, plan.ComposedParts).SelectMany(plan.GapsOf));
    }

    private static JobPlan PlanOf(int? pairs, bool fused) => new()
    {
        Job = "job",
        Run = "job-0123456789abcdef",
        Program = "this",
        Files = [],
        Options = new JobOptions { PairsPerActivity = pairs },
        Shape = new VolumeShape(9, 8, 8),
        VoxelSize = null,
        Projections = null,
        BlockLayers = 1,
        BlockRows = 8,
        Fused = fused,
        InterpolateBy = 2,
        Warnings = [],
    };
}
