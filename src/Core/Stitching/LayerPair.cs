using System.Runtime.InteropServices;

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
    private readonly int _sourceBackground;
    private readonly int _targetBackground;

    internal LayerPair(CellSlice[] sources, CellSlice[] targets, SliceOverlap[] overlaps, int layerPixels)
    {
        _sources = sources;
        _targets = targets;
        _overlaps = overlaps;
        LayerPixels = layerPixels;
        _sourceBackground = layerPixels - sources.Sum(slice => slice.Pixels);
        _targetBackground = layerPixels - targets.Sum(slice => slice.Pixels);
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
        LabelOverlap[] overlaps = table.Overlaps;
        var sources = new SliceIndex(overlaps, overlap => overlap.Source);
        var targets = new SliceIndex(overlaps, overlap => overlap.Target);

        var dense = new List<SliceOverlap>(overlaps.Length + 1);
        int background = layerPixels;
        foreach (LabelOverlap overlap in overlaps)
        {
            background -= overlap.Pixels;
            dense.Add(new SliceOverlap(sources.IndexOf(overlap.Source), targets.IndexOf(overlap.Target), overlap.Pixels, overlap.Rejecting));
        }

        if (background > 0)
        {
            dense.Add(new SliceOverlap(0, 0, background, 0));
        }

        // Two stable counting sorts order by (source, target) in linear time.
        SliceOverlap[] byTarget = CountingSort([.. dense], targets.Slices.Length + 1, overlap => overlap.Target);
        SliceOverlap[] ordered = CountingSort(byTarget, sources.Slices.Length + 1, overlap => overlap.Source);
        return new LayerPair(sources.Slices, targets.Slices, ordered, layerPixels);
    }

    /// <summary>Area of source x in pixels; for x = 0 the background, possibly 0.</summary>
    public int SourcePixels(int x) => x == 0 ? _sourceBackground : _sources[x - 1].Pixels;

    /// <summary>Area of target y in pixels; for y = 0 the background, possibly 0.</summary>
    public int TargetPixels(int y) => y == 0 ? _targetBackground : _targets[y - 1].Pixels;

    private static SliceOverlap[] CountingSort(SliceOverlap[] overlaps, int keys, Func<SliceOverlap, int> keyOf)
    {
        var next = new int[keys + 1];
        foreach (SliceOverlap overlap in overlaps)
        {
            next[keyOf(overlap) + 1]++;
        }

        for (int key = 1; key < keys; key++)
        {
            next[key] += next[key - 1];
        }

        var sorted = new SliceOverlap[overlaps.Length];
        foreach (SliceOverlap overlap in overlaps)
        {
            sorted[next[keyOf(overlap)]++] = overlap;
        }

        return sorted;
    }

    // The slices of one side by first pixel, and the dense index of each label.
    private sealed class SliceIndex
    {
        private readonly Dictionary<uint, int> _index = new() { [0] = 0 };

        public SliceIndex(LabelOverlap[] overlaps, Func<LabelOverlap, uint> labelOf)
        {
            var slices = new List<CellSlice>();
            foreach (LabelOverlap overlap in overlaps)
            {
                uint label = labelOf(overlap);
                ref int index = ref CollectionsMarshal.GetValueRefOrAddDefault(_index, label, out bool known);
                if (!known)
                {
                    slices.Add(new CellSlice(label, 0, int.MaxValue));
                    index = slices.Count;
                }

                if (label != 0)
                {
                    CellSlice slice = slices[index - 1];
                    slices[index - 1] = new CellSlice(label, slice.Pixels + overlap.Pixels, Math.Min(slice.FirstPixel, overlap.FirstPixel));
                }
            }

            Slices = [.. slices];
            Array.Sort(Slices, (a, b) => a.FirstPixel.CompareTo(b.FirstPixel));
            for (int i = 0; i < Slices.Length; i++)
            {
                _index[Slices[i].Label] = i + 1;
            }
        }

        public CellSlice[] Slices { get; }

        public int IndexOf(uint label) => _index[label];
    }
}
