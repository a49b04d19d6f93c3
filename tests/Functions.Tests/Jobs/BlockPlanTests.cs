using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;
using CellStitch.Functions.Jobs;

namespace CellStitch.Functions.Tests.Jobs;

public class BlockPlanTests
{
    private static readonly StitchOptions Repaired = new();
    private static readonly StitchOptions Unrepaired = new() { Repair = false };
    private static readonly StitchOptions Paper = new() { Profile = StitchProfile.Paper };

    public static TheoryData<int, int, int, long, int> Volumes => new()
    {
        { 64, 512, 512, 64 << 20, 512 },
        { 64, 512, 512, 1 << 20, 512 },
        { 64, 512, 512, 100_000, 512 },
        { 64, 512, 512, 100_000, 32 },
        { 1, 1, 1, 1, 1 },
        { 1000, 2048, 2048, 64 << 20, 64 },
        { 7, 40_000, 40_000, 64 << 20, 16 },
        { 7, 40_000, 40_000, 1 << 20, 16 },
        { 256, 4096, 4096, 64 << 20, 32 },
        { 20, 4001, 2500, 64 << 20, 7 },
        { 100_000, 64, 64, 1, 64 },
    };

    [Theory]
    [MemberData(nameof(Volumes))]
    public void Blocks_OfAnyVolume_CoverEveryRowOfEveryLayerOnce(int depth, int height, int width, long blockVoxels, int rowStep)
    {
        foreach (StitchOptions stitching in new[] { Repaired, Unrepaired, Paper })
        {
            CoverEveryRowOfEveryLayerOnce(new VolumeShape(depth, height, width), blockVoxels, rowStep, stitching);
        }
    }

    private static void CoverEveryRowOfEveryLayerOnce(VolumeShape shape, long blockVoxels, int rowStep, StitchOptions stitching)
    {
        (int layers, int rows) = BlockPlan.Choose(shape, blockVoxels, rowStep, stitching);
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
                Assert.True(y.First % rowStep == 0 && (y.End % rowStep == 0 || y.End == shape.Height));
                covered += (long)z.Count * y.Count;
            }
        }

        Assert.Equal(plan.LayerBlocks * plan.RowBlocks, block);
        Assert.Equal((long)shape.Depth * shape.Height, covered);
    }

    [Fact]
    public void Choose_LayersThatCannotBeCut_AreNeverCut() =>
        Assert.Equal((1, 40_000), BlockPlan.Choose(new VolumeShape(7, 40_000, 40_000), 64 << 20, rowStep: 40_000, Unrepaired));

    [Fact]
    public void Choose_LargeLayers_ReadsFewLayersAgain()
    {
        var shape = new VolumeShape(256, 4096, 4096);

        Assert.Equal((4, 4096), BlockPlan.Choose(shape, 64 << 20, rowStep: 32, Paper));
        Assert.Equal((16, 1024), BlockPlan.Choose(shape, 64 << 20, rowStep: 32, Unrepaired));
        Assert.Equal((4, 4096), BlockPlan.Choose(shape, 64 << 20, rowStep: 32, Repaired));
    }

    [Fact]
    public void Choose_VeryDeepVolume_KeepsTheBlobWithinItsBlocks()
    {
        (int layers, _) = BlockPlan.Choose(new VolumeShape(1 << 20, 8, 8), blockVoxels: 1, rowStep: 8, Repaired);

        Assert.InRange((1 << 20) / layers, 1, 20_000);
    }
}
