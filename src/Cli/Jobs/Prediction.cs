using CellStitch.Core.Interpolation;
using CellStitch.Core.Stitching;
using CellStitch.Functions;
using CellStitch.Functions.Jobs;
using CellStitch.Segmentation.Stacks;

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

    // The slices of 512 × 512 under "Segmentation of a slice".
    private const double CoreSecondsPerNetworkPixel = 2.2e-6;
    private const double CoreSecondsPerClassicPixel = 0.2e-6;
    private const double DiameterOfNetwork = 30;

    // The app at rest, and what every activity holds: whole layers while they are small, bands of rows of larger ones. host.json lets four run at once.
    private const long BytesAtRest = 100_000_000;
    private static readonly (double BytesPerPixelOfSmallLayer, double BytesOfBands, double BytesPerPixelOfLargeLayer) Plain = (170, 450e6, 2.2);
    private static readonly (double BytesPerPixelOfSmallLayer, double BytesOfBands, double BytesPerPixelOfLargeLayer) Repaired = (300, 510e6, 14);
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
        (double ofSmall, double ofBands, double ofLarge) = options.ForStitching(threads: 1) is { Profile: StitchProfile.Robust, Repair: true } ? Repaired : Plain;
        double bytesOfActivity = Math.Min(ofSmall * pixels, ofBands + (ofLarge * pixels));
        double coreSeconds = CoreSecondsPerVoxel * job.Shape.Voxels;
        coreSeconds += job.IsRaw ? CoreSecondsOfSlices(job, options) : 0;
        if (options.Interpolation(job.VoxelSize, job.Shape.Depth)?.Anisotropy is { } anisotropy)
        {
            coreSeconds += CoreSecondsPerIsotropicVoxel * pixels * Interpolator.DepthOf(job.Shape.Depth, anisotropy);
        }

        return new Prediction(
            blocks,
            TimeSpan.FromSeconds(SecondsOfAnyRun + (coreSeconds / cores)),
            BytesAtRest + (long)(bytesOfActivity * Math.Min(blocks, ActivitiesAtOnce)));
    }

    // Slices of all three directions, those along z stretched to pixels as wide as high, at the size the network was trained on.
    private static double CoreSecondsOfSlices(HeaderCheck job, JobOptions options)
    {
        double anisotropy = Math.Max(1, options.Anisotropy ?? job.VoxelSize?.Anisotropy ?? 1);
        double scale = options.Diameter is { } diameter ? DiameterOfNetwork / diameter : 1;
        double ofPixel = options.Method == SegmentationMethod.Classic ? CoreSecondsPerClassicPixel : CoreSecondsPerNetworkPixel;
        return ofPixel * scale * scale * job.Shape.Voxels * (1 + (job.Shape.Depth > 1 ? 2 * anisotropy : 0));
    }
}
