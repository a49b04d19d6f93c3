using CellStitch.Core.Volumes;
using CellStitch.Segmentation.Flows;
using CellStitch.Segmentation.Images;

namespace CellStitch.Segmentation.Classic;

/// <summary>What of the cells is bright.</summary>
public enum BrightPart
{
    /// <summary>Their outlines.</summary>
    Membranes,

    /// <summary>Their inside.</summary>
    Nuclei,
}

/// <summary>Masks without a network (docs/models.md, "Without a network"). Lengths are in diameters of a cell, which is 30 pixels at the nominal size.</summary>
/// <param name="part">What is bright.</param>
/// <param name="threshold">Normalised intensity that parts bright from dark in the whole stack.</param>
internal sealed class ClassicSegmenter(BrightPart part, double threshold)
{
    // Smoothing against noise, and stronger for where cells begin; as the classical baselines of the model card.
    public const double NucleusSigma = 0.05;
    public const double MembraneSigma = 0.1;

    // A nucleus stands out from its surroundings, wherever the whole stack's threshold lies.
    public const double SurroundingsSigma = 0.6;
    public const double ShareOfThreshold = 0.6;

    // A waist this much narrower than the nuclei it joins (in radius) parts them; a wall of this height parts two cells.
    public const double WaistDepth = 0.03;
    public const double WallHeight = 0.04;

    // One pixel at the nominal size: against the steps of a distance map.
    public const double DepthSigma = 1 / Diameter;

    private const double Diameter = NominalSize.Diameter;
    private const int SmallestMask = 15;

    // Whatever lies outside the tissue is one large basin.
    private const double LargestMask = 5 * Math.PI * Diameter * Diameter / 4;

    private const double ThickRadius = 0.15 * Diameter;
    private const double ThickShare = 0.25;

    /// <summary>Labels 1 … n of a normalised image at nominal size.</summary>
    public int[] Masks(GreyImage image)
    {
        int[] labels = part == BrightPart.Membranes ? Cells(image) : Nuclei(image);
        return MaskHoles.FillAndDrop(labels, Shape(image), SmallestMask);
    }

    /// <summary>
    /// What is bright in an image: nuclei if a quarter of the bright pixels lies deeper than 0.15 diameters within bright regions, which walls are too thin for;
    /// else membranes.
    /// </summary>
    public static bool IsThick(GreyImage image, double threshold, out int bright, out int deep)
    {
        bool[] mask = [.. Smoothing.Gaussian(image, NucleusSigma * Diameter).Pixels.Select(pixel => pixel > threshold)];
        bright = mask.AsSpan().Count(true);
        deep = DistanceMap.Inside(mask, image.Height, image.Width).Count(distance => distance > ThickRadius);
        return IsThick(bright, deep);
    }

    public static bool IsThick(long bright, long deep) => deep > ThickShare * bright;

    private static int[] Cells(GreyImage image)
    {
        int[] labels = PersistentBasins.Label(Smoothing.Gaussian(image, MembraneSigma * Diameter).Pixels, null, Shape(image), WallHeight);
        int[] sizes = new int[labels.Max() + 1];
        foreach (int label in labels)
        {
            sizes[label]++;
        }

        return [.. labels.Select(label => sizes[label] > LargestMask ? 0 : label)];
    }

    private static VolumeShape Shape(GreyImage image) => new(1, image.Height, image.Width);

    private int[] Nuclei(GreyImage image)
    {
        GreyImage smooth = Smoothing.Gaussian(image, NucleusSigma * Diameter);
        float[] surroundings = Smoothing.Gaussian(image, SurroundingsSigma * Diameter).Pixels;
        bool[] bright = [.. smooth.Pixels.Select((pixel, i) => pixel > ShareOfThreshold * threshold && pixel > surroundings[i])];
        float[] depth = DistanceMap.Inside(bright, image.Height, image.Width);
        GreyImage smoothDepth = Smoothing.Gaussian(image with { Pixels = depth }, DepthSigma * Diameter);
        return PersistentBasins.Label([.. smoothDepth.Pixels.Select(distance => -distance)], bright, Shape(image), WaistDepth * Diameter);
    }
}
