using CellStitch.Core.Interpolation;
using CellStitch.Functions;
using CellStitch.Functions.Jobs;

namespace CellStitch.Cli.Jobs;

/// <summary>What a local host with default settings will need for a job, from the rates of bench/RESULTS.md ("Through the host").</summary>
/// <param name="Blocks">Parts of the fan-out; 1 when one activity does it all.</param>
/// <param name="Time">From the last file to the results.</param>
/// <param name="MemoryBytes">Peak of the process.</param>
internal sealed record Prediction(int Blocks, TimeSpan Time, long MemoryBytes)
{
    // Until the drop is noticed, and what a run needs however small it is.
    private const double SecondsOfAnyRun = 3.5;

    // 48 ns of two cores.
    private const double CoreSecondsPerVoxel = 96e-9;

    // The whole of `interpolate` on interp2_M, reading and writing included.
    private const double CoreSecondsPerIsotropicVoxel = 80e-9;

    // The app at rest, and what every activity holds: whole layers while they are small, bands of rows of larger ones. host.json lets four run at once.
    private const long BytesAtRest = 100_000_000;
    private const double BytesPerPixelOfSmallLayer = 170;
    private const double BytesOfBands = 450e6;
    private const double BytesPerPixelOfLargeLayer = 2.2;
    private const int ActivitiesAtOnce = 4;

    /// <param name="job">Its headers.</param>
    /// <param name="options">Its options.</param>
    /// <param name="cores">Cores of the machine.</param>
    public static Prediction Of(HeaderCheck job, JobOptions options, int cores)
    {
        (int layers, int rows, bool _) = BlockPlan.Choose(job.Shape, options, new AppSettings(), job.RowStep);
        var plan = new BlockPlan(job.Shape, layers, rows);
        int blocks = plan.LayerBlocks * plan.RowBlocks;
        double pixels = job.Shape.LayerPixels;
        double bytesOfActivity = Math.Min(BytesPerPixelOfSmallLayer * pixels, BytesOfBands + (BytesPerPixelOfLargeLayer * pixels));
        double coreSeconds = CoreSecondsPerVoxel * job.Shape.Voxels;
        if (options.Interpolation(job.VoxelSize, job.Shape.Depth)?.Anisotropy is { } anisotropy)
        {
            coreSeconds += CoreSecondsPerIsotropicVoxel * pixels * Interpolator.DepthOf(job.Shape.Depth, anisotropy);
        }

        return new Prediction(
            blocks,
            TimeSpan.FromSeconds(SecondsOfAnyRun + (coreSeconds / cores)),
            BytesAtRest + (long)(bytesOfActivity * Math.Min(blocks, ActivitiesAtOnce)));
    }
}
