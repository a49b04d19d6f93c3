using CellStitch.Core.Stitching;

namespace CellStitch.Core.Baselines;

/// <summary>
/// Links of one layer to the layer above by Cellpose's 2D rule: y continues x if their IoU reaches the threshold, y is the best successor of x,
/// and x is the best of those x whose best successor y is. Background takes no part.
/// </summary>
/// <remarks>
/// Two faults of the published rule (REFERENCE.md section 7) are mended. Two successors with exactly the same IoU with x both became x; here the one
/// with the smaller first pixel does, the other begins a cell. And if an empty layer came before the first pair of non-empty ones, raw labels were
/// kept that could collide with earlier ones; here every cell has its own number. Where y has two equally good x, the published rule took the
/// lower label; here it is the x with the smaller first pixel, so that labels do not matter.
/// </remarks>
internal sealed class IouLinks
{
    /// <summary>Decimal places a threshold may have: a product with a pixel count then stays exact in <see cref="decimal"/>.</summary>
    public const int ThresholdPlaces = 9;

    private readonly CellSlice[] _slices;
    private readonly int[] _predecessors;

    private IouLinks(CellSlice[] slices, int[] predecessors)
    {
        _slices = slices;
        _predecessors = predecessors;
    }

    /// <summary>Slices of the layer, by first pixel.</summary>
    public ReadOnlySpan<CellSlice> Slices => _slices;

    /// <summary>For each slice the position, from 1, of the slice above that it continues; 0 if it begins a cell. No position occurs twice.</summary>
    public ReadOnlySpan<int> Predecessors => _predecessors;

    public static IouLinks Between(LayerPair pair, decimal threshold)
    {
        var best = new IoU[pair.Sources.Length + 1];
        foreach (SliceOverlap overlap in pair.Overlaps)
        {
            IoU iou = IoU.Of(pair, overlap);
            if (iou.Reaches(threshold) && iou.CompareTo(best[overlap.Source]) > 0)
            {
                best[overlap.Source] = iou;
            }
        }

        // Overlaps ascend in x, that is by first pixel: the first of equals stays.
        var chosen = new int[pair.Targets.Length + 1];
        var chosenIou = new IoU[chosen.Length];
        foreach (SliceOverlap overlap in pair.Overlaps)
        {
            IoU iou = IoU.Of(pair, overlap);
            if (iou.Reaches(threshold) && iou.CompareTo(best[overlap.Source]) == 0 && iou.CompareTo(chosenIou[overlap.Target]) > 0)
            {
                chosen[overlap.Target] = overlap.Source;
                chosenIou[overlap.Target] = iou;
            }
        }

        var taken = new bool[best.Length];
        var predecessors = new int[pair.Targets.Length];
        for (int y = 0; y < predecessors.Length; y++)
        {
            int x = chosen[y + 1];
            if (x > 0 && !taken[x])
            {
                taken[x] = true;
                predecessors[y] = x;
            }
        }

        return new IouLinks([.. pair.Targets], predecessors);
    }

    // An exact fraction; the default, 0 / 0, is what background has with anything and ranks below every overlap.
    private readonly record struct IoU(int Shared, int Union) : IComparable<IoU>
    {
        public static IoU Of(LayerPair pair, SliceOverlap overlap)
        {
            if (overlap.Source == 0 || overlap.Target == 0)
            {
                return default;
            }

            // Parts of one layer, so their union fits 31 bits, but the sum may not.
            long both = (long)pair.SourcePixels(overlap.Source) + pair.TargetPixels(overlap.Target);
            return new IoU(overlap.Pixels, (int)(both - overlap.Pixels));
        }

        public bool Reaches(decimal threshold) => Shared > 0 && Shared >= threshold * Union;

        public int CompareTo(IoU other) =>
            Shared == 0 || other.Shared == 0 ? Shared.CompareTo(other.Shared) : ((long)Shared * other.Union).CompareTo((long)other.Shared * Union);
    }
}
