using CellStitch.Core.Volumes;
using CellStitch.Segmentation.Images;

namespace CellStitch.Segmentation.Classic;

/// <summary>Exact Euclidean distance of every voxel of a mask to the nearest voxel outside it (Felzenszwalb and Huttenlocher 2012). The frame is no outside.</summary>
internal static class DistanceMap
{
    // Larger than any squared distance in a volume, small enough to add to.
    private const double Far = 1e12;

    public static float[] Inside(bool[] mask, int height, int width) => Inside(mask, new VolumeShape(1, height, width), layerDistance: 1, threads: 1);

    /// <summary>Distances in pixels of a layer.</summary>
    /// <param name="mask">The voxels inside, in raster order.</param>
    /// <param name="shape">Shape (z, y, x).</param>
    /// <param name="layerDistance">Distance of layers in pixels.</param>
    /// <param name="threads">Lines worked on at once.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>0 outside; about 10⁶ where nothing is outside.</returns>
    public static float[] Inside(bool[] mask, VolumeShape shape, double layerDistance, int threads, CancellationToken cancellation = default)
    {
        double[] squared = [.. mask.Select(inside => inside ? Far : 0)];
        Transform(squared, AxisLines.Of(shape, VolumeAxis.Y), 1, threads, cancellation);
        Transform(squared, AxisLines.Of(shape, VolumeAxis.X), 1, threads, cancellation);
        Transform(squared, AxisLines.Of(shape, VolumeAxis.Z), layerDistance, threads, cancellation);
        return [.. squared.Select(value => (float)Math.Sqrt(value))];
    }

    private static void Transform(double[] values, AxisLines lines, double spacing, int threads, CancellationToken cancellation)
    {
        if (lines.Length == 1)
        {
            return;
        }

        lines.Each(
            threads,
            (first, end) =>
            {
                var envelope = new Envelope(lines.Length, spacing * spacing);
                for (int line = first; line < end; line++)
                {
                    envelope.Transform(values, lines.Start(line), lines.Step);
                }
            },
            cancellation);
    }

    /// <summary>The lower envelope of the parabolas that stand on the values of a line.</summary>
    /// <param name="length">Voxels of a line.</param>
    /// <param name="steepness">Square of the distance of neighbours.</param>
    private sealed class Envelope(int length, double steepness)
    {
        private readonly double[] _line = new double[length];
        private readonly int[] _feet = new int[length];
        private readonly double[] _from = new double[length + 1];

        public void Transform(double[] values, int start, int step)
        {
            for (int i = 0; i < length; i++)
            {
                _line[i] = values[start + (i * step)];
            }

            int last = 0;
            _feet[0] = 0;
            (_from[0], _from[1]) = (double.NegativeInfinity, double.PositiveInfinity);
            for (int q = 1; q < length; q++)
            {
                double meet = Meet(q, _feet[last]);
                while (meet <= _from[last])
                {
                    last--;
                    meet = Meet(q, _feet[last]);
                }

                last++;
                _feet[last] = q;
                (_from[last], _from[last + 1]) = (meet, double.PositiveInfinity);
            }

            int at = 0;
            for (int q = 0; q < length; q++)
            {
                while (_from[at + 1] < q)
                {
                    at++;
                }

                values[start + (q * step)] = (steepness * (q - _feet[at]) * (q - _feet[at])) + _line[_feet[at]];
            }
        }

        private double Meet(int q, int p) => (_line[q] + (steepness * q * q) - _line[p] - (steepness * p * p)) / (2 * steepness * (q - p));
    }
}
