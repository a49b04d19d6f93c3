using System.Text.Json.Serialization;
using CellStitch.Core.Evaluation;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Stitching;

/// <summary>metrics.json, which <c>stitch --json</c> writes too: docs/schemas/metrics.schema.json.</summary>
public sealed record StitchMetrics
{
    /// <summary>Cells in the result.</summary>
    public required int Cells { get; init; }

    /// <summary>Layers of the volume.</summary>
    public required int Layers { get; init; }

    /// <summary>Voxels (z, y, x).</summary>
    public required int[] Shape { get; init; }

    /// <summary>Null where the XY masks do not state it.</summary>
    public required VoxelEdges? VoxelSizeUm { get; init; }

    /// <summary>Null where the voxel size is unknown.</summary>
    public required double? Anisotropy { get; init; }

    /// <summary>Where the anisotropy comes from: "voxelSize", "option" (job.json), or "unknown".</summary>
    public required string AnisotropySource { get; init; }

    /// <summary>Slices that continue the cell of a layer before.</summary>
    public required int Links { get; init; }

    /// <summary>Slices that began a cell, before the final pass.</summary>
    public required int NewCells { get; init; }

    /// <summary>Of the new cells: those whose match the projections voted down.</summary>
    public required int RejectedByVote { get; init; }

    /// <summary>Links across one or more empty layers.</summary>
    public required int BridgedGaps { get; init; }

    /// <summary>Single-layer cells that became part of another cell.</summary>
    public required int MergedSingleLayer { get; init; }

    /// <summary>Single-layer cells that were removed.</summary>
    public required int RemovedSingleLayer { get; init; }

    /// <summary>Cells removed for their volume, or because others filled over all of them.</summary>
    public required int RemovedSmall { get; init; }

    /// <summary>Slices of which holes were filled.</summary>
    public required int FilledHoles { get; init; }

    /// <summary>Layers without a cell in the XY masks.</summary>
    public required int EmptyLayers { get; init; }

    /// <summary>Pieces that profile <c>robust</c> gave to the cell they touch most.</summary>
    public required int AbsorbedPieces { get; init; }

    /// <summary>Slices that profile <c>robust</c> split because they cover several cells.</summary>
    public required int SplitSlices { get; init; }

    /// <summary>Slices that profile <c>robust</c> filled in where a cell was missing in a layer or two.</summary>
    public required int FilledSlices { get; init; }

    /// <summary>Cells that profile <c>robust</c> dropped.</summary>
    public required IReadOnlyList<DroppedCell> Dropped { get; init; }

    /// <summary>Median confidence of the cells; null without a cell.</summary>
    public required double? MedianConfidence { get; init; }

    /// <summary>Volumes of the cells; null where the voxel size is unknown or there is no cell.</summary>
    public required VolumeRange? VolumeUm3 { get; init; }

    /// <summary>What the user should know, a sentence each.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Scores against a ground truth; left out where there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SegmentationScores? Evaluation { get; init; }

    /// <summary>The figures of a stitching.</summary>
    /// <param name="summary">What it found.</param>
    /// <param name="cells">The measures of its cells.</param>
    /// <param name="voxelSize">Voxel size of the XY masks, if known.</param>
    /// <param name="warnings">What the user should know, a sentence each.</param>
    public static StitchMetrics Of(StitchSummary summary, CellTable cells, VoxelSize? voxelSize, IReadOnlyList<string> warnings)
    {
        VolumeShape shape = cells.Shape;
        return new StitchMetrics
        {
            Cells = summary.Cells,
            Layers = shape.Depth,
            Shape = [shape.Depth, shape.Height, shape.Width],
            VoxelSizeUm = voxelSize is { } size ? new VoxelEdges(size.ZUm, size.YUm, size.XUm) : null,
            Anisotropy = voxelSize?.Anisotropy,
            AnisotropySource = voxelSize is null ? "unknown" : "voxelSize",
            Links = summary.Links,
            NewCells = summary.NewCells,
            RejectedByVote = summary.RejectedByVote,
            BridgedGaps = summary.BridgedGaps,
            MergedSingleLayer = summary.MergedSingleLayer,
            RemovedSingleLayer = summary.RemovedSingleLayer,
            RemovedSmall = summary.RemovedSmall,
            FilledHoles = summary.FilledHoles,
            EmptyLayers = summary.EmptyLayers,
            AbsorbedPieces = summary.AbsorbedPieces,
            SplitSlices = summary.SplitSlices,
            FilledSlices = summary.FilledSlices,
            Dropped = summary.Dropped,
            MedianConfidence = summary.Confidences.Count == 0
                ? null
                : summary.Confidences.Select(cell => cell.Confidence).Order().ElementAt((summary.Confidences.Count - 1) / 2),
            VolumeUm3 = voxelSize is { VolumeUm3: double um3 } && cells.VoxelRange() is (long smallest, double median, long largest)
                ? new VolumeRange(smallest * um3, median * um3, largest * um3)
                : null,
            Warnings = warnings,
        };
    }
}

/// <summary>A voxel size in µm, in the words of job.json.</summary>
/// <param name="Z">Distance of two layers.</param>
/// <param name="Y">Distance of two rows.</param>
/// <param name="X">Distance of two columns.</param>
public sealed record VoxelEdges(double Z, double Y, double X);

/// <summary>Volumes of the cells in µm³.</summary>
/// <param name="Min">Of the smallest cell.</param>
/// <param name="Median">Of the cell in the middle, or the mean of the two there.</param>
/// <param name="Max">Of the largest cell.</param>
public sealed record VolumeRange(double Min, double Median, double Max);

/// <summary>The JSON of <see cref="StitchMetrics"/>: camelCase, indented.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(StitchMetrics))]
public sealed partial class MetricsJson : JsonSerializerContext;
