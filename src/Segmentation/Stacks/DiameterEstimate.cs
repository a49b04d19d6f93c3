using CellStitch.Segmentation.Classic;
using CellStitch.Segmentation.Flows;
using CellStitch.Segmentation.Images;

namespace CellStitch.Segmentation.Stacks;

/// <summary>Tries a row of diameters on a few layers and takes the one whose masks agree with it (docs/models.md, "Diameter").</summary>
internal static class DiameterEstimate
{
    // Each 1.5 times the one before: the network tolerates a third more or less.
    private static readonly double[] Tried = [10, 15, 22.5, 34, 51, 76, 114];

    // A tile of the network.
    private const int CropSide = 256;

    public static SegmentationSetup Decide(SegmentationSetup setup, GreyImage[] layers, FlowNetwork? network, CancellationToken cancellation)
    {
        (double Score, SegmentationSetup Setup) best = (double.NegativeInfinity, setup);
        foreach (double diameter in Tried.Where(tried => tried <= Math.Max(Tried[0], Math.Min(layers[0].Height, layers[0].Width))))
        {
            cancellation.ThrowIfCancellationRequested();
            SegmentationSetup tried = setup with { Diameter = diameter };
            GreyImage[] crops = [.. layers.Select(layer => Crop(layer, diameter))];
            tried = tried.Method == SegmentationMethod.Classic ? tried with { Part = tried.BrightPartOf(layers) } : tried;
            (double score, double found) = network is null ? Classic(tried, crops) : Network(crops, network);
            if (score > best.Score)
            {
                // Masks have much the same size in pixels of the layer whatever diameter was tried, so it is what counts, also far from the diameter tried.
                best = (score, tried with { Diameter = found * diameter });
            }
        }

        return best.Setup;
    }

    // The share of the image in masks, times the cube of their mean quality: a wrong scale covers noise with poor masks, which a plain product would reward.
    private static (double Score, double Found) Network(GreyImage[] crops, FlowNetwork network)
    {
        var rules = new MaskRules();
        double good = 0;
        (long inMasks, long pixels) = (0, 0);
        var sizes = new List<int>();
        foreach (GreyImage crop in crops)
        {
            FlowField flows = network.Run(crop);
            int[] labels = rules.RawMasks(flows);
            double[] errors = MaskFlows.Errors(labels, flows);
            int[] areas = Areas(labels);
            for (int label = 1; label < areas.Length; label++)
            {
                if (errors[label] <= rules.FlowThreshold && areas[label] >= rules.SmallestMask)
                {
                    good += areas[label] * (1 - (errors[label] / rules.FlowThreshold));
                    inMasks += areas[label];
                    sizes.Add(areas[label]);
                }
            }

            pixels += labels.Length;
        }

        double quality = inMasks == 0 ? 0 : good / inMasks;
        return ((double)inMasks / pixels * Math.Pow(quality, 3), Found(sizes));
    }

    private static (double Score, double Found) Classic(SegmentationSetup setup, GreyImage[] crops)
    {
        var segmenter = new ClassicSegmenter(setup.Part, setup.Threshold);
        double found = Found([.. crops.SelectMany(crop => Areas(segmenter.Masks(crop)).Skip(1))]);
        return (-Math.Abs(Math.Log(found)), found);
    }

    private static int[] Areas(int[] labels)
    {
        int[] areas = new int[labels.Max() + 1];
        foreach (int label in labels)
        {
            areas[label]++;
        }

        return areas;
    }

    // The median diameter of discs of these areas, in diameters that were tried.
    private static double Found(List<int> areas)
    {
        areas.Sort();
        return areas.Count == 0 ? 1 : Math.Sqrt(areas[areas.Count / 2] * 4 / Math.PI) / NominalSize.Diameter;
    }

    // The middle of a layer at nominal size, at most one tile.
    private static GreyImage Crop(GreyImage layer, double diameter)
    {
        int side = (int)Math.Ceiling(CropSide * diameter / NominalSize.Diameter);
        int height = Math.Min(side, layer.Height);
        int width = Math.Min(side, layer.Width);
        (int top, int left) = ((layer.Height - height) / 2, (layer.Width - width) / 2);
        GreyImage cut = GreyImage.Empty(height, width);
        for (int y = 0; y < height; y++)
        {
            layer.Pixels.AsSpan(((top + y) * layer.Width) + left, width).CopyTo(cut.Pixels.AsSpan(y * width));
        }

        (int toHeight, int toWidth) = NominalSize.Of(height, width, diameter, 1);
        return Resampling.Linear(cut, toHeight, toWidth);
    }
}
