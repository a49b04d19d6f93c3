namespace CellStitch.Core.Synthesis;

/// <summary>A point in space, all coordinates in px: layer z lies at z · anisotropy.</summary>
internal readonly record struct Point(double Z, double Y, double X)
{
    public double SquaredDistance(Point other)
    {
        double z = Z - other.Z;
        double y = Y - other.Y;
        double x = X - other.X;
        return (z * z) + (y * y) + (x * x);
    }
}

/// <summary>The points with Z·z + Y·y + X·x ≤ Bound.</summary>
internal readonly record struct HalfSpace(double Z, double Y, double X, double Bound);

/// <summary>The points p with (p − Centre)ᵀ A (p − Centre) ≤ 1, A symmetric; an axis with zeros in A is free (a cylinder).</summary>
internal sealed record Ellipsoid(Point Centre, double Zz, double Yy, double Xx, double Zy = 0, double Zx = 0, double Yx = 0)
{
    public static Ellipsoid Ball(Point centre, double radius)
    {
        double a = 1 / (radius * radius);
        return new Ellipsoid(centre, a, a, a);
    }

    public bool Contains(Point p) => Value(p.Z - Centre.Z, p.Y - Centre.Y, p.X - Centre.X) <= 1;

    /// <summary>Cuts [<paramref name="low"/>, <paramref name="high"/>] down to the x inside on the line through (z, y); low > high: none.</summary>
    public void Clip(double z, double y, ref double low, ref double high)
    {
        double dz = z - Centre.Z;
        double dy = y - Centre.Y;
        // Xx·t² + 2·half·t + (value at t = 0) − 1 ≤ 0 with t = x − Centre.X.
        double half = (Zx * dz) + (Yx * dy);
        double discriminant = (half * half) - (Xx * (Value(dz, dy, 0) - 1));
        if (discriminant < 0)
        {
            high = double.NegativeInfinity;
            return;
        }

        double root = Math.Sqrt(discriminant);
        low = Math.Max(low, Centre.X + ((-half - root) / Xx));
        high = Math.Min(high, Centre.X + ((-half + root) / Xx));
    }

    private double Value(double dz, double dy, double dx)
    {
        return (Zz * dz * dz) + (Yy * dy * dy) + (Xx * dx * dx) + (2 * ((Zy * dz * dy) + (Zx * dz * dx) + (Yx * dy * dx)));
    }
}

/// <summary>
/// One cell: the part of space inside all its faces and ellipsoids. It is convex, so it meets each row of a layer in one run,
/// and a layer is painted run by run instead of asking voxel by voxel for the nearest seed.
/// </summary>
/// <param name="Least">Corner of a box around the cell.</param>
/// <param name="Most">The opposite corner.</param>
/// <param name="Faces">Half-spaces it lies in.</param>
/// <param name="Clips">Ellipsoids it lies in.</param>
internal sealed record ConvexCell(Point Least, Point Most, HalfSpace[] Faces, Ellipsoid[] Clips)
{
    /// <summary>Writes <paramref name="label"/> into the cell's pixels of the layer at height <paramref name="z"/>.</summary>
    public void Paint(double z, uint label, Span<uint> layer, int height, int width)
    {
        int lastRow = (int)Math.Floor(Math.Min(Most.Y, height - 1));
        for (int y = (int)Math.Ceiling(Math.Max(Least.Y, 0)); y <= lastRow; y++)
        {
            double low = Math.Max(Least.X, 0);
            double high = Math.Min(Most.X, width - 1);
            ClipRow(z, y, ref low, ref high);
            int first = (int)Math.Ceiling(low);
            int last = low <= high ? (int)Math.Floor(high) : -1;
            if (first <= last)
            {
                layer.Slice((y * width) + first, last - first + 1).Fill(label);
            }
        }
    }

    private void ClipRow(double z, double y, ref double low, ref double high)
    {
        foreach (Ellipsoid clip in Clips)
        {
            clip.Clip(z, y, ref low, ref high);
        }

        for (int i = 0; i < Faces.Length && low <= high; i++)
        {
            HalfSpace face = Faces[i];
            double rest = face.Bound - (face.Z * z) - (face.Y * y);
            if (face.X > 0)
            {
                high = Math.Min(high, rest / face.X);
            }
            else if (face.X < 0)
            {
                low = Math.Max(low, rest / face.X);
            }
            else if (rest < 0)
            {
                high = double.NegativeInfinity;
            }
        }
    }
}
