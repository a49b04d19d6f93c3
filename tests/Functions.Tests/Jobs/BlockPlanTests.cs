using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;
using CellStitch.Functions.Jobs;

namespace CellStitch.Functions.Tests.Jobs;

public class BlockPlanTests
{
    public static TheoryData<int, int, int, long, int> Volumes => new()
    {
        { 64, 512, 512, 64 << 20, 512 },
        { 64, 512, 512, 1 << 20, 512 },
        { 64, 512, 512, 100_000, 512 },
        { 64, 512, 512, 100_000, 32 },
        { 1, 1, 1, 1, 1 },
        { 1000, 2048, 2048, 64 << 20, 64 },
        { 7, 40_000, 40_000, 64 << 20, 16 },
        { 100_000, 64, 64, 1, 64 },
    };

    [Theory]
    [MemberData(nameof(Volumes))]
    public void Blocks_OfAnyVolume_CoverEveryRowOfEveryLayerOnce(int depth, int height, int width, long blockVoxels, int rowStep)
    {
        var shape = new VolumeShape(depth, height, width);
        (int layers, int rows) = BlockPlan.Choose(shape, blockVoxels, rowStep);
        var plan = new BlockPlan(shape, layers, rows);
        long covered = 0;
        int block = 0;
        for (int run = 0; run < plan.Runs; run++)
        {
            (int first, int end) = plan.BlocksOf(run);
            Assert.Equal(block, first);
            Assert.InRange(end - first, 1, 100);
            LayerRange ofRun = plan.LayersOfRun(run);
            for (; block < end; block++)
            {
                (LayerRange z, RowRange y) = plan.BlockAt(block);
                Assert.True(ofRun.First <= z.First && z.End <= ofRun.End);
                Assert.True(y.First % rowStep == 0 && (y.End % rowStep == 0 || y.End == height));
                covered += (long)z.Count * y.Count;
            }
        }

        Assert.Equal(plan.LayerBlocks * plan.RowBlocks, block);
        Assert.Equal((long)depth * height, covered);
    }

    [Fact]
    public void Choose_LayersThatCannotBeCut_AreNeverCut() =>
        Assert.Equal((1, 40_000), BlockPlan.Choose(new VolumeShape(7, 40_000, 40_000), 64 << 20, rowStep: 40_000));

    [Fact]
    public void Choose_VeryDeepVolume_KeepsTheBlobWithinItsBlocks()
    {
        (int layers, _) = BlockPlan.Choose(new VolumeShape(1 << 20, 8, 8), blockVoxels: 1, rowStep: 8);

        Assert.InRange((1 << 20) / layers, 1, 20_000);
    }
}
