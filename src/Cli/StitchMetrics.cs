using System.Text.Json.Serialization;
using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;

namespace CellStitch.Cli;

/// <summary>What <c>stitch --json</c> writes: docs/schemas/metrics.schema.json.</summary>
internal sealed record StitchMetrics
{
    public required int Cells { get; init; }

    public required int Layers { get; init; }

    /// <summary>Voxels (z, y, x).</summary>
    public required int[] Shape { get; init; }

    /// <summary>Null where the XY masks do not state it.</summary>
    public required VoxelEdges? VoxelSizeUm { get; init; }

    /// <summary>Null where the voxel size is unknown.</summary>
    public required double? Anisotropy { get; init; }

    /// <summary>Where the anisotropy comes from: "voxelSize", or "unknown".</summary>
    public required string AnisotropySource { get; init; }

    public required int Links { get; init; }

    public required int NewCells { get; init; }

    public required int RejectedByVote { get; init; }

    public required int BridgedGaps { get; init; }

    public required int MergedSingleLayer { get; init; }

    public required int RemovedSingleLayer { get; init; }

    public required int RemovedSmall { get; init; }

    public required int FilledHoles { get; init; }

    public required int EmptyLayers { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    public static StitchMetrics Of(StitchSummary summary, VolumeShape shape, VoxelSize? voxelSize, IReadOnlyList<string> warnings)
    {
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
            Warnings = warnings,
        };
    }
}

/// <summary>A voxel size in µm, in the words of job.json.</summary>
internal sealed record VoxelEdges(double Z, double Y, double X);

/// <summary>The JSON of the command line.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(StitchMetrics))]
internal sealed partial class MetricsJson : JsonSerializerContext;
