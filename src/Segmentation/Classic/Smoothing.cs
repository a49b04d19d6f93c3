using CellStitch.Core.Volumes;
using CellStitch.Segmentation.Images;

namespace CellStitch.Segmentation.Classic;

/// <summary>Gaussian smoothing; edges are repeated.</summary>
internal static class Smoothing
{
    // Beyond three standard deviations the weights are below a hundredth of the middle one.
    private const double Reach = 3;

    public static GreyImage Gaussian(GreyImage image, double sigma) =>
        image with { Pixels = Gaussian(image.Pixels, new VolumeShape(1, image.Height, image.Width), 0, sigma, threads: 1) };

    /// <summary>Smooths a volume, or an image as a volume of one layer.</summary>
    /// <param name="voxels">Values in raster order.</param>
    /// <param name="shape">Shape (z, y, x).</param>
    /// <param name="sigmaZ">Standard deviation in layers; 0 leaves layers apart.</param>
    /// <param name="sigma">Standard deviation in pixels of a layer.</param>
    /// <param name="threads">Lines worked on at once.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static float[] Gaussian(float[] voxels, VolumeShape shape, double sigmaZ, double sigma, int threads, CancellationToken cancellation = default)
    {
        float[] smooth = Along(voxels, AxisLines.Of(shape, VolumeAxis.X), sigma, threads, cancellation);
        smooth = Along(smooth, AxisLines.Of(shape, VolumeAxis.Y), sigma, threads, cancellation);
        return Along(smooth, AxisLines.Of(shape, VolumeAxis.Z), sigmaZ, threads, cancellation);
    }

    private static float[] Along(float[] voxels, AxisLines lines, double sigma, int threads, CancellationToken cancellation)
    {
        if (sigma == 0)
        {
            return voxels;
        }

        double[] weights = Weights(sigma);
        int radius = weights.Length / 2;
        float[] smooth = new float[voxels.Length];
        lines.Each(threads, Smooth, cancellation);
        return smooth;

        void Smooth(int first, int end)
        {
            // The line with its ends repeated.
            double[] wide = new double[lines.Length + (2 * radius)];
            for (int line = first; line < end; line++)
            {
                int start = lines.Start(line);
                for (int i = 0; i < wide.Length; i++)
                {
                    wide[i] = voxels[start + (Math.Clamp(i - radius, 0, lines.Length - 1) * lines.Step)];
                }

                for (int i = 0; i < lines.Length; i++)
                {
                    double sum = 0;
                    ReadOnlySpan<double> around = wide.AsSpan(i, weights.Length);
                    for (int k = 0; k < weights.Length; k++)
                    {
                        sum += weights[k] * around[k];
                    }

                    smooth[start + (i * lines.Step)] = (float)sum;
                }
            }
        }
    }

    private static double[] Weights(double sigma)
    {
        int radius = (int)Math.Ceiling(Reach * sigma);
        double[] weights = [.. Enumerable.Range(-radius, (2 * radius) + 1).Select(i => Math.Exp(-i * i / (2 * sigma * sigma)))];
        double sum = weights.Sum();
        return [.. weights.Select(weight => weight / sum)];
    }
}
