namespace CellStitch.Segmentation.Images;

/// <summary>The 1st and 99th percentile of a stack: what normalisation maps to 0 and 1 (docs/models.md, "Normalisation").</summary>
/// <param name="Low">1st percentile.</param>
/// <param name="High">99th percentile.</param>
public readonly record struct IntensityRange(double Low, double High)
{
    internal const double LowPercent = 1;
    internal const double HighPercent = 99;

    // Below this a channel holds no signal, and stretching it would show nothing but noise.
    private const double SmallestSpan = 1e-3;

    /// <summary>Maps the range to 0 … 1 without clipping; all 0 where the channel holds no signal.</summary>
    /// <param name="pixels">Intensities.</param>
    /// <param name="contrast">
    /// 1 changes nothing. Otherwise values move away from 0.5 by this factor and are clipped to 0 … 1: above 1, dim walls between bright cells deepen.
    /// </param>
    internal void Normalise(Span<float> pixels, double contrast)
    {
        double span = High - Low;
        if (span < SmallestSpan)
        {
            pixels.Clear();
            return;
        }

        foreach (ref float pixel in pixels)
        {
            double value = (pixel - Low) / span;
            pixel = (float)(contrast == 1 ? value : Math.Clamp(0.5 + (contrast * (value - 0.5)), 0, 1));
        }
    }
}
