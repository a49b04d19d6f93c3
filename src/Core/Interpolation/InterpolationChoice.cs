using System.Globalization;

namespace CellStitch.Core.Interpolation;

/// <summary>Whether a volume of unknown kind is interpolated.</summary>
/// <param name="Anisotropy">With which anisotropy; null when it is not.</param>
/// <param name="WhyNot">A sentence for the user; null when it is.</param>
public readonly record struct InterpolationChoice(double? Anisotropy, string? WhyNot)
{
    /// <summary>Decides.</summary>
    /// <param name="anisotropy">As given or from the voxel size; null when unknown.</param>
    /// <param name="layers">Layers of the volume.</param>
    public static InterpolationChoice Of(double? anisotropy, int layers) => anisotropy switch
    {
        _ when layers == 1 => No("the volume has one layer."),
        null => No("neither an anisotropy nor a voxel size is given, so the distance of the layers is unknown."),
        > 1 and <= InterpolationOptions.LargestAnisotropy => new InterpolationChoice(anisotropy, null),
        _ => No(string.Create(
            CultureInfo.InvariantCulture, $"the anisotropy is {anisotropy}; expected above 1 and at most {InterpolationOptions.LargestAnisotropy}.")),
    };

    private static InterpolationChoice No(string why) => new(null, $"Not interpolated: {why}");
}
