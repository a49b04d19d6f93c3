namespace CellStitch.Core.Synthesis;

/// <summary>
/// Seeds of cells spread evenly through a region: random points moved a few times to the centroid of the sample points nearest to them
/// (Lloyd, "Least squares quantization in PCM", 1982), then to the nearest voxel centre.
/// </summary>
internal sealed class RelaxedSeeds
{
    // 4³ = 64 sample points a cell place its centroid to a few per cent of its size.
    private const int SamplesPerSpacing = 4;

    // After five rounds cells vary as much in size as those of epithelia do; more rounds tend to a lattice.
    private const int Rounds = 5;

    private readonly Box _box;
    private readonly Ellipsoid? _organ;
    private readonly List<Point> _samples = [];
    private readonly (double Z, double Y, double X) _pitch;

    /// <summary>Spreads seeds through a region.</summary>
    /// <param name="box">The region's box; its depth may be 0 (seeds in a plane).</param>
    /// <param name="organ">The part of the box that is filled; null for all of it.</param>
    /// <param name="spacing">Mean distance of the seeds, see <see cref="Spacing"/>.</param>
    /// <param name="anisotropy">Distance of two voxels in z.</param>
    /// <param name="count">Number of seeds asked for.</param>
    /// <param name="key">Key of the random numbers.</param>
    public RelaxedSeeds(Box box, Ellipsoid? organ, double spacing, double anisotropy, int count, ulong key)
    {
        _box = box;
        _organ = organ;
        int depth = Samples(box.Depth, spacing);
        int height = Samples(box.Height, spacing);
        int width = Samples(box.Width, spacing);
        _pitch = (box.Depth / depth, box.Height / height, box.Width / width);
        AddSamples(depth, height, width);

        Point[] seeds = [.. Enumerable.Range(0, count).Select(i => RandomPoint(CounterRandom.Mix(key, (ulong)i)))];
        for (int round = 0; round < Rounds; round++)
        {
            MoveToCentroids(seeds, new SeedGrid(seeds, box, spacing));
        }

        Seeds = Apart(seeds.Select(seed => ToVoxel(seed, anisotropy)).Where(seed => organ is null || organ.Contains(seed)), spacing);
        Grid = new SeedGrid(Seeds, box, spacing);
        CoveringRadius = FindCoveringRadius();
    }

    /// <summary>The seeds, each on a voxel centre, no two within a wall and a pixel of each other, in raster order.</summary>
    public IReadOnlyList<Point> Seeds { get; }

    public SeedGrid Grid { get; }

    /// <summary>
    /// No point of the box is farther than this from its nearest seed; of an organ, none but perhaps a few on its surface, which then stay background.
    /// </summary>
    public double CoveringRadius { get; }

    /// <summary>
    /// Mean distance of <paramref name="count"/> seeds in a box: the edge of a cube with the room of one cell, or of a square or a length
    /// where the box is thinner than that.
    /// </summary>
    public static double Spacing(Box box, int count)
    {
        double[] lengths = [.. new[] { box.Depth, box.Height, box.Width }.Order()];
        for (int dimension = lengths.Length; dimension > 1; dimension--)
        {
            double smallest = lengths[^dimension];
            double spacing = Root(lengths[^dimension..].Aggregate((product, length) => product * length) / count, dimension);
            if (smallest > 0 && spacing <= smallest)
            {
                return spacing;
            }
        }

        return lengths[^1] / count;
    }

    // By bisection: Math.Cbrt and Math.Pow differ in the last bit between platforms.
    private static double Root(double value, int degree)
    {
        const int DoubleBits = 64;
        double low = 0;
        double high = value + 1;
        for (int i = 0; i < DoubleBits; i++)
        {
            double middle = (low + high) / 2;
            double power = degree == 3 ? middle * middle * middle : middle * middle;
            (low, high) = power <= value ? (middle, high) : (low, middle);
        }

        return low;
    }

    private static int Samples(double length, double spacing) => Math.Max(1, (int)Math.Ceiling(length * SamplesPerSpacing / spacing));

    private static double ToVoxel(double position, double least, double most, double step)
    {
        return Math.Clamp(Math.Round(position / step), Math.Ceiling(least / step), Math.Floor(most / step)) * step;
    }

    private Point ToVoxel(Point p, double anisotropy)
    {
        return new Point(
            ToVoxel(p.Z, _box.Least.Z, _box.Most.Z, anisotropy),
            ToVoxel(p.Y, _box.Least.Y, _box.Most.Y, 1),
            ToVoxel(p.X, _box.Least.X, _box.Most.X, 1));
    }

    private void AddSamples(int depth, int height, int width)
    {
        for (int z = 0; z < depth; z++)
        {
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    var sample = new Point(
                        _box.Least.Z + ((z + 0.5) * _pitch.Z),
                        _box.Least.Y + ((y + 0.5) * _pitch.Y),
                        _box.Least.X + ((x + 0.5) * _pitch.X));
                    if (_organ is null || _organ.Contains(sample))
                    {
                        _samples.Add(sample);
                    }
                }
            }
        }
    }

    private Point RandomPoint(ulong key)
    {
        for (ulong attempt = 0; ; attempt++)
        {
            ulong draw = CounterRandom.Mix(key, attempt);
            var p = new Point(
                _box.Least.Z + (CounterRandom.Unit(draw, 0) * _box.Depth),
                _box.Least.Y + (CounterRandom.Unit(draw, 1) * _box.Height),
                _box.Least.X + (CounterRandom.Unit(draw, 2) * _box.Width));
            if (_organ is null || _organ.Contains(p))
            {
                return p;
            }
        }
    }

    private void MoveToCentroids(Point[] seeds, SeedGrid grid)
    {
        var sums = new (double Z, double Y, double X, int Count)[seeds.Length];
        foreach (Point sample in _samples)
        {
            ref (double Z, double Y, double X, int Count) sum = ref sums[grid.Nearest(sample, out _)];
            sum = (sum.Z + sample.Z, sum.Y + sample.Y, sum.X + sample.X, sum.Count + 1);
        }

        for (int i = 0; i < seeds.Length; i++)
        {
            (double z, double y, double x, int count) = sums[i];
            seeds[i] = count == 0 ? seeds[i] : new Point(z / count, y / count, x / count);
        }
    }

    // A seed keeps its own voxel when the wall halfway to the next seed does not reach it.
    private List<Point> Apart(IEnumerable<Point> seeds, double spacing)
    {
        const double Closest = VoronoiCells.WallPx + 1;
        Point[] ordered = [.. seeds.OrderBy(p => p.Z).ThenBy(p => p.Y).ThenBy(p => p.X)];
        var kept = new bool[ordered.Length];
        var near = new List<int>();
        var grid = new SeedGrid(ordered, _box, spacing);
        for (int i = 0; i < ordered.Length; i++)
        {
            near.Clear();
            grid.Within(ordered[i], Closest, near);
            kept[i] = near.TrueForAll(other => !kept[other]);
        }

        return [.. ordered.Where((_, i) => kept[i])];
    }

    private double FindCoveringRadius()
    {
        // Every point lies within half a diagonal of a sample, and moving by that much changes the distance to the nearest seed by no more.
        double half = Math.Sqrt((_pitch.Z * _pitch.Z) + (_pitch.Y * _pitch.Y) + (_pitch.X * _pitch.X)) / 2;
        double farthest = 0;
        foreach (Point sample in _samples)
        {
            Grid.Nearest(sample, out double squaredDistance);
            farthest = Math.Max(farthest, squaredDistance);
        }

        return Math.Sqrt(farthest) + half;
    }
}
