namespace CellStitch.Core.Synthesis;

/// <summary>A box in space, in px.</summary>
internal readonly record struct Box(Point Least, Point Most)
{
    public double Depth => Most.Z - Least.Z;

    public double Height => Most.Y - Least.Y;

    public double Width => Most.X - Least.X;
}

/// <summary>Seeds sorted into cubic buckets, so that neighbours are found without looking at all of them.</summary>
internal sealed class SeedGrid
{
    private readonly IReadOnlyList<Point> _seeds;
    private readonly Box _box;
    private readonly double _side;
    private readonly (int Z, int Y, int X) _count;
    private readonly int[] _starts;
    private readonly int[] _members;

    /// <summary>Sorts seeds into buckets.</summary>
    /// <param name="seeds">At least one seed, all inside <paramref name="box"/>.</param>
    /// <param name="box">What the buckets cover.</param>
    /// <param name="side">Edge length of a bucket.</param>
    public SeedGrid(IReadOnlyList<Point> seeds, Box box, double side)
    {
        _seeds = seeds;
        _box = box;
        _side = side;
        _count = (1 + (int)(box.Depth / side), 1 + (int)(box.Height / side), 1 + (int)(box.Width / side));
        _starts = new int[(_count.Z * _count.Y * _count.X) + 1];
        foreach (Point seed in seeds)
        {
            _starts[BucketOf(seed) + 1]++;
        }

        for (int b = 1; b < _starts.Length; b++)
        {
            _starts[b] += _starts[b - 1];
        }

        _members = new int[seeds.Count];
        int[] next = [.. _starts];
        for (int i = 0; i < seeds.Count; i++)
        {
            _members[next[BucketOf(seeds[i])]++] = i;
        }
    }

    /// <summary>The nearest seed; the smaller index where two are equally near.</summary>
    public int Nearest(Point p, out double squaredDistance)
    {
        int best = -1;
        double least = double.PositiveInfinity;
        (int z, int y, int x) = Locate(p);
        int rings = Math.Max(_count.Z, Math.Max(_count.Y, _count.X));
        // A seed outside the rings 0 … ring − 1 is at least (ring − 1) sides away.
        for (int ring = 0; ring <= rings && (ring < 2 || least > (ring - 1) * _side * ((ring - 1) * _side)); ring++)
        {
            for (int bz = Math.Max(0, z - ring); bz <= Math.Min(_count.Z - 1, z + ring); bz++)
            {
                for (int by = Math.Max(0, y - ring); by <= Math.Min(_count.Y - 1, y + ring); by++)
                {
                    bool wholeRow = Math.Abs(bz - z) == ring || Math.Abs(by - y) == ring;
                    int step = wholeRow || ring == 0 ? 1 : 2 * ring;
                    for (int bx = x - ring; bx <= x + ring; bx += step)
                    {
                        if (bx >= 0 && bx < _count.X)
                        {
                            SearchBucket(bz, by, bx, p, ref best, ref least);
                        }
                    }
                }
            }
        }

        squaredDistance = least;
        return best;
    }

    /// <summary>Adds all seeds within <paramref name="radius"/> of <paramref name="p"/>, by bucket, to <paramref name="found"/>.</summary>
    public void Within(Point p, double radius, List<int> found)
    {
        (int z0, int y0, int x0) = Locate(new Point(p.Z - radius, p.Y - radius, p.X - radius));
        (int z1, int y1, int x1) = Locate(new Point(p.Z + radius, p.Y + radius, p.X + radius));
        for (int z = z0; z <= z1; z++)
        {
            for (int y = y0; y <= y1; y++)
            {
                // Buckets of one row lie side by side.
                int first = Bucket(z, y, x0);
                int last = Bucket(z, y, x1);
                for (int m = _starts[first]; m < _starts[last + 1]; m++)
                {
                    if (_seeds[_members[m]].SquaredDistance(p) <= radius * radius)
                    {
                        found.Add(_members[m]);
                    }
                }
            }
        }
    }

    private void SearchBucket(int z, int y, int x, Point p, ref int best, ref double least)
    {
        int bucket = Bucket(z, y, x);
        for (int m = _starts[bucket]; m < _starts[bucket + 1]; m++)
        {
            int i = _members[m];
            double distance = _seeds[i].SquaredDistance(p);
            if (distance < least || (distance == least && i < best))
            {
                least = distance;
                best = i;
            }
        }
    }

    private int BucketOf(Point p)
    {
        (int z, int y, int x) = Locate(p);
        return Bucket(z, y, x);
    }

    private int Bucket(int z, int y, int x) => (((z * _count.Y) + y) * _count.X) + x;

    private (int Z, int Y, int X) Locate(Point p)
    {
        return (Index(p.Z - _box.Least.Z, _count.Z), Index(p.Y - _box.Least.Y, _count.Y), Index(p.X - _box.Least.X, _count.X));
    }

    private int Index(double offset, int count) => (int)Math.Clamp(Math.Floor(offset / _side), 0, count - 1);
}
