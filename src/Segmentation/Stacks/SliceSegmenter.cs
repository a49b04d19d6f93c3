using CellStitch.Segmentation.Classic;
using CellStitch.Segmentation.Flows;
using CellStitch.Segmentation.Images;

namespace CellStitch.Segmentation.Stacks;

/// <summary>One slice, as acquired, to its masks.</summary>
internal sealed class SliceSegmenter
{
    private readonly SegmentationSetup _setup;
    private readonly Func<GreyImage, int[]> _masks;

    public SliceSegmenter(SegmentationSetup setup, FlowNetwork? network)
    {
        var rules = new MaskRules();
        var classic = new ClassicSegmenter(setup.Part, setup.Threshold);
        _setup = setup;
        _masks = setup.Method == SegmentationMethod.Classic ? classic.Masks
            : network is null ? throw new ArgumentNullException(nameof(network), "The method onnx needs a network.")
            : image => rules.Masks(network.Run(image));
    }

    /// <summary>Masks of the slice's size, labels 1 … n; 0 is background.</summary>
    /// <param name="slice">Intensities; changed.</param>
    /// <param name="rowStretch">Distance of rows / distance of columns.</param>
    public uint[] Masks(GreyImage slice, double rowStretch)
    {
        _setup.Range.Normalise(slice.Pixels, _setup.Contrast);
        (int height, int width) = NominalSize.Of(slice.Height, slice.Width, _setup.Diameter, rowStretch);
        int[] masks = _masks(Resampling.Linear(slice, height, width));
        return Resampling.Nearest(masks, height, width, slice.Height, slice.Width);
    }
}
