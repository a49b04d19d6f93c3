namespace CellStitch.Segmentation.Classic;

/// <summary>Exact Euclidean distance of every pixel of a mask to the nearest pixel outside it (Felzenszwalb and Huttenlocher 2012). The frame is no outside.</summary>
internal static class DistanceMap
{
    public static float[] Inside(bool[] mask, int height, int width)
    {
        // Larger than any squared distance in an image, small enough to add to.
        const double Far = 1e12;
        double[] squared = [.. mask.Select(inside => inside ? Far : 0)];
        double[] line = new double[Math.Max(height, width)];
        for (int x = 0; x < width; x++)
        {
            Transform(squared, x, width, height, line);
        }

        for (int y = 0; y < height; y++)
        {
            Transform(squared, y * width, 1, width, line);
        }

        return [.. squared.Select(value => (float)Math.Sqrt(value))];
    }

    // The lower envelope of the parabolas that stand on the values of a line.
    private static void Transform(double[] values, int start, int step, int length, double[] line)
    {
        for (int i = 0; i < length; i++)
        {
            line[i] = values[start + (i * step)];
        }

        int[] feet = new int[length];
        double[] from = new double[length + 1];
        int last = 0;
        (from[0], from[1]) = (double.NegativeInfinity, double.PositiveInfinity);
        for (int q = 1; q < length; q++)
        {
            double meet = Meet(q, feet[last]);
            while (meet <= from[last])
            {
                last--;
                meet = Meet(q, feet[last]);
            }

            last++;
            feet[last] = q;
            (from[last], from[last + 1]) = (meet, double.PositiveInfinity);
        }

        int at = 0;
        for (int q = 0; q < length; q++)
        {
            while (from[at + 1] < q)
            {
                at++;
            }

            values[start + (q * step)] = ((double)(q - feet[at]) * (q - feet[at])) + line[feet[at]];
        }

        double Meet(int q, int p) => (line[q] + ((double)q * q) - line[p] - ((double)p * p)) / (2.0 * (q - p));
    }
}
