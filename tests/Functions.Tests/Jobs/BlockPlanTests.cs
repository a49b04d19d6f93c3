using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;
using CellStitch.Functions.Jobs;

namespace CellStitch.Functions.Tests.Jobs;

public class BlockPlanTests
{
    private static readonly JobOptions Repaired = new();
    private static readonly JobOptions Unrepaired = new() { Repair = false };
    private static readonly JobOptions Paper = new() { Profile = StitchProfile.Paper };
    private static readonly AppSettings Usual = new();

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
        foreach (JobOptions options in new[] { Repaired, Unrepaired, Paper })
        {
            var shape = new VolumeShape(depth, height, width);
            CoverEveryRowOfEveryLayerOnce(shape, options with { BlockVoxels = blockVoxels }, Usual, rowStep);
            CoverEveryRowOfEveryLayerOnce(shape, options, new AppSettings { BlockVoxels = blockVoxels, FusedVoxels = 0 }, rowStep);
        }
    }

    private static void CoverEveryRowOfEveryLayerOnce(VolumeShape shape, JobOptions options, AppSettings settings, int rowStep)
    {
        (int layers, int rows, bool _) = BlockPlan.Choose(shape, options, settings, rowStep);
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
    public void Choose_SmallVolume_IsOneActivityUnlessBlocksAreAskedFor()
    {
        var shape = new VolumeShape(64, 512, 512);

        Assert.Equal((64, 512, true), BlockPlan.Choose(shape, Repaired, Usual, rowStep: 32));
        Assert.Equal((4, 512, false), BlockPlan.Choose(shape, Repaired with { BlockVoxels = 1 << 20 }, Usual, rowStep: 32));
    }

    [Fact]
    public void Choose_LayersThatCannotBeCut_AreNeverCut() =>
        Assert.Equal((1, 40_000, false), BlockPlan.Choose(new VolumeShape(7, 40_000, 40_000), Unrepaired, Usual, rowStep: 40_000));

    [Fact]
    public void Choose_LargeLayers_ReadsFewLayersAgain()
    {
        var shape = new VolumeShape(256, 4096, 4096);

        Assert.Equal((4, 4096, false), BlockPlan.Choose(shape, Paper, Usual, rowStep: 32));
        Assert.Equal((16, 1024, false), BlockPlan.Choose(shape, Unrepaired, Usual, rowStep: 32));
        Assert.Equal((28, 4096, false), BlockPlan.Choose(shape, Repaired, Usual, rowStep: 32));
        Assert.Equal((4, 4096, false), BlockPlan.Choose(shape, Repaired with { BlockVoxels = 64 << 20 }, Usual, rowStep: 32));
    }

    [Fact]
    public void Choose_VeryDeepVolume_KeepsTheBlobWithinItsBlocks()
    {
        (int layers, _, _) = BlockPlan.Choose(new VolumeShape(1 << 20, 8, 8), Repaired with { BlockVoxels = 1 }, Usual, rowStep: 8);

        Assert.InRange((1 << 20) / layers, 1, 20_000);
    }
}
