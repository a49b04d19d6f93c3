using CellStitch.Segmentation.Images;

namespace CellStitch.Segmentation.Classic;

/// <summary>Gaussian smoothing; edges are repeated.</summary>
internal static class Smoothing
{
    // Beyond three standard deviations the weights are below a hundredth of the middle one.
    private const double Reach = 3;

    public static GreyImage Gaussian(GreyImage image, double sigma)
    {
        int radius = (int)Math.Ceiling(Reach * sigma);
        double[] weights = [.. Enumerable.Range(-radius, (2 * radius) + 1).Select(i => Math.Exp(-i * i / (2 * sigma * sigma)))];
        double sum = weights.Sum();
        weights = [.. weights.Select(weight => weight / sum)];
        float[] rows = Along(image.Pixels, image.Height, image.Width, image.Width, 1, weights, radius);
        return image with { Pixels = Along(rows, image.Width, image.Height, 1, image.Width, weights, radius) };
    }

    private static float[] Along(float[] pixels, int lines, int length, int lineStep, int step, double[] weights, int radius)
    {
        float[] smooth = new float[pixels.Length];
        for (int line = 0; line < lines; line++)
        {
            int start = line * lineStep;
            for (int i = 0; i < length; i++)
            {
                double sum = 0;
                for (int k = 0; k < weights.Length; k++)
                {
                    sum += weights[k] * pixels[start + (Math.Clamp(i + k - radius, 0, length - 1) * step)];
                }

                smooth[start + (i * step)] = (float)sum;
            }
        }

        return smooth;
    }
}
