using CellStitch.Core.Volumes;
using CellStitch.Segmentation.Classic;
using CellStitch.Segmentation.Flows;
using CellStitch.Segmentation.Images;

namespace CellStitch.Segmentation.Stacks;

/// <summary>
/// All that is decided once for a stack, so that its slices can be segmented independently of each other: the same setup and slice give the same masks
/// wherever they are made.
/// </summary>
/// <param name="Method">How masks are made.</param>
/// <param name="Diameter">Diameter of the cells in pixels of a layer.</param>
/// <param name="Anisotropy">Distance of layers / distance of pixels in a layer.</param>
/// <param name="Contrast"><see cref="SegmentationOptions.Contrast"/>.</param>
/// <param name="Range">What normalisation maps to 0 … 1.</param>
/// <param name="Part">What is bright; for the method without a network.</param>
/// <param name="Threshold">What parts bright from dark; for the method without a network.</param>
/// <param name="Warnings">What the user should know.</param>
public sealed record SegmentationSetup(
    SegmentationMethod Method,
    double Diameter,
    double Anisotropy,
    double Contrast,
    IntensityRange Range,
    BrightPart Part,
    double Threshold,
    IReadOnlyList<string> Warnings)
{
    // Enough to see what a stack holds, few enough to cost seconds.
    private const int SampledLayers = 5;

    /// <summary>Decides what the options leave open. Reads the stack twice for its percentiles, and a few layers.</summary>
    /// <param name="raw">The stack.</param>
    /// <param name="options">The options.</param>
    /// <param name="network">The network, for the method that needs one.</param>
    /// <param name="cancellation">Checked before each layer.</param>
    /// <exception cref="InvalidMaskException">The stack cannot be read, or holds masks.</exception>
    public static SegmentationSetup Decide(IRawSource raw, SegmentationOptions options, FlowNetwork? network, CancellationToken cancellation = default)
    {
        var warnings = new List<string>(raw.Warnings.Select(warning => $"{raw.Name}: {warning}"));
        double anisotropy = options.Anisotropy ?? raw.VoxelSize?.Anisotropy ?? 1;
        if (options.Anisotropy is null && raw.VoxelSize is null)
        {
            warnings.Add($"{raw.Name}: states no voxel size; layers are taken to be as far apart as pixels (anisotropy 1).");
        }

        if (MaskLikeness.Of(raw, cancellation))
        {
            throw new InvalidMaskException(
                MaskFault.LooksLikeMasks, raw.Name, null, "flat regions of whole numbers, as masks have them; expected intensities. Masks need no segmenting: name the file xy.tif.");
        }

        IntensityRange range = IntensityHistogram.Range(part => ForRows(raw, part, cancellation));
        GreyImage[] sample = Sample(raw, range, options.Contrast, cancellation);
        double threshold = OtsuThreshold.Of(sample.SelectMany(layer => layer.Pixels));
        var setup = new SegmentationSetup(options.Method, options.Diameter ?? NominalSize.Diameter, anisotropy, options.Contrast, range, BrightPart.Membranes, threshold, warnings);
        if (options.Method == SegmentationMethod.Classic && options.Diameter is not null)
        {
            return setup with { Part = setup.BrightPartOf(sample) };
        }

        if (options.Diameter is not null)
        {
            return setup;
        }

        setup = DiameterEstimate.Decide(setup, sample, network, cancellation);
        warnings.Add(FormattableString.Invariant($"{raw.Name}: no diameter is given; cells are taken to be {setup.Diameter:0.#} pixels across."));
        return setup;
    }

    /// <summary>What is bright in some layers, at the diameter of this setup.</summary>
    internal BrightPart BrightPartOf(IEnumerable<GreyImage> layers)
    {
        (long bright, long deep) = (0, 0);
        foreach (GreyImage layer in layers)
        {
            (int height, int width) = NominalSize.Of(layer.Height, layer.Width, Diameter, 1);
            ClassicSegmenter.IsThick(Resampling.Linear(layer, height, width), Threshold, out int brightHere, out int deepHere);
            bright += brightHere;
            deep += deepHere;
        }

        return ClassicSegmenter.IsThick(bright, deep) ? BrightPart.Nuclei : BrightPart.Membranes;
    }

    private static void ForRows(IRawSource raw, Action<ReadOnlySpan<float>> part, CancellationToken cancellation)
    {
        const int BatchPixels = 1 << 16;
        (int height, int width) = (raw.Shape.Height, raw.Shape.Width);
        int batch = Math.Clamp(BatchPixels / width, 1, height);
        float[] pixels = new float[batch * width];
        for (int z = 0; z < raw.Shape.Depth; z++)
        {
            cancellation.ThrowIfCancellationRequested();
            using IRawRows rows = raw.OpenRows(z);
            for (int y = 0; y < height; y += batch)
            {
                Span<float> read = pixels.AsSpan(0, Math.Min(batch, height - y) * width);
                rows.Read(read);
                part(read);
            }
        }
    }

    private static GreyImage[] Sample(IRawSource raw, IntensityRange range, double contrast, CancellationToken cancellation)
    {
        VolumeShape shape = raw.Shape;
        int count = Math.Min(SampledLayers, shape.Depth);
        var layers = new GreyImage[count];
        for (int i = 0; i < count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            layers[i] = GreyImage.Empty(shape.Height, shape.Width);
            // The middles of as many equal parts: first and last layers are often empty.
            using IRawRows rows = raw.OpenRows(((2 * i) + 1) * shape.Depth / (2 * count));
            rows.Read(layers[i].Pixels);
            range.Normalise(layers[i].Pixels, contrast);
        }

        return layers;
    }
}
