using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Stitching;

/// <summary>
/// Splits slices that cover several cells: slices of a layer beside show the parts, the projections that these are different cells. Several rounds, each on the result of
/// the one before, since a slice may lie between others that must be split first. One pass down the layers that holds a few of them, as far ahead as its reader asks; what
/// becomes of a layer depends on as many layers beside it as there are rounds, and on nothing else.
/// </summary>
internal sealed class SliceSplitting : IDisposable
{
    // Errors last over neighbouring layers, and each round comes one layer further from either side (docs/algorithm.md, "What was tried").
    private const int Rounds = 3;

    // Layers that are read and looked at at once, of those held as they are and of those held packed.
    private const int BatchLayers = 4;
    private const int PackedBatchLayers = 2;

    // Seven to nine layers of a stack are held: of the projections, which are read less often, up to a quarter of what may be kept.
    private const int ProjectionShare = 4;

    private readonly MaskStacks _stacks;
    private readonly LayerRange _layers;
    private readonly int _batchLayers;
    private readonly LayerRuns _run;
    private readonly KeptLayers[] _kept;

    // For each round the splits after it; round 0 is the masks.
    private readonly LayerSplit[][] _splits;

    // What the last round of a layer split, by round.
    private readonly LabelRun[][][] _fresh;

    // Area of every slice of a layer, those that were split included.
    private readonly Dictionary<uint, int>?[] _areas;

    // For each pair of layers (z, z + 1) the slices of z and of z + 1 that may cover several of the other.
    private readonly (HashSet<uint> Above, HashSet<uint> Below)?[] _pairs;

    // Round r is done up to _done[r]; round 0 is reading.
    private readonly int[] _done;

    /// <summary>Begins to split the slices of a range of layers.</summary>
    /// <param name="stacks">The mask stacks; without projections nothing is split.</param>
    /// <param name="layers">The layers.</param>
    /// <param name="largestKept"><see cref="StitchOptions.LargestKeptLayer"/>.</param>
    /// <param name="run">Threads and cancellation.</param>
    public SliceSplitting(MaskStacks stacks, LayerRange layers, int largestKept, LayerRuns run)
    {
        int depth = stacks.Shape.Depth;
        (_layers, _run) = (layers, run);
        _batchLayers = KeptLayers.AreHeldPlain(stacks.Shape, largestKept) ? BatchLayers : PackedBatchLayers;
        _splits = [.. Enumerable.Range(0, Rounds + 1).Select(_ => Enumerable.Repeat(LayerSplit.None, depth).ToArray())];
        _fresh = [.. Enumerable.Range(0, Rounds + 1).Select(_ => Enumerable.Repeat<LabelRun[]>([], depth).ToArray())];
        _areas = new Dictionary<uint, int>?[depth];
        _pairs = new (HashSet<uint> Above, HashSet<uint> Below)?[depth];
        _done = [.. Enumerable.Range(0, Rounds + 1).Select(round => Math.Max(0, layers.First - Rounds + round))];
        if (stacks.Xz is null)
        {
            (_kept, _stacks, Result) = ([], stacks, stacks);
            _done[Rounds] = layers.End;
            return;
        }

        _kept =
        [
            new KeptLayers(stacks.Xy, largestKept),
            new KeptLayers(stacks.Xz, largestKept / ProjectionShare),
            new KeptLayers(stacks.Yz!, largestKept / ProjectionShare, LabelGrain.Columns),
        ];
        _stacks = new MaskStacks(_kept[0], _kept[1], _kept[2]);
        Result = new MaskStacks(new SplitLayers(_kept[0], _splits[Rounds]), _kept[1], _kept[2]);
    }

    /// <summary>The splits of each layer, of those that are decided.</summary>
    public IReadOnlyList<LayerSplit> Splits => _splits[Rounds];

    /// <summary>The stacks with their split slices: layers that are decided, fastest those decided last.</summary>
    public MaskStacks Result { get; }

    private VolumeShape Shape => _stacks.Shape;

    /// <summary>Decides all layers before the end of some, if they are not decided, and holds these for reading if it can.</summary>
    /// <exception cref="InvalidMaskException">A stack cannot be read or does not hold labels.</exception>
    public void Decide(LayerRange wanted)
    {
        int end = Math.Min(Shape.Depth, _layers.End + Rounds);
        while (_done[Rounds] < wanted.End)
        {
            _run.Cancellation.ThrowIfCancellationRequested();
            int oldest = Math.Max(0, _done[1..].Min() - 1);
            _done[0] = Math.Min(end, _done[0] + _batchLayers);
            foreach (KeptLayers stack in _kept)
            {
                stack.Keep(new LayerRange(Math.Min(oldest, wanted.First), _done[0]), _run);
            }

            for (int round = 1; round <= Rounds; round++)
            {
                // The layer after the last one must be through the round before.
                int until = _done[round - 1] == Shape.Depth ? Shape.Depth : _done[round - 1] - 1;
                if (until > _done[round])
                {
                    Decide(round, new LayerRange(_done[round], until));
                    _done[round] = until;
                }
            }

            Forget(oldest);
        }
    }

