namespace CellStitch.Core.Stitching;

/// <summary>The cut of a cell in one layer, as the 2D segmenter found it.</summary>
/// <param name="Label">Label in the mask; unique within the layer.</param>
/// <param name="Pixels">Area |x| in pixels, above 0.</param>
/// <param name="FirstPixel">Smallest raster index (y · width + x) of the slice.</param>
public readonly record struct CellSlice(uint Label, int Pixels, int FirstPixel);

/// <summary>Pixels shared by a source x and a target y, by dense index; 0 is background.</summary>
/// <param name="Source">Dense index x, 0 … number of source slices.</param>
/// <param name="Target">Dense index y, 0 … number of target slices.</param>
/// <param name="Pixels">n(x, y), above 0.</param>
/// <param name="Rejecting">Votes of XZ and YZ against a match on these pixels.</param>
public readonly record struct SliceOverlap(int Source, int Target, int Pixels, int Rejecting);

/// <summary>
/// The overlap table of a layer pair in canonical order: slices by first pixel, overlaps by (source, target). Nothing that follows depends on
/// label values, on the order of counting, or on how the layer was cut into blocks.
/// </summary>
public sealed class LayerPair
{
    private readonly CellSlice[] _sources;
    private readonly CellSlice[] _targets;
    private readonly SliceOverlap[] _overlaps;

    private LayerPair(CellSlice[] sources, CellSlice[] targets, SliceOverlap[] overlaps, int layerPixels)
    {
        _sources = sources;
        _targets = targets;
        _overlaps = overlaps;
        LayerPixels = layerPixels;
    }

    /// <summary>Pixels of a layer, background included.</summary>
    public int LayerPixels { get; }

    /// <summary>Slices of the source layer by first pixel. Dense index x is position x − 1; background (x = 0) is not listed.</summary>
    public ReadOnlySpan<CellSlice> Sources => _sources;

    /// <summary>Slices of the target layer by first pixel. Dense index y is position y − 1; background (y = 0) is not listed.</summary>
    public ReadOnlySpan<CellSlice> Targets => _targets;

    /// <summary>All pairs with n(x, y) &gt; 0, ascending in (x, y), background with background included.</summary>
    public ReadOnlySpan<SliceOverlap> Overlaps => _overlaps;

    /// <summary>Puts a complete overlap table into canonical order.</summary>
    /// <param name="table">The overlaps of all pixels of both layers.</param>
    /// <param name="layerPixels">Pixels of a layer.</param>
    public static LayerPair From(OverlapTable table, int layerPixels)
    {
        LabelOverlap[] overlaps = [.. table.Overlaps];
        CellSlice[] sources = SlicesByFirstPixel(overlaps, overlap => overlap.Source);
        CellSlice[] targets = SlicesByFirstPixel(overlaps, overlap => overlap.Target);
        Dictionary<uint, int> sourceIndex = DenseIndex(sources);
        Dictionary<uint, int> targetIndex = DenseIndex(targets);

        var dense = new List<SliceOverlap>(overlaps.Length + 1);
        int background = layerPixels;
        foreach (LabelOverlap overlap in overlaps)
        {
            background -= overlap.Pixels;
            dense.Add(new SliceOverlap(sourceIndex[overlap.Source], targetIndex[overlap.Target], overlap.Pixels, overlap.Rejecting));
        }

        if (background > 0)
        {
            dense.Add(new SliceOverlap(0, 0, background, 0));
        }

        dense.Sort((a, b) => a.Source != b.Source ? a.Source.CompareTo(b.Source) : a.Target.CompareTo(b.Target));
        return new LayerPair(sources, targets, [.. dense], layerPixels);
    }

    /// <summary>Area of source x in pixels; for x = 0 the background, possibly 0.</summary>
    public int SourcePixels(int x) => x == 0 ? LayerPixels - _sources.Sum(slice => slice.Pixels) : _sources[x - 1].Pixels;

    /// <summary>Area of target y in pixels; for y = 0 the background, possibly 0.</summary>
    public int TargetPixels(int y) => y == 0 ? LayerPixels - _targets.Sum(slice => slice.Pixels) : _targets[y - 1].Pixels;

    private static CellSlice[] SlicesByFirstPixel(LabelOverlap[] overlaps, Func<LabelOverlap, uint> labelOf)
    {
        var slices = new Dictionary<uint, CellSlice>();
        foreach (LabelOverlap overlap in overlaps)
        {
            uint label = labelOf(overlap);
            if (label == 0)
            {
                continue;
            }

            slices[label] = slices.TryGetValue(label, out CellSlice slice)
                ? new CellSlice(label, slice.Pixels + overlap.Pixels, Math.Min(slice.FirstPixel, overlap.FirstPixel))
                : new CellSlice(label, overlap.Pixels, overlap.FirstPixel);
        }

        CellSlice[] ordered = [.. slices.Values];
        Array.Sort(ordered, (a, b) => a.FirstPixel.CompareTo(b.FirstPixel));
        return ordered;
    }

    private static Dictionary<uint, int> DenseIndex(CellSlice[] slices)
    {
        var index = new Dictionary<uint, int>(slices.Length + 1) { [0] = 0 };
        for (int i = 0; i < slices.Length; i++)
        {
            index.Add(slices[i].Label, i + 1);
        }

        return index;
    }
}
