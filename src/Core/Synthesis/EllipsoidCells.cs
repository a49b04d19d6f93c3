namespace CellStitch.Core.Synthesis;

/// <summary>Separated cells: an ellipsoid around each seed, inside the ball that reaches halfway to the next seed less half a gap.</summary>
internal static class EllipsoidCells
{
    private const double GapPx = 2;

    // The long axis takes 85–100 % of the room there is, the other two 70–100 % of the long one: nearly round, as most nuclei are.
    private const double SmallestShareOfRoom = 0.85;
    private const double SmallestAxisRatio = 0.7;

    public static ConvexCell[] Build(RelaxedSeeds seeds, double spacing, ulong key)
    {
        var near = new List<int>();
        return [.. seeds.Seeds.Select((seed, i) =>
        {
            near.Clear();
            seeds.Grid.Within(seed, 2 * spacing, near);
            double squaredNearest = near.Where(other => other != i).Select(other => seeds.Seeds[other].SquaredDistance(seed))
                .DefaultIfEmpty(spacing * spacing).Min();
            double room = Math.Max(1, (Math.Sqrt(squaredNearest) - GapPx) / 2);
            return Cell(seed, room, CounterRandom.Mix(key, (ulong)i));
        })];
    }

    private static ConvexCell Cell(Point centre, double room, ulong key)
    {
        double a = room * Between(SmallestShareOfRoom, 1, key, 0);
        double b = a * Between(SmallestAxisRatio, 1, key, 1);
        double c = a * Between(SmallestAxisRatio, 1, key, 2);
        (Point u, Point v, Point w) = RandomAxes(CounterRandom.Mix(key, 3));

        double Sum(Func<Point, double> first, Func<Point, double> second)
        {
            return (first(u) * second(u) / (a * a)) + (first(v) * second(v) / (b * b)) + (first(w) * second(w) / (c * c));
        }

        var ellipsoid = new Ellipsoid(
            centre, Sum(p => p.Z, p => p.Z), Sum(p => p.Y, p => p.Y), Sum(p => p.X, p => p.X), Sum(p => p.Z, p => p.Y), Sum(p => p.Z, p => p.X), Sum(p => p.Y, p => p.X));
        return new ConvexCell(
            new Point(centre.Z - a, centre.Y - a, centre.X - a), new Point(centre.Z + a, centre.Y + a, centre.X + a), [], [ellipsoid]);
    }

    private static double Between(double low, double high, ulong key, ulong index) => low + ((high - low) * CounterRandom.Unit(key, index));

    // The columns of the rotation of a random unit quaternion (Shoemake, Graphics Gems III, 1992): four normal numbers, normalised.
    private static (Point U, Point V, Point W) RandomAxes(ulong key)
    {
        double r = CounterRandom.Normal(CounterRandom.Mix(key, 0));
        double i = CounterRandom.Normal(CounterRandom.Mix(key, 1));
        double j = CounterRandom.Normal(CounterRandom.Mix(key, 2));
        double k = CounterRandom.Normal(CounterRandom.Mix(key, 3));
        double length = Math.Sqrt((r * r) + (i * i) + (j * j) + (k * k));
        (r, i, j, k) = (r / length, i / length, j / length, k / length);
        return (
            new Point(1 - (2 * ((j * j) + (k * k))), 2 * ((i * j) + (k * r)), 2 * ((i * k) - (j * r))),
            new Point(2 * ((i * j) - (k * r)), 1 - (2 * ((i * i) + (k * k))), 2 * ((j * k) + (i * r))),
            new Point(2 * ((i * k) + (j * r)), 2 * ((j * k) - (i * r)), 1 - (2 * ((i * i) + (j * j)))));
    }
}
