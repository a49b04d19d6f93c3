using CellStitch.Core.IO;
using CellStitch.Core.Volumes;

namespace CellStitch.Functions.Jobs;

/// <summary>What inspection found and decided: the blob <c>work/{run}/plan.json</c>, read by every activity of the run.</summary>
public sealed record JobPlan
{
    /// <summary>The job.</summary>
    public required string Job { get; init; }

    /// <summary>Id of the run.</summary>
    public required string Run { get; init; }

    /// <summary>Program that made it: intermediates of another version are not gone on from.</summary>
    public required string Program { get; init; }

    /// <summary>All files of the job, each in the version that is read.</summary>
    public required IReadOnlyList<FileVersion> Files { get; init; }

    /// <summary>Effective options.</summary>
    public required JobOptions Options { get; init; }

    /// <summary>Layers, rows, columns.</summary>
    public required VolumeShape Shape { get; init; }

    /// <summary>Voxel size, if known.</summary>
    public required VoxelSize? VoxelSize { get; init; }

    /// <summary>How the projections are stored; null when there are none.</summary>
    public required (AxisOrder Xz, AxisOrder Yz)? Projections { get; init; }

    /// <summary>The masks are made of raw.tif.</summary>
    public bool FromRaw { get; init; }

    /// <summary>The mask files of the run.</summary>
    internal IReadOnlyList<string> MaskFiles => Projections is null ? [DropFile.Xy] : [DropFile.Xy, DropFile.Xz, DropFile.Yz];

    /// <summary>Layers of a block.</summary>
    public required int BlockLayers { get; init; }

    /// <summary>Rows of a block; all rows unless a single layer is more than a block.</summary>
    public required int BlockRows { get; init; }

    /// <summary>Whether one activity does it all.</summary>
    public required bool Fused { get; init; }

    /// <summary>The anisotropy to interpolate with; null when nothing is interpolated.</summary>
    public double? InterpolateBy { get; init; }

    /// <summary>What the user should know.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The file of that name.</summary>
    public FileVersion File(string name) => Files.First(file => file.Name == name);

    /// <summary>Whether the job has a file of that name.</summary>
    public bool Has(string name) => Files.Any(file => file.Name == name);

    /// <summary>The projections that must be rewritten by layer first.</summary>
    internal IEnumerable<(string File, AxisOrder Order)> ToRepack => Projections is not var (xz, yz)
        ? []
        : new[] { (DropFile.Xz, xz), (DropFile.Yz, yz) }.Where(projection => projection.Item2 != AxisOrder.ZYX);
}
