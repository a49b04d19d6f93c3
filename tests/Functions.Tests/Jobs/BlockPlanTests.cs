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
        { 7, 40_000, 40_000, 1 << 20, 16 },
        { 256, 4096, 4096, 64 << 20, 32 },
        { 20, 4001, 2500, 64 << 20, 7 },
        { 100_000, 64, 64, 1, 64 },
    };

    [Theory]
    [MemberData(nameof(Volumes))]
    public void Blocks_OfAnyVolume_CoverEveryRowOfEveryLayerOnce(int depth, int height, int width, long blockVoxels, int rowStep)
    {
        foreach (StitchProfile profile in Enum.GetValues<StitchProfile>())
        {
            CoverEveryRowOfEveryLayerOnce(new VolumeShape(depth, height, width), blockVoxels, rowStep, profile);
        }
    }

    private static void CoverEveryRowOfEveryLayerOnce(VolumeShape shape, long blockVoxels, int rowStep, StitchProfile profile)
    {
        (int layers, int rows) = BlockPlan.Choose(shape, blockVoxels, rowStep, profile);
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
        Assert.Equal((1, 40_000), BlockPlan.Choose(new VolumeShape(7, 40_000, 40_000), 64 << 20, rowStep: 40_000, StitchProfile.Robust));

    [Theory]
    [InlineData(StitchProfile.Paper, 4, 4096)]
    [InlineData(StitchProfile.Robust, 16, 1024)]
    public void Choose_LargeLayers_ReadsFewLayersAgain(StitchProfile profile, int layers, int rows) =>
        Assert.Equal((layers, rows), BlockPlan.Choose(new VolumeShape(256, 4096, 4096), 64 << 20, rowStep: 32, profile));

    [Fact]
    public void Choose_VeryDeepVolume_KeepsTheBlobWithinItsBlocks()
    {
        (int layers, _) = BlockPlan.Choose(new VolumeShape(1 << 20, 8, 8), blockVoxels: 1, rowStep: 8, StitchProfile.Robust);

        Assert.InRange((1 << 20) / layers, 1, 20_000);
    }
}
