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
        var met = new List<uint>();
        var shared = new Dictionary<uint, int>();
        foreach (SlicePixel pixel in pixels)
        {
            uint label = labelOf(pixel);
            ref int count = ref CollectionsMarshal.GetValueRefOrAddDefault(shared, label, out bool known);
            count++;
            if (!known)
            {
                met.Add(label);
            }
        }

        uint[] parts = [.. met.Where(label => label != 0 && IsPart(shared[label], areas[label], pixels.Length))];
        if (parts.Length < 2)
        {
            return null;
        }

        var partOf = new Dictionary<uint, int>();
        foreach (uint part in parts)
        {
            partOf.Add(part, partOf.Count);
        }

        int[] partAt = [.. pixels.Select(pixel => partOf.GetValueOrDefault(labelOf(pixel), None))];
        int[] group = Join(pixels, width, partAt, [.. parts.Select(part => shared[part])]);
        int[] groups = [.. group.Distinct()];
        return groups.Length < 2
            ? null
            : new SliceParts(pixels, width, [.. partAt.Select(part => part == None ? None : Array.IndexOf(groups, group[part]))], groups.Length);
    }

    // Parts stay apart if clearly more rows and columns show two cells than one, and more than chance; all others are of one group.
    private static int[] Join(SlicePixel[] pixels, int width, int[] partAt, int[] areas)
    {
        var agree = new int[areas.Length, areas.Length];
        var reject = new int[areas.Length, areas.Length];
        Vote(pixels, partAt, pixel => pixel.Pixel / width, pixel => pixel.Xz, agree, reject);
        Vote(pixels, partAt, pixel => pixel.Pixel % width, pixel => pixel.Yz, agree, reject);
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

    // A row (XZ) or column (YZ) says whether two parts are one cell: by the label that each has most there.
    private static void Vote(
        SlicePixel[] pixels, int[] partAt, Func<SlicePixel, int> lineOf, Func<SlicePixel, uint> labelOf, int[,] agree, int[,] reject)
    {
        // In order of appearance, too.
        var counts = new Dictionary<int, List<(int Part, uint Label, int Pixels)>>();
        for (int i = 0; i < pixels.Length; i++)
        {
            uint label = labelOf(pixels[i]);
            if (partAt[i] == None || label == 0)
            {
                continue;
            }

            ref List<(int Part, uint Label, int Pixels)>? line = ref CollectionsMarshal.GetValueRefOrAddDefault(counts, lineOf(pixels[i]), out _);
            line ??= [];
            int entry = line.FindIndex(known => known.Part == partAt[i] && known.Label == label);
            if (entry < 0)
            {
                line.Add((partAt[i], label, 1));
            }
            else
            {
                line[entry] = line[entry] with { Pixels = line[entry].Pixels + 1 };
            }
        }

        foreach (List<(int Part, uint Label, int Pixels)> line in counts.Values)
        {
            (int Part, uint Label, int Pixels)[] usual = [.. line.GroupBy(entry => entry.Part).Select(part => part.MaxBy(entry => entry.Pixels))];
            for (int i = 0; i < usual.Length; i++)
            {
                for (int j = i + 1; j < usual.Length; j++)
                {
                    (int a, int b) = (Math.Min(usual[i].Part, usual[j].Part), Math.Max(usual[i].Part, usual[j].Part));
                    (usual[i].Label == usual[j].Label ? agree : reject)[a, b]++;
                }
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
