namespace CellStitch.Core.Synthesis;

/// <summary>
/// Slices a segmenter invented: ellipses in the background. The plane is divided into places, the same in all planes of a stack; each place
/// has its own ellipse and may show it for some planes.
/// </summary>
internal sealed class FalseSlices
{
    // Half to all of a mean slice's radius.
    private const double SmallestRadiusShare = 0.5;
    private const int MarginPx = 1;
    private const double LargestShareOfFreePlaces = 0.5;

    private readonly NoiseRates _rates;
    private readonly double _perPlane;
    private readonly ulong _key;
    private readonly Place[] _places;

    /// <summary>An ellipse and the margin around it that must be free.</summary>
    private readonly record struct Place(int Row, int Column, double RowRadius, double ColumnRadius)
    {
        public int RowReach => (int)RowRadius + MarginPx;

        public int ColumnReach => (int)ColumnRadius + MarginPx;

        public bool Contains(int row, int column)
        {
            double r = (row - Row) / RowRadius;
            double c = (column - Column) / ColumnRadius;
            return (r * r) + (c * c) <= 1;
        }
    }

    public FalseSlices(NoiseRates rates, PlaneGeometry geometry, ulong key)
    {
        _rates = rates;
        _perPlane = rates.FalseSlice * geometry.MeanSlices;
        _key = key;
        _places = _perPlane > 0 ? [.. Places(geometry, key)] : [];
    }

    /// <summary>The places that show their ellipse in a plane, of those free in it.</summary>
    public int[] Choose(PlaneObjects objects, int plane)
    {
        int[] free = [.. Enumerable.Range(0, _places.Length).Where(p => IsFree(objects, _places[p]))];
        if (free.Length == 0)
        {
            return [];
        }

        double rate = Math.Min(LargestShareOfFreePlaces, _perPlane / free.Length);
        var course = new ErrorCourse(rate, _rates.Persistence, _key);
        return [.. free.Where(p => course.Holds((ulong)p, plane, out _))];
    }

    /// <summary>Paints the ellipses of places.</summary>
    public void Paint(PlaneObjects objects, int[] places)
    {
        foreach (int p in places)
        {
            Paint(objects, _places[p], objects.Add(cell: 0));
        }
    }

    private static IEnumerable<Place> Places(PlaneGeometry geometry, ulong key)
    {
        // π r² = mean area, with r in px and rows RowStep apart.
        double radius = Math.Sqrt(geometry.MeanArea * geometry.RowStep / Math.PI);
        double columnRadius = Math.Max(1, radius);
        double rowRadius = Math.Max(1, Math.Min(radius / geometry.RowStep, ((geometry.Rows - 1) / 2) - MarginPx));
        int height = 1 + (2 * ((int)rowRadius + MarginPx));
        int width = 1 + (2 * ((int)columnRadius + MarginPx));
        for (int row = 0; row + height <= geometry.Rows; row += height)
        {
            for (int column = 0; column + width <= geometry.Columns; column += width)
            {
                ulong draw = CounterRandom.Mix(key, (ulong)row, (ulong)column);
                double Share(ulong index) => SmallestRadiusShare + ((1 - SmallestRadiusShare) * CounterRandom.Unit(draw, index));
                yield return new Place(
                    row + (height / 2), column + (width / 2), Math.Max(1, rowRadius * Share(0)), Math.Max(1, columnRadius * Share(1)));
            }
        }
    }

    private static bool IsFree(PlaneObjects objects, Place place)
    {
        int columns = objects.Geometry.Columns;
        for (int row = place.Row - place.RowReach; row <= place.Row + place.RowReach; row++)
        {
            int first = (row * columns) + place.Column - place.ColumnReach;
            if (objects.Pixels.Slice(first, (2 * place.ColumnReach) + 1).ContainsAnyExcept(0))
            {
                return false;
            }
        }

        return true;
    }

    private static void Paint(PlaneObjects objects, Place place, int o)
    {
        int columns = objects.Geometry.Columns;
        for (int row = place.Row - place.RowReach; row <= place.Row + place.RowReach; row++)
        {
            for (int column = place.Column - place.ColumnReach; column <= place.Column + place.ColumnReach; column++)
            {
                if (place.Contains(row, column))
                {
                    objects.Pixels[(row * columns) + column] = o;
                }
            }
        }
    }
}
