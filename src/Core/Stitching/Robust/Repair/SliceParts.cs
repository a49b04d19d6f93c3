using System.Runtime.InteropServices;

namespace CellStitch.Core.Stitching;

/// <summary>A pixel of a slice that may cover several cells, with what lies there.</summary>
/// <param name="Pixel">Raster index.</param>
/// <param name="Before">XY label in the layer before.</param>
/// <param name="After">XY label in the layer after.</param>
/// <param name="Xz">XZ label.</param>
/// <param name="Yz">YZ label.</param>
internal readonly record struct SlicePixel(int Pixel, uint Before, uint After, uint Xz, uint Yz);

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

    private readonly SlicePixel[] _pixels;

    // For each pixel its group, or none.
    private readonly int[] _groupOf;
    private readonly int _width;

    private SliceParts(SlicePixel[] pixels, int width, int[] groupOf, int groups)
    {
        (_pixels, _width, _groupOf, Groups) = (pixels, width, groupOf, groups);
        Covered = groupOf.Count(group => group != None);
    }

    /// <summary>Cells that the slice covers.</summary>
    public int Groups { get; }

    /// <summary>Pixels that its parts cover.</summary>
    public int Covered { get; }

    /// <summary>Whether a slice that shares pixels with others of a layer may cover several cells.</summary>
    public static bool IsPart(int shared, int areaOfPart, int areaOfSlice) =>
        LeastOfPart * (long)shared >= areaOfPart && LeastOfSliceDenominator * (long)shared >= LeastOfSliceNumerator * (long)areaOfSlice;

    /// <summary>The better of what the layers before and after say; null when neither splits the slice.</summary>
    /// <param name="pixels">The pixels of the slice in raster order.</param>
    /// <param name="width">Columns of the layer.</param>
    /// <param name="before">Areas of the slices of the layer before.</param>
    /// <param name="after">Areas of the slices of the layer after.</param>
    public static SliceParts? Of(SlicePixel[] pixels, int width, IReadOnlyDictionary<uint, int> before, IReadOnlyDictionary<uint, int> after)
    {
        SliceParts? first = Of(pixels, width, before, pixel => pixel.Before);
        SliceParts? second = Of(pixels, width, after, pixel => pixel.After);
        return first is null || (second is not null && second.IsBetterThan(first)) ? second : first;
    }

    /// <summary>For each pixel of the slice the cell it belongs to: its part's, or that of the part nearest to it within the slice.</summary>
    public int[] Divide()
    {
        int top = _pixels[0].Pixel / _width;
        int height = (_pixels[^1].Pixel / _width) - top + 1;
        int left = _pixels.Min(pixel => pixel.Pixel % _width);
        int columns = _pixels.Max(pixel => pixel.Pixel % _width) - left + 1;
        var indexAt = new int[height * columns];
        Array.Fill(indexAt, None);
        for (int i = 0; i < _pixels.Length; i++)
        {
            indexAt[At(i)] = i;
        }

        // Rings around the parts, one pixel wider each time; where two meet, the group whose ring comes first in raster order.
        int[] group = [.. _groupOf];
        var ring = new Queue<int>(Enumerable.Range(0, group.Length).Where(i => group[i] != None));
        while (ring.TryDequeue(out int i))
        {
            int at = At(i);
            int column = at % columns;
            Reach(i, at >= columns ? at - columns : None);
            Reach(i, column > 0 ? at - 1 : None);
            Reach(i, column < columns - 1 ? at + 1 : None);
            Reach(i, at < indexAt.Length - columns ? at + columns : None);
        }

        int largest = Enumerable.Range(0, Groups).MaxBy(g => _groupOf.Count(other => other == g));
        return [.. group.Select(g => g == None ? largest : g)];

        int At(int i) => (((_pixels[i].Pixel / _width) - top) * columns) + (_pixels[i].Pixel % _width) - left;

        void Reach(int from, int at)
        {
            if (at != None && indexAt[at] is var i && i != None && group[i] == None)
            {
                group[i] = group[from];
                ring.Enqueue(i);
            }
        }
    }

    private static SliceParts? Of(SlicePixel[] pixels, int width, IReadOnlyDictionary<uint, int> areas, Func<SlicePixel, uint> labelOf)
    {
        // In order of appearance, so that ties are decided by place and not by label.
        var met = new List<(uint Label, int Pixels)>();
        var indexOf = new Dictionary<uint, int>();
        var indexAt = new int[pixels.Length];
        int index = None;
        for (int i = 0; i < pixels.Length; i++)
        {
            uint label = labelOf(pixels[i]);
            if (index == None || label != met[index].Label)
            {
                ref int known = ref CollectionsMarshal.GetValueRefOrAddDefault(indexOf, label, out bool isKnown);
                if (!isKnown)
                {
                    known = met.Count;
                    met.Add((label, 0));
                }

                index = known;
            }

            indexAt[i] = index;
            met[index] = (label, met[index].Pixels + 1);
        }

        int[] parts = [.. Enumerable.Range(0, met.Count).Where(i => met[i].Label != 0 && IsPart(met[i].Pixels, areas[met[i].Label], pixels.Length))];
        if (parts.Length < 2)
        {
            return null;
        }

        int[] partOf = [.. Enumerable.Range(0, met.Count).Select(i => Array.IndexOf(parts, i))];
        int[] partAt = Array.ConvertAll(indexAt, i => partOf[i]);
        int[] group = Join(pixels, width, partAt, [.. parts.Select(part => met[part].Pixels)]);
        int[] groups = [.. group.Distinct()];
        int[] groupOf = Array.ConvertAll(group, g => Array.IndexOf(groups, g));
        return groups.Length < 2 ? null : new SliceParts(pixels, width, Array.ConvertAll(partAt, part => part == None ? None : groupOf[part]), groups.Length);
    }

    // Parts stay apart if clearly more rows and columns show two cells than one, and more than chance; all others are of one group.
    private static int[] Join(SlicePixel[] pixels, int width, int[] partAt, int[] areas)
    {
        var agree = new int[areas.Length, areas.Length];
        var reject = new int[areas.Length, areas.Length];
        int[] columns = ByColumn(pixels, width);
        Vote(Array.ConvertAll(pixels, pixel => pixel.Pixel / width), partAt, Array.ConvertAll(pixels, pixel => pixel.Xz), agree, reject);
        Vote(
            Array.ConvertAll(columns, i => pixels[i].Pixel % width),
            Array.ConvertAll(columns, i => partAt[i]),
            Array.ConvertAll(columns, i => pixels[i].Yz),
            agree,
            reject);
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

    // The pixels column by column, from the top in each.
    private static int[] ByColumn(SlicePixel[] pixels, int width)
    {
        int[] columnOf = Array.ConvertAll(pixels, pixel => pixel.Pixel % width);
        int left = columnOf.Min();
        var next = new int[columnOf.Max() - left + 2];
        foreach (int column in columnOf)
        {
            next[column - left + 1]++;
        }

        for (int column = 1; column < next.Length; column++)
        {
            next[column] += next[column - 1];
        }

        var order = new int[pixels.Length];
        for (int i = 0; i < order.Length; i++)
        {
            order[next[columnOf[i] - left]++] = i;
        }

        return order;
    }

    // A row (XZ) or column (YZ) says whether two parts are one cell: by the label that each has most there. The pixels come line by line.
    private static void Vote(int[] lines, int[] partAt, uint[] labels, int[,] agree, int[,] reject)
    {
        var line = new List<(int Part, uint Label, int Pixels)>();
        int entry = None;
        for (int i = 0; i < lines.Length; i++)
        {
            if (i > 0 && lines[i] != lines[i - 1])
            {
                Count(line, agree, reject);
                line.Clear();
                entry = None;
            }

            if (partAt[i] == None || labels[i] == 0)
            {
                continue;
            }

            if (entry == None || line[entry].Part != partAt[i] || line[entry].Label != labels[i])
            {
                entry = line.FindIndex(known => known.Part == partAt[i] && known.Label == labels[i]);
                if (entry == None)
                {
                    entry = line.Count;
                    line.Add((partAt[i], labels[i], 0));
                }
            }

            line[entry] = line[entry] with { Pixels = line[entry].Pixels + 1 };
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
}
