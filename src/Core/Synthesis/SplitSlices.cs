namespace CellStitch.Core.Synthesis;

/// <summary>Slices a segmenter took for two.</summary>
internal static class SplitSlices
{
    /// <summary>A line through the centroid of a slice.</summary>
    private sealed class Cut
    {
        private readonly int _rowPart;
        private readonly int _columnPart;
        private long _area;
        private long _rowSum;
        private long _columnSum;

        public Cut(ulong episode)
        {
            // Sixteen random bits each, read as a signed number; odd, so never 0.
            _rowPart = unchecked((short)(episode >> 16)) | 1;
            _columnPart = unchecked((short)(episode >> 32)) | 1;
        }

        /// <summary>The object beyond the line; 0 until it has a pixel.</summary>
        public int Half { get; set; }

        public void Add(int row, int column)
        {
            _area++;
            _rowSum += row;
            _columnSum += column;
        }

        public bool IsBeyond(int row, int column)
        {
            return (_rowPart * ((_area * row) - _rowSum)) + (_columnPart * ((_area * column) - _columnSum)) > 0;
        }
    }

    /// <summary>Cuts slices of a plane in two, fused ones excepted; returns how many.</summary>
    public static int Apply(PlaneObjects objects, ErrorCourse course, int plane)
    {
        if (!course.IsPossible)
        {
            return 0;
        }

        var cuts = new Cut?[objects.Count];
        for (int o = 1; o < cuts.Length; o++)
        {
            bool isCut = !objects.IsFused(o) & course.Holds(objects.CellOf(o), plane, out ulong episode);
            cuts[o] = isCut ? new Cut(episode) : null;
        }

        Measure(objects, cuts);
        SeparateHalves(objects, cuts);
        return cuts.Count(cut => cut is { Half: > 0 });
    }

    private static void Measure(PlaneObjects objects, Cut?[] cuts)
    {
        int columns = objects.Geometry.Columns;
        for (int i = 0; i < objects.Pixels.Length; i++)
        {
            cuts[objects.Pixels[i]]?.Add(i / columns, i % columns);
        }
    }

    private static void SeparateHalves(PlaneObjects objects, Cut?[] cuts)
    {
        int columns = objects.Geometry.Columns;
        for (int i = 0; i < objects.Pixels.Length; i++)
        {
            int o = objects.Pixels[i];
            if (cuts[o] is { } cut && cut.IsBeyond(i / columns, i % columns))
            {
                cut.Half = cut.Half == 0 ? objects.Add(objects.CellOf(o)) : cut.Half;
                objects.Pixels[i] = cut.Half;
            }
        }
    }
}
