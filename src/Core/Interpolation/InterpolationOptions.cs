namespace CellStitch.Core.Interpolation;

/// <summary>Which form of the contour transport is run.</summary>
public enum InterpolationProfile
{
    /// <summary>The same in both directions, safe for every shape (<c>docs/interpolation.md</c>).</summary>
    Robust,

    /// <summary>The paper's Algorithm 2 as its authors' code runs it, less its crashes and erased layers.</summary>
    Paper,
}

/// <summary>How the layers between two layers are made.</summary>
public enum InterpolationMethod
{
    /// <summary>Contour transport.</summary>
    Transport,

    /// <summary>Blending of signed distances without motion; a baseline.</summary>
    Sdf,

    /// <summary>A copy of the nearest layer; a baseline.</summary>
    Nearest,
}

/// <summary>What <see cref="Interpolator"/> is asked for.</summary>
public sealed record InterpolationOptions
{
    /// <summary>Distance of two layers in pixels, N in the paper; above 1, need not be whole. Original layer z becomes layer round(z · N).</summary>
    public required double Anisotropy
    {
        get;
        init => field = double.IsFinite(value) && value > 1 && value <= LargestAnisotropy
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Anisotropy), value, $"must be above 1 and at most {LargestAnisotropy}");
    }

    /// <summary>Form of the contour transport; the other methods have one form only.</summary>
    public InterpolationProfile Profile { get; init; } = InterpolationProfile.Robust;

    /// <summary>How the layers in between are made.</summary>
    public InterpolationMethod Method { get; init; } = InterpolationMethod.Transport;

    /// <summary>Threads, at least 1; the result does not depend on it.</summary>
    public int Threads
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Threads), value, "must be at least 1");
    } = 1;

    /// <summary>Whether overlaps go to the largest label, as published, instead of to the deeper cell.</summary>
    internal bool LargestLabelWins => this is { Method: InterpolationMethod.Transport, Profile: InterpolationProfile.Paper };

    /// <summary>Whether a cell that is missing in some layers goes on through them: as published it ends, and a copied layer has no more than its original.</summary>
    internal bool BridgesLayers => !LargestLabelWins && Method != InterpolationMethod.Nearest;

    // All internal layers of a gap are held at once; no microscope comes near.
    internal const double LargestAnisotropy = 100;
}
