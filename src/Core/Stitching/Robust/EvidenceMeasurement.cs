using CellStitch.Core.Volumes;

namespace CellStitch.Core.Stitching;

/// <summary>
/// What was counted in some rows of one layer and of the layers before it: by labels, so that the counts of other rows add up.
/// </summary>
/// <param name="Layer">Layer z.</param>
/// <param name="Sources">
/// For each of <see cref="EvidenceMeasurement.Distances"/> the layer that many non-empty layers before z, or <see cref="OverlapMeasurement.NoLayer"/>.
/// </param>
/// <param name="Slices">The slices of layer z by first pixel.</param>
/// <param name="Overlaps">For each distance the slices of that layer and of z that share pixels.</param>
/// <param name="Neighbours">Slices of layer z that face each other.</param>
internal sealed record LayerVotes(int Layer, int[] Sources, SupportedSlice[] Slices, PairVotes[][] Overlaps, PairVotes[] Neighbours)
{
    /// <summary>The slices of layer z, of all rows, that were split before counting.</summary>
    public LayerSplit Split { get; init; } = LayerSplit.None;

    /// <summary>The counts of these and of other rows.</summary>
    public LayerVotes Plus(LayerVotes other)
    {
        if (other.Layer != Layer || (Slices.Length > 0 && other.Slices.Length > 0 && !other.Sources.SequenceEqual(Sources)))
        {
            throw new InvalidDataException($"Evidence of layer {other.Layer} cannot be added to that of layer {Layer}: it was measured on other masks.");
        }

        var slices = Slices.ToDictionary(slice => slice.Label);
        foreach (SupportedSlice slice in other.Slices)
        {
            slices[slice.Label] = slices.TryGetValue(slice.Label, out SupportedSlice known)
                ? new SupportedSlice(
                    slice.Label, known.Pixels + slice.Pixels, Math.Min(known.FirstPixel, slice.FirstPixel), known.Support + slice.Support)
                : slice;
        }

        var overlaps = new PairVotes[Overlaps.Length][];
        for (int i = 0; i < overlaps.Length; i++)
        {
            overlaps[i] = Sum(Overlaps[i], other.Overlaps[i]);
        }

        return new LayerVotes(
            Layer,
            Slices.Length > 0 ? Sources : other.Sources,
            [.. slices.Values.OrderBy(slice => slice.FirstPixel)],
            overlaps,
            Sum(Neighbours, other.Neighbours))
        {
            Split = Split,
        };
    }

    private static PairVotes[] Sum(PairVotes[] some, PairVotes[] others)
    {
        var table = new VoteTable();
        table.Add(some);
        table.Add(others);
        return table.Pairs;
    }
}

/// <summary>
/// Counts the evidence of profile <c>robust</c>: one pass down the layers that holds the eight last non-empty ones. Wide layers are passed band of
/// rows by band of rows, so memory depends neither on the depth nor on the size of a layer.
/// </summary>
internal static class EvidenceMeasurement
{
    /// <summary>Pixels of one layer face each other up to this distance (docs/algorithm.md, "Evidence").</summary>
    public const int ReachPx = 3;

    // Layers that are read and counted at once: enough for many threads, few beside the eight that are kept.
    private const int BatchLayers = 4;

    // A band of this share of what profile `paper` may keep: twelve layers of three stacks are held here, six layers there.
    private const int BandsOfKept = 4;

    /// <summary>Distances in non-empty layers at which slices are compared (docs/algorithm.md, "Evidence").</summary>
    public static ReadOnlySpan<int> Distances => [1, 2, 4, 8];

    private static int LongestDistance => Distances[^1];

    /// <summary>Counts a block.</summary>
    /// <param name="stacks">The mask stacks.</param>
    /// <param name="layers">Layers of the block; layers before it are read as far as distances reach.</param>
    /// <param name="rows">Rows of the block.</param>
    /// <param name="options">Options of the method; of these, <see cref="StitchOptions.Repair"/> counts here.</param>
    /// <param name="run">Threads and cancellation.</param>
    /// <param name="counted">Takes the counts of each layer, in order.</param>
    public static void Measure(MaskStacks stacks, LayerRange layers, RowRange rows, StitchOptions options, LayerRuns run, Action<LayerVotes> counted)
    {
        var read = new LayerRange(FirstLayerRead(stacks.Xy, layers.First), layers.End);
        int bandRows = Math.Clamp(options.LargestKeptLayer / BandsOfKept / stacks.Shape.Width, 1, rows.Count);
        if (!options.Repair)
        {
            Measure(stacks, _ => { }, counted);
            return;
        }

        using var splitting = new SliceSplitting(stacks, read, options.LargestKeptLayer, run);
        if (bandRows < rows.Count)
        {
            // Every band passes all layers: what the splits hold would only take memory from them.
            splitting.DecideAll();
        }

        Measure(splitting.Result, splitting.Decide, votes => counted(votes with { Split = splitting.Splits[votes.Layer] }));

        void Measure(MaskStacks masks, Action<LayerRange> prepare, Action<LayerVotes> counted)
        {
            var spare = new SparePixels(Math.Min(bandRows + ReachPx, masks.Shape.Height) * masks.Shape.Width);
            if (bandRows == rows.Count)
            {
                MeasureBand(masks, read, layers.First, rows, prepare, spare, run, counted);
                return;
            }

            var sums = new LayerVotes?[layers.Count];
            for (int first = rows.First; first < rows.End; first += bandRows)
            {
                MeasureBand(masks, read, layers.First, new RowRange(first, Math.Min(rows.End, first + bandRows)), prepare, spare, run, votes =>
                {
                    ref LayerVotes? sum = ref sums[votes.Layer - layers.First];
                    sum = sum?.Plus(votes) ?? votes;
                });
            }

            foreach (LayerVotes? sum in sums)
            {
                counted(sum!);
            }
        }
    }

