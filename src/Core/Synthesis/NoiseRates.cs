namespace CellStitch.Core.Synthesis;

/// <summary>How often a 2D segmenter errs on one projection. Rates are shares of the slices (2D objects of one plane) of the ideal masks.</summary>
public sealed record NoiseRates
{
    /// <summary>Largest number of background pixels between two slices that can merge: a wall of <see cref="CellFamily.Tissue"/> cut at an angle.</summary>
    public const int MergeReachPx = 4;

    /// <summary>No errors.</summary>
    public static NoiseRates None { get; } = new();

    /// <summary>
    /// Share of slices, in [0, 1], that fuse with a slice at most <see cref="MergeReachPx"/> px away along a row or column; the gap between is
    /// filled. Slices without such a neighbour cannot.
    /// </summary>
    public double Merge { get; init => field = Share(value, nameof(Merge)); }

    /// <summary>Share of slices, in [0, 1], cut in two by a line through their centroid.</summary>
    public double Split { get; init => field = Share(value, nameof(Split)); }

    /// <summary>Share of slices, in [0, 1], that lose their outermost pixels; a slice that would vanish keeps them.</summary>
    public double Erode { get; init => field = Share(value, nameof(Erode)); }

    /// <summary>Share of slices, in [0, 1], that are missing.</summary>
    public double Drop { get; init => field = Share(value, nameof(Drop)); }

    /// <summary>
    /// Invented slices, in [0, 1], as a share of the mean number of slices in a plane. They are ellipses where nothing is, so a volume without
    /// background has none, and at most half of the free places of a plane are taken.
    /// </summary>
    public double FalseSlice { get; init => field = Share(value, nameof(FalseSlice)); }

    /// <summary>
    /// Mean number of neighbouring planes an error lasts on the same cell, at least 1. Errors drawn independently in each plane already last
    /// 1 / (1 − rate) planes; smaller values mean that.
    /// </summary>
    public double Persistence
    {
        get;
        init => field = value >= 1 && double.IsFinite(value) ? value
            : throw new ArgumentOutOfRangeException(nameof(Persistence), value, "must be a finite number of planes, at least 1");
    } = 1;

    private static double Share(double value, string name)
    {
        return value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(name, value, "must lie in [0, 1]");
    }
}

/// <summary>The errors of all three mask stacks.</summary>
/// <param name="Xy">Errors in layers; they persist along z.</param>
/// <param name="Projections">Errors in XZ and YZ; they persist along y and x.</param>
public sealed record MaskNoise(NoiseRates Xy, NoiseRates Projections)
{
    // Adjacent XZ and YZ slices are one pixel apart and look nearly the same, so a segmenter repeats itself longer there than from layer to layer.
    private const double LayersOfAnError = 2;
    private const double PixelsOfAnError = 6;

    /// <summary>Ideal masks: the 2D connected components of the truth.</summary>
    public static MaskNoise Ideal { get; } = new(NoiseRates.None, NoiseRates.None);

    /// <summary>The light level of the accuracy protocol, with errors that persist and a few false slices.</summary>
    public static MaskNoise Light { get; } = new(
        new NoiseRates { Merge = 0.02, Split = 0.03, Erode = 0.20, Drop = 0.02, FalseSlice = 0.01, Persistence = LayersOfAnError },
        new NoiseRates { Merge = 0.05, Split = 0.05, Erode = 0.20, Drop = 0.05, FalseSlice = 0.01, Persistence = PixelsOfAnError });

    /// <summary>The heavy level of the accuracy protocol, with errors that persist and false slices.</summary>
    public static MaskNoise Heavy { get; } = new(
        new NoiseRates { Merge = 0.06, Split = 0.10, Erode = 0.40, Drop = 0.06, FalseSlice = 0.04, Persistence = LayersOfAnError },
        new NoiseRates { Merge = 0.15, Split = 0.15, Erode = 0.40, Drop = 0.12, FalseSlice = 0.04, Persistence = PixelsOfAnError });

    /// <summary>Light errors in XY, projections as bad as those of strongly anisotropic stacks (the protocol's poor level).</summary>
    public static MaskNoise Poor { get; } = Light with
    {
        Projections = new NoiseRates { Merge = 0.40, Split = 0.30, Erode = 0.40, Drop = 0.25, FalseSlice = 0.04, Persistence = PixelsOfAnError },
    };
}
