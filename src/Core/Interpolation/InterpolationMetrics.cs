using System.Text.Json.Serialization;
using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Interpolation;

/// <summary>What <c>interpolate --json</c> writes: docs/schemas/interpolation.schema.json.</summary>
public sealed record InterpolationMetrics
{
    /// <summary>Voxels (z, y, x) of the isotropic volume.</summary>
    public required int[] Shape { get; init; }

    /// <summary>Its voxel size; null where that of the input is unknown.</summary>
    public required VoxelEdges? VoxelSizeUm { get; init; }

    /// <summary>Distance of two original layers in pixels.</summary>
    public required double Anisotropy { get; init; }

    /// <summary>Where the anisotropy comes from: "option" or "voxelSize".</summary>
    public required string AnisotropySource { get; init; }

    /// <summary>How the layers were made: "transport", "sdf" or "nearest".</summary>
    public required InterpolationMethod Method { get; init; }

    /// <summary>Form of the transport: "robust" or "paper"; null for the other methods.</summary>
    public required InterpolationProfile? Profile { get; init; }

    /// <summary>Slices followed from a layer to the next one.</summary>
    public required long MatchedPairs { get; init; }

    /// <summary>Slices of cells that begin or end between two layers.</summary>
    public required long CellEnds { get; init; }

    /// <summary>Slices made in original layers, where a cell is missing that goes on beyond them.</summary>
    public required long BridgedSlices { get; init; }

    /// <summary>What the user should know, a sentence each.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The figures of an interpolation.</summary>
    /// <param name="summary">What it made.</param>
    /// <param name="options">How.</param>
    /// <param name="anisotropySource">Where the anisotropy comes from.</param>
    /// <param name="warnings">What the user should know.</param>
    public static InterpolationMetrics Of(
        InterpolationSummary summary, InterpolationOptions options, string anisotropySource, IReadOnlyList<string> warnings)
    {
        VolumeShape shape = summary.Shape;
        return new InterpolationMetrics
        {
            Shape = [shape.Depth, shape.Height, shape.Width],
            VoxelSizeUm = summary.VoxelSize is { } size ? new VoxelEdges(size.ZUm, size.YUm, size.XUm) : null,
            Anisotropy = options.Anisotropy,
            AnisotropySource = anisotropySource,
            Method = options.Method,
            Profile = options.Method == InterpolationMethod.Transport ? options.Profile : null,
            MatchedPairs = summary.MatchedPairs,
            CellEnds = summary.CellEnds,
            BridgedSlices = summary.BridgedSlices,
            Warnings = warnings,
        };
    }
}

/// <summary>The JSON of <see cref="InterpolationMetrics"/>: camelCase, indented.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    Converters = [typeof(LowerCaseMethod), typeof(LowerCaseProfile)])]
[JsonSerializable(typeof(InterpolationMetrics))]
public sealed partial class InterpolationJson : JsonSerializerContext;

/// <summary>The method as the command line writes it.</summary>
internal sealed class LowerCaseMethod() : JsonStringEnumConverter<InterpolationMethod>(System.Text.Json.JsonNamingPolicy.CamelCase);

/// <summary>The profile as the command line writes it.</summary>
internal sealed class LowerCaseProfile() : JsonStringEnumConverter<InterpolationProfile>(System.Text.Json.JsonNamingPolicy.CamelCase);
