namespace CellStitch.Bench;

/// <summary>Label layers of packed cells: the Voronoi cells of a jittered grid, with or without walls of background, drifting from layer to layer.</summary>
internal static class VoronoiLayer
{
    private const double Jitter = 0.7;
    private const double WallPixels = 1.0;

    public static uint[] Paint(int side, int cellsPerSide, int z, double drift, bool walls)
    {
        double pitch = (double)side / cellsPerSide;
        double[] offsetY = [.. Enumerable.Range(0, cellsPerSide * cellsPerSide).Select(seed => Jitter * Offset(seed, z, 1, drift))];
        double[] offsetX = [.. Enumerable.Range(0, cellsPerSide * cellsPerSide).Select(seed => Jitter * Offset(seed, z, 2, drift))];
        var layer = new uint[side * side];
        for (int y = 0; y < side; y++)
        {
            for (int x = 0; x < side; x++)
            {
                (double nearest, double second) = (double.MaxValue, double.MaxValue);
                uint label = 0;
                (int row, int column) = ((int)(y / pitch), (int)(x / pitch));
                for (int r = Math.Max(0, row - 1); r <= Math.Min(cellsPerSide - 1, row + 1); r++)
                {
                    for (int c = Math.Max(0, column - 1); c <= Math.Min(cellsPerSide - 1, column + 1); c++)
                    {
                        int seed = (r * cellsPerSide) + c;
                        double dy = y - (pitch * (r + 0.5 + offsetY[seed]));
                        double dx = x - (pitch * (c + 0.5 + offsetX[seed]));
                        double distance = Math.Sqrt((dy * dy) + (dx * dx));
                        if (distance < nearest)
                        {
                            (nearest, second, label) = (distance, nearest, (uint)seed + 1);
                        }
                        else
                        {
                            second = Math.Min(second, distance);
                        }
                    }
                }

                layer[(y * side) + x] = walls && second - nearest < WallPixels ? 0 : label;
            }
        }

        return layer;
    }

    // Each seed walks on a sine of its own, in ±0.5 pitch.
    private static double Offset(int seed, int z, int axis, double drift)
    {
        double phase = Math.Tau * new Random((seed * 3) + axis).NextDouble();
        return 0.5 * Math.Sin(phase + (drift * z));
    }
}
