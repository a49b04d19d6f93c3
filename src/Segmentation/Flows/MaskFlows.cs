using CellStitch.Core.Volumes;

namespace CellStitch.Segmentation.Flows;

/// <summary>
/// The flows that a mask itself stands for: the directions of heat that spreads from its centre. Where the network's flows disagree with them, the
/// mask is doubtful.
/// </summary>
internal static class MaskFlows
{
    /// <summary>Unit flows of all masks.</summary>
    /// <param name="labels">Labels 1 … n.</param>
    /// <param name="width">Columns.</param>
    /// <returns>Two planes: dY, dX.</returns>
    public static double[] Of(int[] labels, int width)
    {
        double[] flows = new double[2 * labels.Length];
        MaskBox[] boxes = MaskBox.Of(labels, new VolumeShape(1, labels.Length / width, width));
        for (int i = 0; i < boxes.Length; i++)
        {
            if (boxes[i].Height > 0)
            {
                Add(labels, width, i + 1, boxes[i], flows);
            }
        }

        return flows;
    }

    /// <summary>Mean squared difference between the masks' flows and the network's, by label.</summary>
    public static double[] Errors(int[] labels, FlowField network)
    {
        double[] flows = Of(labels, network.Width);
        int count = labels.Max();
        double[] errors = new double[count + 1];
        int[] sizes = new int[count + 1];
        for (int i = 0; i < labels.Length; i++)
        {
            double dy = flows[i] - (network.DownFlow[i] / FlowField.Scale);
            double dx = flows[labels.Length + i] - (network.RightFlow[i] / FlowField.Scale);
            errors[labels[i]] += (dy * dy) + (dx * dx);
            sizes[labels[i]]++;
        }

        for (int label = 0; label <= count; label++)
        {
            errors[label] /= Math.Max(sizes[label], 1);
        }

        return errors;
    }

    private static void Add(int[] labels, int width, int label, MaskBox box, double[] flows)
    {
        // One empty pixel on each side, so that heat leaves the mask.
        int stride = box.Width + 2;
        var pixels = new List<int>();
        for (int y = 0; y < box.Height; y++)
        {
            for (int x = 0; x < box.Width; x++)
            {
                if (labels[((box.Top + y) * width) + box.Left + x] == label)
                {
                    pixels.Add(((y + 1) * stride) + x + 1);
                }
            }
        }

        double[] heat = Heat(pixels, stride, (box.Height + 2) * stride, Centre(pixels, stride), 2 * (box.Height + box.Width + 2));
        foreach (int at in pixels)
        {
            double dy = heat[at + stride] - heat[at - stride];
            double dx = heat[at + 1] - heat[at - 1];
            // Heat far from the centre of a long mask is tiny, its direction is not.
            double length = Math.Sqrt((dy * dy) + (dx * dx)) + 1e-60;
            int pixel = ((box.Top + (at / stride) - 1) * width) + box.Left + (at % stride) - 1;
            flows[pixel] = dy / length;
            flows[labels.Length + pixel] = dx / length;
        }
    }

    /// <summary>The pixel of the mask nearest to its median row and column; the first in raster order on a tie.</summary>
    private static int Centre(List<int> pixels, int stride)
    {
        double row = Median([.. pixels.Select(at => at / stride)]);
        double column = Median([.. pixels.Select(at => at % stride)]);
        return pixels.MinBy(at => Square((at / stride) - row) + Square((at % stride) - column));

        static double Square(double x) => x * x;

        static double Median(int[] values)
        {
            Array.Sort(values);
            return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2.0;
        }
    }

    private static double[] Heat(List<int> pixels, int stride, int size, int centre, int rounds)
    {
        int[] mask = [.. pixels];
        double[] heat = new double[size];
        double[] next = new double[size];
        for (int round = 0; round < rounds; round++)
        {
            heat[centre] += 1;
            // The order of the sum is part of the rule: another one rounds differently.
            foreach (int at in mask)
            {
                ReadOnlySpan<double> above = heat.AsSpan(at - stride - 1, 3);
                ReadOnlySpan<double> here = heat.AsSpan(at - 1, 3);
                ReadOnlySpan<double> below = heat.AsSpan(at + stride - 1, 3);
                next[at] = (above[0] + above[1] + above[2] + here[0] + here[1] + here[2] + below[0] + below[1] + below[2]) / 9;
            }

            (heat, next) = (next, heat);
        }

        return heat;
    }
}