    /// <summary>Decides all layers and holds none: for a reader that comes back to all of them.</summary>
    /// <exception cref="InvalidMaskException">A stack cannot be read or does not hold labels.</exception>
    public void DecideAll()
    {
        Decide(new LayerRange(_layers.End, _layers.End));
        Dispose();
    }

    public void Dispose()
    {
        foreach (KeptLayers stack in _kept)
        {
            stack.Dispose();
        }
    }

    private void Forget(int layers)
    {
        for (int z = layers - 1; z >= 0 && _areas[z] is not null; z--)
        {
            (_areas[z], _pairs[z]) = (null, null);
            foreach (LabelRun[][] fresh in _fresh)
            {
                fresh[z] = [];
            }
        }
    }

    private void Decide(int round, LayerRange layers)
    {
        if (round == 1)
        {
            CountPairs(layers);
        }

        var found = new (int Slices, LabelRun[] Runs, Dictionary<uint, int> Areas)[layers.Count];
        _run.For(layers.Count, i => found[i] = SplitLayer(round, layers.First + i));
        for (int i = 0; i < found.Length; i++)
        {
            int z = layers.First + i;
            _fresh[round][z] = found[i].Runs;
            _splits[round][z] = found[i].Slices == 0 ? _splits[round - 1][z] : _splits[round - 1][z].Plus(found[i].Slices, _fresh[round][z]);
            foreach ((uint label, int area) in found[i].Areas)
            {
                _areas[z]!.Add(label, area);
            }
        }
    }

    // Overlaps of each layer with the next one.
    private void CountPairs(LayerRange layers)
    {
        int first = Math.Max(0, layers.First - 1);
        int[] open = [.. Enumerable.Range(first, Math.Min(Shape.Depth - 1, layers.End) - first).Where(z => _pairs[z] is null)];
        var xy = new MaskStacks(_stacks.Xy);
        var areas = new (Dictionary<uint, int> Above, Dictionary<uint, int> Below)[open.Length];
        _run.For(open.Length, i =>
        {
            var table = new OverlapTable();
            OverlapMeasurement.Measure(table, xy, open[i], open[i] + 1, 0, Shape.Height, _run.Cancellation);
            LabelOverlap[] overlaps = table.Overlaps;
            areas[i] = (Areas(overlaps, overlap => overlap.Source), Areas(overlaps, overlap => overlap.Target));
            (Dictionary<uint, int> above, Dictionary<uint, int> below) = areas[i];
            _pairs[open[i]] = (
                Suspects(overlaps.Where(overlap => SliceParts.IsPart(overlap.Pixels, below[overlap.Target], above[overlap.Source])), overlap => overlap.Source),
                Suspects(overlaps.Where(overlap => SliceParts.IsPart(overlap.Pixels, above[overlap.Source], below[overlap.Target])), overlap => overlap.Target));
        });
        for (int i = 0; i < open.Length; i++)
        {
            _areas[open[i]] ??= areas[i].Above;
            _areas[open[i] + 1] ??= areas[i].Below;
        }
    }

    private static Dictionary<uint, int> Areas(LabelOverlap[] overlaps, Func<LabelOverlap, uint> labelOf)
    {
        var areas = new Dictionary<uint, int>();
        foreach (LabelOverlap overlap in overlaps)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(areas, labelOf(overlap), out _) += overlap.Pixels;
        }

