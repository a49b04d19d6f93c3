using CellStitch.Cli.Jobs;
using CellStitch.Core.Volumes;
using CellStitch.Functions.Jobs;
using CellStitch.Segmentation.Stacks;

namespace CellStitch.Cli.Tests.Jobs;

public class PredictionTests
{
    /// <summary>What bench/RESULTS.md has under "Through the host", on two cores: within a factor of two, as machines are.</summary>
    [Theory]
    [InlineData(32, 512, 512, 1, 4.3, 200)]
    [InlineData(64, 512, 512, 1, 3.7, 194)]
    [InlineData(128, 1024, 1024, 2, 9.2, 583)]
    public void Of_MeasuredVolume_IsWithinAFactorOfTwo(int depth, int height, int width, int blocks, double seconds, double megabytes)
    {
        Prediction prediction = Prediction.Of(Job(depth, height, width), new JobOptions(), cores: 2);

        Assert.Equal(blocks, prediction.Blocks);
        Assert.InRange(prediction.Time.TotalSeconds, seconds / 2, seconds * 2);
        Assert.InRange(prediction.MemoryBytes / 1e6, megabytes / 2, megabytes * 2);
    }

    /// <summary>The same under "volume", whose boxes are quickly counted: memory only.</summary>
    [Theory]
    [InlineData(256, 4096, 4096, false, 1876)]
    [InlineData(256, 4096, 4096, true, 3108)]
    [InlineData(24, 10_000, 10_000, false, 2307)]
    [InlineData(24, 10_000, 10_000, true, 2050)]
    public void Of_LargeLayers_NeedTheMemoryMeasured(int depth, int height, int width, bool repair, double megabytes) => Assert.InRange(
        Prediction.Of(Job(depth, height, width) with { RowStep = 32 }, new JobOptions { Repair = repair }, cores: 2).MemoryBytes / 1e6, megabytes / 1.5, megabytes * 1.5);

    [Fact]
    public void Of_BlockVoxels_CutsAsTheAppDoes()
    {
        Prediction prediction = Prediction.Of(Job(10, 48, 40), new JobOptions { BlockVoxels = 48 * 40 * 3 }, cores: 2);

        Assert.Equal(4, prediction.Blocks);
    }

    [Fact]
    public void Of_InterpolatedJob_TakesTimeForTheNewLayers()
    {
        double Seconds(JobOptions options) => Prediction.Of(Job(64, 512, 512), options, cores: 2).Time.TotalSeconds;

        double without = Seconds(new JobOptions { Anisotropy = 4, Interpolate = false });

        Assert.Equal(without, Seconds(new JobOptions()));
        Assert.Equal(without + (80e-9 * 512 * 512 * 253 / 2), Seconds(new JobOptions { Anisotropy = 4 }), precision: 6);
    }

    [Fact]
    public void Of_RawStack_TakesTimeForItsSlices()
    {
        HeaderCheck raw = Job(64, 512, 512) with { IsRaw = true };
        double Seconds(JobOptions options) => Prediction.Of(raw, options, cores: 2).Time.TotalSeconds - Prediction.Of(Job(64, 512, 512), options, cores: 2).Time.TotalSeconds;

        Assert.Equal(2.2e-6 * 64 * 512 * 512 * 3 / 2, Seconds(new JobOptions { Diameter = 30 }), precision: 6);
        Assert.Equal(0.2e-6 * 64 * 512 * 512 * 4 * 7 / 2, Seconds(new JobOptions { Diameter = 15, Anisotropy = 3, Interpolate = false, Method = SegmentationMethod.Classic }), precision: 6);
    }

    private static HeaderCheck Job(int depth, int height, int width) =>
        new(new VolumeShape(depth, height, width), Votes: true, RowStep: height, Bytes: 1, Notes: []);
}
