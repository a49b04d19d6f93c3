using CellStitch.Core.Transport;

namespace CellStitch.Core.Tests.Transport;

/// <summary>
/// Transport problems as stitching poses them: two layers of packed cells, the cells of the lower one drifted, the Jaccard cost of
/// every overlapping pair in units of 10⁻⁹. Bin 0 of either side is the background. Shared with the benchmarks.
/// </summary>
public static class VoronoiTransport
{
    private const int UnitCost = 1_000_000_000;

    /// <summary>Two drifted layers of about <paramref name="cells"/> cells each.</summary>
    /// <param name="cells">Cells per layer; rounded down to a square number.</param>
    /// <param name="pitch">Mean distance of neighbouring cells in pixels.</param>
    /// <param name="walls">Whether one pixel of background separates the cells, as segmenters mark them.</param>
    /// <param name="seed">Another seed, other cells.</param>
    public static TransportProblem Create(int cells, int pitch, bool walls, int seed)
    {
        var random = new Random(seed);
        int side = (int)Math.Sqrt(cells);
        var centres = new (double Y, double X)[side * side];
        for (int i = 0; i < centres.Length; i++)
        {
            centres[i] = (((i / side) + random.NextDouble()) * pitch, ((i % side) + random.NextDouble()) * pitch);
        }

        int[] upper = Layer(centres, side, pitch, walls);
        for (int i = 0; i < centres.Length; i++)
        {
            centres[i].Y += (random.NextDouble() - 0.5) * pitch * 0.6;
            centres[i].X += (random.NextDouble() - 0.5) * pitch * 0.6;
        }

        return FromLayers(upper, Layer(centres, side, pitch, walls), centres.Length + 1, centres.Length + 1);
    }

    /// <summary>The problem of two layers whose pixels hold bin numbers.</summary>
    public static TransportProblem FromLayers(int[] upper, int[] lower, int sources, int targets)
    {
        var sourceMass = new long[sources];
        var targetMass = new long[targets];
        var overlap = new Dictionary<(int Source, int Target), long>();
        for (int i = 0; i < upper.Length; i++)
        {
            sourceMass[upper[i]]++;
            targetMass[lower[i]]++;
            overlap[(upper[i], lower[i])] = overlap.GetValueOrDefault((upper[i], lower[i])) + 1;
        }

        TransportArc[] arcs = [.. overlap.OrderBy(pair => pair.Key).Select(pair =>
        {
            (int x, int y) = pair.Key;
            decimal jaccard = (decimal)pair.Value / (sourceMass[x] + targetMass[y] - pair.Value);
            return new TransportArc(x, y, UnitCost - (int)decimal.Round(jaccard * UnitCost));
        })];
        return new TransportProblem(sourceMass, targetMass, arcs, UnitCost);
    }

    private static int[] Layer((double Y, double X)[] centres, int side, int pitch, bool walls)
    {
        int size = side * pitch;
        var nearest = new int[size * size];
        for (int pixel = 0; pixel < nearest.Length; pixel++)
        {
            nearest[pixel] = 1 + Nearest(centres, side, pitch, pixel / size, pixel % size);
        }

        return walls ? [.. nearest.Select((cell, i) => IsWall(nearest, size, i) ? 0 : cell)] : nearest;
    }

    private static bool IsWall(int[] nearest, int size, int pixel)
    {
        bool right = (pixel + 1) % size != 0 && nearest[pixel + 1] != nearest[pixel];
        bool below = pixel + size < nearest.Length && nearest[pixel + size] != nearest[pixel];
        return right || below;
    }

    private static int Nearest((double Y, double X)[] centres, int side, int pitch, int y, int x)
    {
        // A centre leaves its grid square by at most 0.3 pitch, so the nearest one lies within two squares.
        int nearest = -1;
        double least = double.MaxValue;
        for (int row = Math.Max(0, (y / pitch) - 2); row <= Math.Min(side - 1, (y / pitch) + 2); row++)
        {
            for (int column = Math.Max(0, (x / pitch) - 2); column <= Math.Min(side - 1, (x / pitch) + 2); column++)
            {
                int i = (row * side) + column;
                (double dy, double dx) = (centres[i].Y - y, centres[i].X - x);
                double distance = (dy * dy) + (dx * dx);
                if (distance < least)
                {
                    least = distance;
                    nearest = i;
                }
            }
        }

        return nearest;
    }
}
