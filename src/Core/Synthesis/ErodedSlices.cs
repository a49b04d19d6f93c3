namespace CellStitch.Core.Synthesis;

/// <summary>Slices a segmenter drew one pixel too small.</summary>
internal static class ErodedSlices
{
    // Where rows are this far apart, one of them is more than the pixel that is to go.
    private const double LargestRowStep = 2;

    /// <summary>Takes the outermost pixels off objects of a plane; returns how many objects lost some.</summary>
    public static int Apply(PlaneObjects objects, ErrorCourse course, int plane)
    {
        if (!course.IsPossible)
        {
            return 0;
        }

        bool[] erodes = [.. Enumerable.Range(0, objects.Count).Select(o => o > 0 && course.Holds(objects.CellOf(o), plane, out _))];
        bool[] outermost = Outermost(objects, erodes);
        var survives = new bool[objects.Count];
        for (int i = 0; i < outermost.Length; i++)
        {
            survives[objects.Pixels[i]] |= !outermost[i];
        }

        var eroded = new HashSet<int>();
        for (int i = 0; i < outermost.Length; i++)
        {
            if (outermost[i] && survives[objects.Pixels[i]])
            {
                eroded.Add(objects.Pixels[i]);
                objects.Pixels[i] = 0;
            }
        }

        return eroded.Count;
    }

    // Pixels of eroding objects beside another object or background; the edge of the image is no edge of an object.
    private static bool[] Outermost(PlaneObjects objects, bool[] erodes)
    {
        (int rows, int columns, double rowStep, _, _) = objects.Geometry;
        ReadOnlySpan<int> pixels = objects.Pixels;
        bool acrossRows = rowStep < LargestRowStep;
        var outermost = new bool[pixels.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                int i = (row * columns) + column;
                int o = pixels[i];
                outermost[i] = erodes[o]
                    && ((column > 0 && pixels[i - 1] != o)
                        || (column < columns - 1 && pixels[i + 1] != o)
                        || (acrossRows && row > 0 && pixels[i - columns] != o)
                        || (acrossRows && row < rows - 1 && pixels[i + columns] != o));
            }
        }

        return outermost;
    }
}
