using System.Runtime.InteropServices;

namespace CellStitch.Core.Stitching;

/// <summary>
/// The parts of a slice that slices of a neighbouring layer cover, those taken together that the projections do not keep apart (docs/algorithm.md, "Repairs").
/// </summary>
internal sealed class SliceParts
{
    // Parts are slices that lie in this one with half of their area or more, and cover 3/20 of it.
    private const int LeastOfPart = 2;
    private const int LeastOfSliceNumerator = 3;
    private const int LeastOfSliceDenominator = 20;

    private const int None = -1;

    // For each pixel its group, or none.
    private readonly int[] _groupOf;

    private SliceParts(int[] groupOf, int groups)
    {
        (_groupOf, Groups) = (groupOf, groups);
        Covered = groupOf.Length - groupOf.AsSpan().Count(None);
    }

    /// <summary>Cells that the slice covers.</summary>
    public int Groups { get; }

    /// <summary>Pixels that its parts cover.</summary>
    public int Covered { get; }

    /// <summary>Whether a slice that shares pixels with others of a layer may cover several cells.</summary>
    public static bool IsPart(int shared, int areaOfPart, int areaOfSlice) =>
        LeastOfPart * (long)shared >= areaOfPart && LeastOfSliceDenominator * (long)shared >= LeastOfSliceNumerator * (long)areaOfSlice;

    /// <summary>The better of what the layers before and after say; null when neither splits the slice.</summary>
    /// <param name="slice">The pixels of the slice.</param>
    /// <param name="width">Columns of the layer.</param>
    /// <param name="before">Areas of the slices of the layer before.</param>
    /// <param name="after">Areas of the slices of the layer after.</param>
    public static SliceParts? Of(SlicePixels slice, int width, IReadOnlyDictionary<uint, int> before, IReadOnlyDictionary<uint, int> after)
    {
        var lines = new Lines(slice.Pixels, width);
        SliceParts? first = Of(slice, slice.Before, before, lines);
        SliceParts? second = Of(slice, slice.After, after, lines);
        return first is null || (second is not null && second.IsBetterThan(first)) ? second : first;
    }

    /// <summary>For each pixel of the slice the cell it belongs to: its part's, or that of the part nearest to it within the slice.</summary>
    /// <param name="pixels">The pixels of the slice.</param>
    /// <param name="width">Columns of the layer.</param>
    public int[] Divide(ReadOnlySpan<int> pixels, int width)
    {
        var lines = new Lines(pixels, width);
        (int columns, int height) = (lines.Columns, lines.Height);
        var indexAt = new int[height * columns];
        Array.Fill(indexAt, None);
        var placeOf = new int[pixels.Length];
        for (int i = 0; i < pixels.Length; i++)
        {
            placeOf[i] = (lines.RowOf[i] * columns) + lines.ColumnOf[i];
            indexAt[placeOf[i]] = i;
        }

        // Rings around the parts, one pixel wider each time; where two meet, the group whose ring comes first in raster order.
        int[] group = [.. _groupOf];
        int[] ring = new int[group.Length];
        int reached = 0;
        for (int i = 0; i < group.Length; i++)
        {
            if (group[i] != None)
            {
                ring[reached++] = i;
            }
        }

        for (int next = 0; next < reached; next++)
        {
            int at = placeOf[ring[next]];
            int column = at % columns;
            Reach(ring[next], at >= columns ? at - columns : None);
            Reach(ring[next], column > 0 ? at - 1 : None);
            Reach(ring[next], column < columns - 1 ? at + 1 : None);
            Reach(ring[next], at < indexAt.Length - columns ? at + columns : None);
        }

        int largest = Enumerable.Range(0, Groups).MaxBy(g => _groupOf.AsSpan().Count(g));
        group.AsSpan().Replace(None, largest);
        return group;

        void Reach(int from, int at)
        {
            if (at != None && indexAt[at] is var i && i != None && group[i] == None)
            {
                group[i] = group[from];
                ring[reached++] = i;
            }
        }
    }

    private static SliceParts? Of(SlicePixels slice, ReadOnlySpan<uint> labels, IReadOnlyDictionary<uint, int> areas, Lines lines)
    {
        // In order of appearance, so that ties are decided by place and not by label.
        var met = new List<(uint Label, int Pixels)>();
        var indexOf = new Dictionary<uint, int>();
        var indexAt = new int[labels.Length];
        for (int start = 0; start < labels.Length;)
        {
            int others = labels[start..].IndexOfAnyExcept(labels[start]);
            int end = others < 0 ? labels.Length : start + others;
            ref int index = ref CollectionsMarshal.GetValueRefOrAddDefault(indexOf, labels[start], out bool isKnown);
            if (!isKnown)
            {
                index = met.Count;
                met.Add((labels[start], 0));
            }

            indexAt.AsSpan(start..end).Fill(index);
            met[index] = (labels[start], met[index].Pixels + end - start);
            start = end;
        }

        int area = slice.Count;
        int[] parts = [.. Enumerable.Range(0, met.Count).Where(i => met[i].Label != 0 && IsPart(met[i].Pixels, areas[met[i].Label], area))];
        if (parts.Length < 2)
        {
            return null;
        }

        int[] partOf = [.. Enumerable.Range(0, met.Count).Select(i => Array.IndexOf(parts, i))];
        Rename(indexAt, partOf);
        int[] group = Join(slice, indexAt, lines, [.. parts.Select(part => met[part].Pixels)]);
        int[] groups = [.. group.Distinct()];
        if (groups.Length < 2)
        {
            return null;
        }

        Rename(indexAt, [.. group.Select(g => Array.IndexOf(groups, g))]);
        return new SliceParts(indexAt, groups.Length);
    }

