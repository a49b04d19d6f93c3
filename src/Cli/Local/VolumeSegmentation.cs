using CellStitch.Core.IO;
using CellStitch.Core.Volumes;
using CellStitch.Segmentation.Flows;
using CellStitch.Segmentation.Stacks;
using CellStitch.Segmentation.Systems;

namespace CellStitch.Cli.Local;

/// <summary>Segments a file in memory, by the systems the method is compared with.</summary>
internal static class VolumeSegmentation
{
    private const string Segmenting = "segmenting";

    /// <summary>Segments a raw stack.</summary>
    public static LabelVolume Segment(
        RawReader raw,
        VolumeMethod method,
        SegmentRequest request,
        int minimumVolume,
        BoundaryOptions boundaries,
        IProgress<Step> steps,
        out VolumeMetrics metrics,
        CancellationToken cancellation)
    {
        using FlowNetwork? network = method == VolumeMethod.Watershed ? null : FlowNetwork.Open(request.Model ?? FlowNetwork.DefaultModelPath);
        steps.Report(new Step("looking at the stack", 0));
        var setup = SegmentationSetup.Decide(raw, request.Options, network, cancellation);
        steps.Report(new Step("looking at the stack", 1));
        IProgress<double> progress = StepsOf.Share(steps, Segmenting);
        LabelVolume cells = method switch
        {
            VolumeMethod.Cellpose3D => Cellpose3D.Segment(raw, setup, network!, minimumVolume, request.Threads, progress, cancellation),
            VolumeMethod.Watershed => SeededWatershed.Segment(raw, setup, minimumVolume, request.Threads, progress, cancellation),
            _ => BoundarySegmentation.Segment(raw, setup, network!, boundaries, request.Threads, progress, cancellation),
        };
        metrics = VolumeMetrics.Of(cells, method, setup.Diameter, setup.Anisotropy, setup.Warnings);
        return cells;
    }

    /// <summary>Segments by boundaries that lie in a file of the stack's shape.</summary>
    public static LabelVolume Segment(
        RawReader raw,
        string map,
        SegmentRequest request,
        BoundaryOptions options,
        IProgress<Step> steps,
        out VolumeMetrics metrics,
        CancellationToken cancellation)
    {
        using RawReader boundaries = RawReader.Open(map);
        if (boundaries.Shape != raw.Shape)
        {
            throw new InvalidMaskException(MaskFault.ShapeMismatch, boundaries.Name, null, $"has {boundaries.Shape} voxels; the stack {raw.Name} has {raw.Shape}.");
        }

        double anisotropy = request.Options.Anisotropy ?? raw.VoxelSize?.Anisotropy ?? 1;
        var cells = BoundarySegmentation.Segment(boundaries, anisotropy, options, request.Threads, StepsOf.Share(steps, Segmenting), cancellation);
        // The map may have lost the voxel size on its way.
        cells = new LabelVolume(cells.Shape, cells.Voxels.ToArray(), raw.VoxelSize, raw.Name);
        metrics = VolumeMetrics.Of(cells, VolumeMethod.Boundaries, diameter: null, anisotropy, [.. raw.Warnings, .. boundaries.Warnings]);
        return cells;
    }
}
