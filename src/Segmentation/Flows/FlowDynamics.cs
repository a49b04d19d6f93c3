namespace CellStitch.Segmentation.Flows;

/// <summary>Lets every pixel of a cell drift along the flows until it rests in the sink of its cell (docs/models.md, "From flows to masks").</summary>
internal static class FlowDynamics
{
    private const int Steps = 200;

    /// <summary>The sink of every pixel.</summary>
    /// <param name="flows">The network's output.</param>
    /// <param name="cellThreshold">Pixels with a larger logit belong to cells.</param>
    /// <returns>Raster index of the sink per pixel; −1 outside cells.</returns>
    public static int[] Sinks(FlowField flows, double cellThreshold)
    {
        (int height, int width) = (flows.Height, flows.Width);
        int[] sinks = new int[flows.Pixels];
        double[] steps = new double[2 * flows.Pixels];
        for (int i = 0; i < sinks.Length; i++)
        {
            bool cell = flows.CellLogit[i] > cellThreshold;
            sinks[i] = cell ? 0 : -1;
            steps[2 * i] = cell ? flows.DownFlow[i] / FlowField.Scale : 0;
            steps[(2 * i) + 1] = cell ? flows.RightFlow[i] / FlowField.Scale : 0;
        }

        for (int i = 0; i < sinks.Length; i++)
        {
            if (sinks[i] == 0)
            {
                sinks[i] = Follow(steps, height, width, i / width, i % width);
            }
        }

        return sinks;
    }

    private static int Follow(ReadOnlySpan<double> steps, int height, int width, double y, double x)
    {
        double lastY = height - 1.0;
        double lastX = width - 1.0;
        // Nothing overflows: positions are clamped to the image. The checks would cost a third of the time of this loop.
        unchecked
        {
            for (int step = 0; step < Steps; step++)
            {
                int row = Math.Min((int)y, height - 2);
                int column = Math.Min((int)x, width - 2);
                double a = y - row;
                double b = x - column;
                ReadOnlySpan<double> above = steps.Slice(2 * ((row * width) + column), 4);
                ReadOnlySpan<double> below = steps.Slice(2 * (((row + 1) * width) + column), 4);
                double w00 = (1 - a) * (1 - b);
                double w01 = (1 - a) * b;
                double w10 = a * (1 - b);
                double w11 = a * b;
                double dy = (w00 * above[0]) + (w01 * above[2]) + (w10 * below[0]) + (w11 * below[2]);
                double dx = (w00 * above[1]) + (w01 * above[3]) + (w10 * below[1]) + (w11 * below[3]);
                double nextY = Math.Min(Math.Max(y + dy, 0), lastY);
                double nextX = Math.Min(Math.Max(x + dx, 0), lastX);
                if (nextY == y && nextX == x)
                {
                    break;
                }

                (y, x) = (nextY, nextX);
            }

            return ((int)y * width) + (int)x;
        }
    }
}
