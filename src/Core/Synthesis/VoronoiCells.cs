namespace CellStitch.Core.Synthesis;

/// <summary>Packed cells: each holds the points nearer to its seed than to any other one, less half a wall on every side.</summary>
internal static class VoronoiCells
{
    /// <summary>Thickness of the background between two cells; two pixels is what membranes leave in the masks of common 2D segmenters.</summary>
    public const double WallPx = 2;

    /// <summary>The cells of all seeds.</summary>
    /// <param name="seeds">Seeds in space or, with equal z, in a plane.</param>
    /// <param name="wall">Thickness of the background between two cells, 0 for none.</param>
    /// <param name="organ">The part of space that is filled; null for all.</param>
    public static ConvexCell[] Build(RelaxedSeeds seeds, double wall, Ellipsoid? organ)
    {
        double radius = seeds.CoveringRadius;
        var near = new List<int>();
        return [.. Enumerable.Range(0, seeds.Seeds.Count).Select(i =>
        {
            Point seed = seeds.Seeds[i];
            Ellipsoid ball = Ellipsoid.Ball(seed, radius);
            return new ConvexCell(
                new Point(seed.Z - radius, seed.Y - radius, seed.X - radius),
                new Point(seed.Z + radius, seed.Y + radius, seed.X + radius),
                Faces(seeds, i, wall, near),
                organ is null ? [ball] : [ball, organ]);
        })];
    }

    /// <summary>The half-spaces that part a seed from all seeds whose cells can touch its own, nearest first.</summary>
    public static HalfSpace[] Faces(RelaxedSeeds seeds, int index, double wall, List<int> near)
    {
        Point seed = seeds.Seeds[index];
        near.Clear();
        // A point of the cell is within the covering radius of its seed, and so is any seed nearer to it.
        seeds.Grid.Within(seed, 2 * seeds.CoveringRadius, near);
        return [.. near.Where(other => other != index)
            .OrderBy(other => seeds.Seeds[other].SquaredDistance(seed)).ThenBy(other => other)
            .Select(other => Bisector(seed, seeds.Seeds[other], wall))];
    }

    // Without a wall the two sides of a bisector are exact negatives of each other, so no pixel falls between them.
    private static HalfSpace Bisector(Point seed, Point other, double wall)
    {
        double z = other.Z - seed.Z;
        double y = other.Y - seed.Y;
        double x = other.X - seed.X;
        double middle = ((z * (other.Z + seed.Z)) + (y * (other.Y + seed.Y)) + (x * (other.X + seed.X))) / 2;
        double halfWall = wall / 2 * Math.Sqrt((z * z) + (y * y) + (x * x));
        return new HalfSpace(z, y, x, middle - halfWall);
    }
}