        return areas;
    }

    private static HashSet<uint> Suspects(IEnumerable<LabelOverlap> parts, Func<LabelOverlap, uint> labelOf)
    {
        var once = new HashSet<uint>();
        return [.. parts.Where(part => part is { Source: not 0, Target: not 0 }).Select(labelOf).Where(label => !once.Add(label))];
    }

    private (int Slices, LabelRun[] Runs, Dictionary<uint, int> Areas) SplitLayer(int round, int z)
    {
        var runs = new List<LabelRun>();
        var areas = new Dictionary<uint, int>();
        HashSet<uint> suspects = round == 1 ? Suspects(z) : LabelsUnder(round, z);
        if (suspects.Count == 0)
        {
            return (0, [], areas);
        }

        // In the order in which they end, so that place decides and not labels.
        List<DividedSlice> divided = Divided(round, z, suspects);
        uint free = 1;
        foreach (DividedSlice slice in divided)
        {
            var labels = new uint[slice.Areas.Length];
            for (int group = 0; group < labels.Length; group++)
            {
                for (; _areas[z]!.ContainsKey(free); free++)
                {
                }

                areas.Add(free, slice.Areas[group]);
                labels[group] = free++;
            }

            runs.AddRange(slice.Runs.Select(run => run with { Label = labels[(int)run.Label] }));
        }

        return (divided.Count, [.. runs.OrderBy(run => run.Start)], areas);
    }

    private Dictionary<uint, int>? AreasOf(int z) => z >= 0 && z < Shape.Depth ? _areas[z] : null;

    private HashSet<uint> Suspects(int z)
    {
        HashSet<uint> above = z > 0 ? _pairs[z - 1]!.Value.Below : [];
        return z < Shape.Depth - 1 ? [.. above.Union(_pairs[z]!.Value.Above)] : above;
    }

    // Only slices at those that were split in the round before can be split in this one.
    private HashSet<uint> LabelsUnder(int round, int z)
    {
        LabelRun[] runs =
        [
            .. Enumerable.Range(z - 1, 3).Where(other => other >= 0 && other < Shape.Depth)
                .SelectMany(other => _fresh[round - 1][other])
                .OrderBy(run => run.Start),
        ];
        if (runs.Length == 0)
        {
            return [];
        }

        var labels = new HashSet<uint>();
        int next = 0;
        int firstRow = runs[0].Start / Shape.Width;
        using var masks = new RowBands(View(round), z, Shape, firstRow);
        while (next < runs.Length && masks.Next())
        {
            for (int i = next; i < runs.Length && runs[i].Start < masks.End; i++)
            {
                uint last = 0;
                for (int pixel = Math.Max(masks.First, runs[i].Start); pixel < Math.Min(masks.End, runs[i].End); pixel++)
                {
                    uint label = masks.Labels[pixel - masks.First];
                    if (label != last)
                    {
                        labels.Add(last = label);
                    }
                }
            }

            while (next < runs.Length && runs[next].End <= masks.End)
            {
                next++;
            }
        }

        labels.Remove(0);
        return labels;
    }

    // The masks as the round before left them.
    private SplitLayers View(int round) => new(_kept[0], _splits[round - 1]);

    // The suspects that cover several cells. Each is looked at as soon as all its pixels were met, so that few are held.
    private List<DividedSlice> Divided(int round, int z, HashSet<uint> suspects)
    {
        SplitLayers xy = View(round);
        using var masks = new RowBands(xy, z, Shape);
        using var before = new RowBands(z > 0 ? xy : null, z - 1, Shape);
        using var after = new RowBands(z < Shape.Depth - 1 ? xy : null, z + 1, Shape);
        using var xz = new RowBands(_kept[1], z, Shape);
        using var yz = new RowBands(_kept[2], z, Shape);
        Dictionary<uint, int> areas = _areas[z]!;
        var none = new Dictionary<uint, int>();
        (Dictionary<uint, int> areasBefore, Dictionary<uint, int> areasAfter) = (AreasOf(z - 1) ?? none, AreasOf(z + 1) ?? none);
        var found = new List<DividedSlice>();
        var spare = new Stack<SlicePixels>();
        var sliceOf = suspects.ToDictionary(label => label, _ => (SlicePixels?)null);
        while (masks.Next() && before.Next() && after.Next() && xz.Next() && yz.Next())
        {
            _run.Cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<uint> labels = masks.Labels;
            for (int start = 0; start < labels.Length;)
            {
                int others = labels[start..].IndexOfAnyExcept(labels[start]);
                int end = others < 0 ? labels.Length : start + others;
                ref SlicePixels? slice = ref CollectionsMarshal.GetValueRefOrNullRef(sliceOf, labels[start]);
                if (!Unsafe.IsNullRef(ref slice))
                {
                    slice ??= spare.TryPop(out SlicePixels? used) ? used : new SlicePixels();
                    slice.Add(masks.First + start, before.Labels[start..end], after.Labels[start..end], xz.Labels[start..end], yz.Labels[start..end]);
                    if (slice.Count == areas[labels[start]])
                    {
                        if (SliceParts.Of(slice, Shape.Width, areasBefore, areasAfter) is { } parts)
                        {
                            found.Add(DividedSlice.Of(slice.Pixels, parts.Divide(slice.Pixels, Shape.Width), parts.Groups));
                        }

                        slice.Clear();
                        spare.Push(slice);
                        slice = null;
                    }
                }

                start = end;
            }
        }

        return found;
    }

    // A slice that covers several cells: its pixels as runs under the numbers of the cells, from 0, and how many each has.
    private sealed record DividedSlice(LabelRun[] Runs, int[] Areas)
    {
        public static DividedSlice Of(ReadOnlySpan<int> pixels, ReadOnlySpan<int> groups, int count)
        {
            var areas = new int[count];
            var runs = new List<LabelRun>();
            for (int i = 0; i < pixels.Length; i++)
            {
                uint group = (uint)groups[i];
                areas[group]++;
                if (runs.Count > 0 && runs[^1] is var last && last.End == pixels[i] && last.Label == group)
                {
                    runs[^1] = last with { Length = last.Length + 1 };
                }
                else
                {
                    runs.Add(new LabelRun(pixels[i], 1, group));
                }
            }

            return new DividedSlice([.. runs], areas);
        }
    }
}