    private static void Rename(int[] numbers, int[] names)
    {
        foreach (ref int number in numbers.AsSpan())
        {
            number = number == None ? None : names[number];
        }
    }

    // Parts stay apart if clearly more rows and columns show two cells than one, and more than chance; all others are of one group.
    private static int[] Join(SlicePixels slice, int[] partAt, Lines lines, int[] areas)
    {
        var agree = new int[areas.Length, areas.Length];
        var reject = new int[areas.Length, areas.Length];
        Vote(lines.ByRow, lines.RowOf, partAt, slice.Xz, agree, reject);
        Vote(lines.ByColumn, lines.ColumnOf, partAt, slice.Yz, agree, reject);
        int[] group = [.. Enumerable.Range(0, areas.Length)];
        for (int a = 0; a < areas.Length; a++)
        {
            for (int b = a + 1; b < areas.Length; b++)
            {
                long smaller = Math.Min(areas[a], areas[b]);
                bool apart = 2 * reject[a, b] > 3 * agree[a, b] && 4L * reject[a, b] * reject[a, b] >= smaller;
                if (!apart)
                {
                    (int kept, int gone) = (Math.Min(group[a], group[b]), Math.Max(group[a], group[b]));
                    group = [.. group.Select(g => g == gone ? kept : g)];
                }
            }
        }

        return group;
    }

    // A row (XZ) or column (YZ) says whether two parts are one cell: by the label that each has most there. The pixels are taken line by line.
    private static void Vote(int[] order, int[] lineOf, int[] partAt, ReadOnlySpan<uint> labels, int[,] agree, int[,] reject)
    {
        var line = new List<(int Part, uint Label, int Pixels)>();
        (int number, int entry) = (None, None);
        foreach (int i in order)
        {
            if (lineOf[i] != number)
            {
                Count(line, agree, reject);
                line.Clear();
                (number, entry) = (lineOf[i], None);
            }

            if (partAt[i] == None || labels[i] == 0)
            {
                continue;
            }

            if (entry == None || line[entry].Part != partAt[i] || line[entry].Label != labels[i])
            {
                (int part, uint label) = (partAt[i], labels[i]);
                entry = line.FindIndex(known => known.Part == part && known.Label == label);
                if (entry == None)
                {
                    entry = line.Count;
                    line.Add((part, label, 0));
                }
            }

            CollectionsMarshal.AsSpan(line)[entry].Pixels++;
        }

        Count(line, agree, reject);
    }

    private static void Count(List<(int Part, uint Label, int Pixels)> line, int[,] agree, int[,] reject)
    {
        // Of equally frequent labels the one met first.
        var usual = new List<(int Part, uint Label, int Pixels)>();
        foreach ((int Part, uint Label, int Pixels) entry in line)
        {
            int known = usual.FindIndex(other => other.Part == entry.Part);
            if (known == None)
            {
                usual.Add(entry);
            }
            else if (entry.Pixels > usual[known].Pixels)
            {
                usual[known] = entry;
            }
        }

        for (int i = 0; i < usual.Count; i++)
        {
            for (int j = i + 1; j < usual.Count; j++)
            {
                (int a, int b) = (Math.Min(usual[i].Part, usual[j].Part), Math.Max(usual[i].Part, usual[j].Part));
                (usual[i].Label == usual[j].Label ? agree : reject)[a, b]++;
            }
        }
    }

    // More covered pixels, then more cells, then the division that differs at the first pixel: nothing that depends on which layer is above.
    private bool IsBetterThan(SliceParts other)
    {
        int order = Covered.CompareTo(other.Covered);
        order = order != 0 ? order : Groups.CompareTo(other.Groups);
        return (order != 0 ? order : _groupOf.AsSpan().SequenceCompareTo(other._groupOf)) > 0;
    }

    // The rows and columns of pixels, from the first of each, and the pixels row by row and column by column.
    private sealed class Lines
    {
        private int[]? _byColumn;

        public Lines(ReadOnlySpan<int> pixels, int width)
        {
            RowOf = new int[pixels.Length];
            ColumnOf = new int[pixels.Length];
            int top = pixels[0] / width;
            int row = top;
            int left = width;
            for (int i = 0; i < pixels.Length; i++)
            {
                int column = pixels[i] - (row * width);
                if (column >= width)
                {
                    row = pixels[i] / width;
                    column = pixels[i] - (row * width);
                }

                (RowOf[i], ColumnOf[i]) = (row - top, column);
                left = Math.Min(left, column);
            }

            int right = 0;
            foreach (ref int column in ColumnOf.AsSpan())
            {
                column -= left;
                right = Math.Max(right, column);
            }

            (Height, Columns) = (row - top + 1, right + 1);
        }

        public int Height { get; }

        public int Columns { get; }

        public int[] RowOf { get; }

        public int[] ColumnOf { get; }

        public int[] ByRow => [.. Enumerable.Range(0, RowOf.Length)];

        public int[] ByColumn => _byColumn ??= SortByColumn();

        private int[] SortByColumn()
        {
            var next = new int[Columns + 1];
            foreach (int column in ColumnOf)
            {
                next[column + 1]++;
            }

            for (int column = 1; column < next.Length; column++)
            {
                next[column] += next[column - 1];
            }

            var order = new int[ColumnOf.Length];
            for (int i = 0; i < order.Length; i++)
            {
                order[next[ColumnOf[i]]++] = i;
            }

            return order;
        }
    }
}
