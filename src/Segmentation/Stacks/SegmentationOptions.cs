namespace CellStitch.Segmentation.Stacks;

/// <summary>How masks are made.</summary>
public enum SegmentationMethod
{
    /// <summary>A network in ONNX format.</summary>
    Onnx,

    /// <summary>Smoothing, thresholds and watersheds.</summary>
    Classic,
}

/// <summary>Options of the 2D segmentation.</summary>
public sealed record SegmentationOptions
{
    /// <summary>How masks are made; by the network by default.</summary>
    public SegmentationMethod Method { get; init; }

    /// <summary>Diameter of the cells in pixels of a layer, above 0; estimated when null.</summary>
    public double? Diameter
    {
        get;
        init => field = value is null or (> 0 and <= MostDiameter) ? value
            : throw new ArgumentOutOfRangeException(nameof(Diameter), value, $"must lie above 0 and not above {MostDiameter}");
    }

    /// <summary>
    /// Factor by which intensities move away from the middle of their range, in (0, 100]; 1 leaves them. The paper advises to raise the contrast where cells are
    /// merged.
    /// </summary>
    public double Contrast
    {
        get;
        init => field = value is > 0 and <= 100 ? value
            : throw new ArgumentOutOfRangeException(nameof(Contrast), value, "must lie above 0 and not above 100");
    } = 1;

    /// <summary>Distance of layers / distance of pixels in a layer; from the file when null.</summary>
    public double? Anisotropy
    {
        get;
        init => field = value is null or (> 0 and < 1000) ? value
            : throw new ArgumentOutOfRangeException(nameof(Anisotropy), value, "must lie above 0 and below 1000");
    }

    // Larger than any page's side that is read.
    private const double MostDiameter = 1 << 16;
}
