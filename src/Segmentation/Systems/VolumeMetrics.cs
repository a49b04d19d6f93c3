using System.Text.Json;
using System.Text.Json.Serialization;
using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;

namespace CellStitch.Segmentation.Systems;

/// <summary>A way from a raw stack to 3D cells without 2D masks (docs/systems.md).</summary>
public enum VolumeMethod
{
    /// <summary><see cref="Systems.Cellpose3D"/>.</summary>
    Cellpose3D,

    /// <summary><see cref="SeededWatershed"/>.</summary>
    Watershed,

    /// <summary><see cref="BoundarySegmentation"/>.</summary>
    Boundaries,
}

/// <summary>What <c>segment3d --json</c> writes: docs/schemas/volume.schema.json.</summary>
public sealed record VolumeMetrics
{
    /// <summary>Number of cells, also the largest label.</summary>
    public required uint Cells { get; init; }

    /// <summary>Voxels (z, y, x).</summary>
    public required int[] Shape { get; init; }

    /// <summary>Voxel size; null where the stack does not state it.</summary>
    public required VoxelEdges? VoxelSizeUm { get; init; }

    /// <summary>How the cells were found.</summary>
    public required VolumeMethod Method { get; init; }

    /// <summary>Diameter of the cells in pixels of a layer that was worked with; null where boundaries were given.</summary>
    public required double? Diameter { get; init; }

    /// <summary>Distance of layers / distance of pixels that was worked with.</summary>
    public required double Anisotropy { get; init; }

    /// <summary>What the user should know, a sentence each.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The figures of a segmentation.</summary>
    /// <param name="cells">Its result.</param>
    /// <param name="method">How the cells were found.</param>
    /// <param name="diameter">Diameter worked with.</param>
    /// <param name="anisotropy">Anisotropy worked with.</param>
    /// <param name="warnings">What the user should know.</param>
    public static VolumeMetrics Of(LabelVolume cells, VolumeMethod method, double? diameter, double anisotropy, IReadOnlyList<string> warnings) => new()
    {
        Cells = cells.LargestLabel(),
        Shape = [cells.Shape.Depth, cells.Shape.Height, cells.Shape.Width],
        VoxelSizeUm = cells.VoxelSize is { } size ? new VoxelEdges(size.ZUm, size.YUm, size.XUm) : null,
        Method = method,
        Diameter = diameter,
        Anisotropy = anisotropy,
        Warnings = warnings,
    };
}

/// <summary>The JSON of <see cref="VolumeMetrics"/>: camelCase, indented.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, Converters = [typeof(LowerCaseMethod)])]
[JsonSerializable(typeof(VolumeMetrics))]
public sealed partial class VolumeJson : JsonSerializerContext;

/// <summary>The method as the command line writes it.</summary>
internal sealed class LowerCaseMethod() : JsonStringEnumConverter<VolumeMethod>(LowerCase.Policy)
{
    private sealed class LowerCase : JsonNamingPolicy
    {
        public static LowerCase Policy { get; } = new();

        public override string ConvertName(string name) => name.ToLowerInvariant();
    }
}
