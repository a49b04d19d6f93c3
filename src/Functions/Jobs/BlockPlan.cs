using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;

namespace CellStitch.Functions.Jobs;

/// <summary>How a volume is cut for the fan-outs. Follows from the plan alone; the result of the run does not depend on it.</summary>
internal sealed class BlockPlan
{
    // No sub-orchestration schedules more parts, which keeps every history short; a short run lets the tracing begin early.
    private const int MostPartsOfRun = 100;
    private const int LeastLayerBlocksOfRun = 4;
    private const int RunsWanted = 8;

    // Twice the layers that are read again: eight before a block, and with repairs three more on either side.
    private const int EnoughLayersOfRobust = 16;
    private const int EnoughLayersOfRepaired = 28;

    // Each part of the writing ends with a block of labels.tif, and a blob has 50,000 of them.
    private const int MostLayerBlocks = 20_000;

    private readonly int _depth;
    private readonly int _height;
    private readonly int _layers;
    private readonly int _rows;
    private readonly int _layerBlocksOfRun;

    public BlockPlan(VolumeShape shape, int blockLayers, int blockRows)
    {
        (_depth, _height, _layers, _rows) = (shape.Depth, shape.Height, blockLayers, blockRows);
        LayerBlocks = Parts(_depth, _layers);
        RowBlocks = Parts(_height, _rows);
        int most = Math.Max(1, MostPartsOfRun / RowBlocks);
        _layerBlocksOfRun = Math.Clamp(
            Parts(LayerBlocks, RunsWanted), Math.Min(LeastLayerBlocksOfRun, most), most);
        Runs = Parts(LayerBlocks, _layerBlocksOfRun);
    }

    /// <summary>Blocks along z: also the parts of the surveys and of the writing.</summary>
    public int LayerBlocks { get; }

    /// <summary>Blocks along y.</summary>
    public int RowBlocks { get; }

    /// <summary>Runs of blocks: a sub-orchestration and a trace step each.</summary>
    public int Runs { get; }

    /// <summary>Chooses the block size: whole layers while enough of them make a block, else more layers of fewer rows.</summary>
    /// <param name="shape">The volume.</param>
    /// <param name="options">Options of the job. Profile <c>robust</c> reads layers beside each block again, so its blocks are to be deeper; its repairs look at whole layers.</param>
    /// <param name="settings">Settings of the app.</param>
    /// <param name="rowStep">Rows at which all inputs can be cut without decoding rows in vain; the height when they cannot.</param>
    /// <returns>Layers and rows of a block, and whether the whole volume is worked on by one activity.</returns>
    public static (int Layers, int Rows, bool Fused) Choose(VolumeShape shape, JobOptions options, AppSettings settings, int rowStep)
    {
        if (options.BlockVoxels is null && shape.Voxels <= settings.FusedVoxels)
        {
            return (shape.Depth, shape.Height, true);
        }

        long blockVoxels = options.BlockVoxels ?? settings.BlockVoxels;
        StitchOptions stitching = options.ForStitching(threads: 1);
        bool robust = stitching.Profile == StitchProfile.Robust;
        int least = Parts(shape.Depth, MostLayerBlocks);
        long layers = Math.Clamp(blockVoxels / shape.LayerPixels, least, shape.Depth);
        if (robust && stitching.Repair)
        {
            // A size that was asked for is kept to.
            return (options.BlockVoxels is null ? (int)Math.Max(layers, Math.Min(EnoughLayersOfRepaired, shape.Depth)) : (int)layers, shape.Height, false);
        }

        int enough = Math.Min(shape.Depth, robust ? EnoughLayersOfRobust : 1);
        if (layers > enough || blockVoxels >= (long)shape.LayerPixels * enough || rowStep >= shape.Height)
        {
            return ((int)layers, shape.Height, false);
        }

        // All blocks of a layer belong to one run.
        int step = rowStep * Parts(Parts(shape.Height, MostPartsOfRun), rowStep);
        layers = Math.Clamp(blockVoxels / ((long)shape.Width * step), least, Math.Max(least, enough));
        long steps = Math.Max(1, blockVoxels / (shape.Width * layers * step));
        return ((int)layers, (int)Math.Min(shape.Height, steps * step), false);
    }

    /// <summary>Layers of a block along z.</summary>
    public LayerRange LayersOf(int layerBlock) => new(layerBlock * _layers, Math.Min(_depth, (layerBlock + 1) * _layers));

    /// <summary>Layers and rows of a block.</summary>
    public (LayerRange Layers, RowRange Rows) BlockAt(int block)
    {
        int row = block % RowBlocks;
        return (LayersOf(block / RowBlocks), new RowRange(row * _rows, Math.Min(_height, (row + 1) * _rows)));
    }

    /// <summary>The layer blocks of a run.</summary>
    public (int First, int End) LayerBlocksOf(int run) => (run * _layerBlocksOfRun, Math.Min(LayerBlocks, (run + 1) * _layerBlocksOfRun));

    /// <summary>The blocks of a run.</summary>
    public (int First, int End) BlocksOf(int run)
    {
        (int first, int end) = LayerBlocksOf(run);
        return (first * RowBlocks, end * RowBlocks);
    }

    /// <summary>The layers of a run.</summary>
    public LayerRange LayersOfRun(int run)
    {
        (int first, int end) = LayerBlocksOf(run);
        return new LayerRange(LayersOf(first).First, LayersOf(end - 1).End);
    }

    private static int Parts(int whole, int part) => ((whole - 1) / part) + 1;
}