    // Layers before the first counted one are read for the distances only.
    private static void MeasureBand(
        MaskStacks stacks,
        LayerRange layers,
        int firstCounted,
        RowRange rows,
        Action<LayerRange> prepare,
        SparePixels spare,
        LayerRuns run,
        Action<LayerVotes> counted)
    {
        // The rows below are read for the pairs of pixels that face each other across the end of the band.
        var read = new RowRange(rows.First, Math.Min(stacks.Shape.Height, rows.End + ReachPx));
        var tables = new VoteTable[BatchLayers * (Distances.Length + 1)];
        var window = new List<MaskLayer>();
        int first = layers.First;
        while (first < layers.End)
        {
            int end = Math.Min(first + BatchLayers, first < firstCounted ? firstCounted : layers.End);
            prepare(new LayerRange(first, end));
            var batch = new MaskLayer?[end - first];
            run.For(batch.Length, i => batch[i] = ReadUnlessEmpty(stacks, first + i, read, spare));

            // Where the window stood before each layer of the batch.
            int[] before = new int[batch.Length];
            for (int i = 0; i < batch.Length; i++)
            {
                before[i] = window.Count;
                if (batch[i] is { } layer)
                {
                    window.Add(layer);
                }
            }

            if (first >= firstCounted)
            {
                foreach (LayerVotes layer in Count(stacks.Shape, rows, batch, window, before, first, tables, run))
                {
                    counted(layer);
                }
            }

            int past = Math.Max(0, window.Count - LongestDistance);
            window[..past].ForEach(layer => layer.Release(spare));
            window.RemoveRange(0, past);
            first = end;
        }

        window.ForEach(layer => layer.Release(spare));
    }

    private static LayerVotes[] Count(
        VolumeShape shape, RowRange rows, MaskLayer?[] batch, List<MaskLayer> window, int[] before, int first, VoteTable[] tables, LayerRuns run)
    {
        int pixels = rows.Count * shape.Width;
        var votes = new LayerVotes[batch.Length];
        for (int i = 0; i < votes.Length; i++)
        {
            int[] sources = new int[Distances.Length];
            for (int d = 0; d < sources.Length; d++)
            {
                int source = before[i] - Distances[d];
                sources[d] = batch[i] is not null && source >= 0 ? window[source].Z : OverlapMeasurement.NoLayer;
            }

            votes[i] = new LayerVotes(first + i, sources, [], [[], [], [], []], []);
        }

        // A task per layer for its own counts, and one per distance.
        int tasks = Distances.Length + 1;
        run.For(batch.Length * tasks, task =>
        {
            (int i, int d) = (task / tasks, task % tasks);
            if (batch[i] is not { } layer || (d < Distances.Length && votes[i].Sources[d] == OverlapMeasurement.NoLayer))
            {
                return;
            }

            VoteTable table = tables[task] ??= new VoteTable();
            table.Clear();
            if (d < Distances.Length)
            {
                table.AddOverlaps(window[before[i] - Distances[d]], layer, pixels);
                votes[i].Overlaps[d] = table.Pairs;
            }
            else
            {
                table.AddNeighbours(layer, shape.Width, pixels);
                votes[i] = votes[i] with { Slices = layer.Slices(pixels, rows.First * shape.Width), Neighbours = table.Pairs };
            }
        });
        return votes;
    }

    // The layer as many non-empty ones before a block as the longest distance spans.
    private static int FirstLayerRead(ILayerSource xy, int end)
    {
        int first = end;
        for (int found = 0; first > 0 && found < LongestDistance; found += IsEmpty(xy, first) ? 0 : 1)
        {
            first--;
        }

        return first;
    }

    private static MaskLayer? ReadUnlessEmpty(MaskStacks stacks, int z, RowRange rows, SparePixels spare)
    {
        if (rows == RowRange.All(stacks.Shape))
        {
            var layer = MaskLayer.Read(stacks, z, rows, spare);
            if (layer.Xy.AsSpan(0, layer.Pixels).ContainsAnyExcept(0u))
            {
                return layer;
            }

            layer.Release(spare);
            return null;
        }

        // A layer is empty as a whole or not at all, whatever rows are counted.
        return IsEmpty(stacks.Xy, z) ? null : MaskLayer.Read(stacks, z, rows, spare);
    }

    private static bool IsEmpty(ILayerSource xy, int z)
    {
        const int BandPixels = 1 << 15;
        int width = xy.Shape.Width;
        int height = xy.Shape.Height;
        int bandRows = Math.Clamp(BandPixels / width, 1, height);
        var band = new uint[bandRows * width];
        using IRowReader rows = xy.OpenRows(z);
        for (int row = 0; row < height; row += bandRows)
        {
            Span<uint> part = band.AsSpan(0, Math.Min(bandRows, height - row) * width);
            rows.Read(part);
            if (part.ContainsAnyExcept(0u))
            {
                return false;
            }
        }

        return true;
    }
}
