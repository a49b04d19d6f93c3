using CellStitch.Core.Baselines;
using CellStitch.Core.Interpolation;
using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;
using CellStitch.Segmentation.Flows;
using CellStitch.Segmentation.Stacks;
using CellStitch.Segmentation.Systems;

namespace CellStitch.Compare;

/// <summary>A way from a raw stack to 3D cells.</summary>
/// <param name="Name">As in the tables.</param>
/// <param name="What">What it does, for the report.</param>
/// <param name="Masks">The 2D masks it starts from.</param>
/// <param name="Projections">Whether it takes the XZ and YZ masks too.</param>
/// <param name="Run">Makes the cells; the masks are null for a system that takes none.</param>
internal sealed record ComparedSystem(string Name, string What, MaskKind Masks, bool Projections, Func<StackCase, MaskStacks?, LabelVolume> Run)
{
    public static IReadOnlyList<ComparedSystem> All { get; } =
    [
        new("robust", "`cellstitch run`: the network's masks, profile `robust`", MaskKind.Network, true, Stitched(StitchProfile.Robust)),
        new("paper", "the network's masks, the method as published", MaskKind.Network, true, Stitched(StitchProfile.Paper)),
        new("interpolated first", "`cellstitch run --interpolate-first`: layers between those of the raw stack, then as *robust*; where voxels are cubes already, as *robust*", MaskKind.None, true, InterpolatedFirst),
        new("2D + IoU", "Cellpose's 2D route: the network's XY masks, linked where their IoU is at least 0.25 (`stitch-iou`)", MaskKind.Network, false, Linked),
        new("Cellpose 3D", "the network's flows of all three directions averaged, sinks in 3D", MaskKind.None, false, Averaged),
        new("boundaries", "the network's boundaries, watershed and agglomeration as PlantSeg does it", MaskKind.None, false, Boundaries),
        new("watershed 3D", "3D seeded watershed, no network", MaskKind.None, false, Watershed),
        new("classic, robust", "masks without a network (`--method classic`), profile `robust`", MaskKind.Classic, true, Stitched(StitchProfile.Robust)),
    ];

    /// <summary>The systems on masks that somebody else made.</summary>
    public static IReadOnlyList<ComparedSystem> OnGivenMasks { get; } =
    [
        new("given masks, robust", "masks of the set, profile `robust`", MaskKind.Given, true, Stitched(StitchProfile.Robust)),
        new("given masks, paper", "masks of the set, the method as published", MaskKind.Given, true, Stitched(StitchProfile.Paper)),
        new("given masks, IoU", "masks of the set, linked by IoU", MaskKind.Given, false, Linked),
    ];

    /// <summary>Name of its files.</summary>
    public string File => Name.Replace(", ", "-", StringComparison.Ordinal).Replace(" + ", "-", StringComparison.Ordinal).Replace(' ', '-').ToLowerInvariant();

    private static Func<StackCase, MaskStacks?, LabelVolume> Stitched(StitchProfile profile) => (_, masks) =>
    {
        var result = new MemorySink();
        Stitcher.Stitch(masks!, new StitchOptions { Profile = profile, Threads = StackCase.Threads }, result);
        return result.Volume;
    };

    private static LabelVolume Linked(StackCase item, MaskStacks? masks)
    {
        var result = new MemorySink();
        IouStitching.Stitch(masks!.Xy, result, threads: StackCase.Threads);
        return result.Volume;
    }

    private static LabelVolume Watershed(StackCase item, MaskStacks? masks)
    {
        using EveryNthRaw raw = item.OpenRaw();
        var setup = SegmentationSetup.Decide(raw, item.Options(SegmentationMethod.Classic), network: null);
        return SeededWatershed.Segment(raw, setup, threads: StackCase.Threads);
    }

    private static LabelVolume Averaged(StackCase item, MaskStacks? masks) =>
        FromNetwork(item, (raw, setup, network) => Cellpose3D.Segment(raw, setup, network, threads: StackCase.Threads));

    private static LabelVolume Boundaries(StackCase item, MaskStacks? masks) =>
        FromNetwork(item, (raw, setup, network) => BoundarySegmentation.Segment(raw, setup, network, new BoundaryOptions(), StackCase.Threads));

    // The cells in the layers that were recorded.
    private static LabelVolume InterpolatedFirst(StackCase item, MaskStacks? masks) => FromNetwork(item, (raw, setup, network) =>
    {
        double spread = Math.Max(1, item.Anisotropy);
        IRawSource stack = spread > 1 ? new LinearLayers(raw, spread) : raw;
        SegmentationSetup even = spread > 1 ? setup with { Anisotropy = 1 } : setup;
        LabelVolume[] made = [.. Slab.Axes.Select(axis => new Slab(axis, 0, Slab.Of(stack.Shape, axis, 1).Count).Segment(stack, even, network, StackCase.Threads))];
        LabelVolume cells = Stitched(StitchProfile.Robust)(item, new MaskStacks(made[0], made[1], made[2]));
        if (spread == 1)
        {
            return cells;
        }

        var kept = new LabelVolume(raw.Shape, raw.VoxelSize);
        for (int z = 0; z < raw.Shape.Depth; z++)
        {
            cells.Layer(Interpolator.PositionOf(z, spread)).CopyTo(kept.Layer(z));
        }

        return kept;
    });

    private static LabelVolume FromNetwork(StackCase item, Func<IRawSource, SegmentationSetup, FlowNetwork, LabelVolume> segment)
    {
        using EveryNthRaw raw = item.OpenRaw();
        using var network = FlowNetwork.Open(FlowNetwork.DefaultModelPath);
        return segment(raw, SegmentationSetup.Decide(raw, item.Options(SegmentationMethod.Onnx), network), network);
    }

    private sealed class MemorySink : ILayerSink
    {
        private int _next;

        public LabelVolume Volume { get; private set; } = new(new VolumeShape(1, 1, 1));

        public void Begin(VolumeShape shape, uint largestLabel, VoxelSize? voxelSize) => Volume = new LabelVolume(shape, voxelSize);

        public void Write(ReadOnlySpan<uint> layer) => layer.CopyTo(Volume.Layer(_next++));
    }
}
