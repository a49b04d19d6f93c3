using CellStitch.Core.Volumes;

namespace CellStitch.Core.Stitching;

/// <summary>
/// Algorithm 1 of the paper on whole stacks: overlap → cost → transport → trace → vote → relabel → correct. Streams: besides tables of a few numbers per
/// slice it holds a few layers per thread, whatever the depth. The result depends on the masks and the options alone, not on threads or label values.
/// </summary>
public static class Stitcher
{
    /// <summary>Stitches 2D masks into 3D cells.</summary>
    /// <param name="stacks">The mask stacks.</param>
    /// <param name="options">Options of the method.</param>
    /// <param name="result">Receives the labels 1 … K, numbered by first appearance.</param>
    /// <param name="progress">Told after every layer, from any thread.</param>
    /// <param name="cancellation">Checked at least once per layer.</param>
    /// <returns>What was found.</returns>
    /// <exception cref="InvalidMaskException">A stack cannot be read or does not hold labels.</exception>
    public static StitchSummary Stitch(
        MaskStacks stacks,
        StitchOptions options,
        ILayerSink result,
        IProgress<StitchProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        bool down = options.Direction == StitchDirection.Down;
        MaskStacks traced = down ? stacks : stacks.Through(stack => new ReversedLayers(stack));
        int[] layersFromTop = [.. Enumerable.Range(0, stacks.Shape.Depth)];
        if (!down)
        {
            Array.Reverse(layersFromTop);
        }

        var run = new LayerRuns(options.Threads, options.ShortestRun, progress, cancellation);
        CellSlice[][] layers = new CellSlice[traced.Shape.Depth][];
        LayerLinks?[] links = Trace(traced, options, layers, run);
        Relabeling relabeling = Relabel(layers, links);
        CellCensus census = CellCensus.Count(layers, relabeling, surveys: null, options.MinimumVolume);
        LayerSurvey[] surveys = Survey(traced.Xy, layers, relabeling, options.MinimumVolume, run, ref census);
        int[] becomes = SingleLayerCorrection.Decide(relabeling, surveys, census, options.SingleLayer);
        uint[] labels = FinalLabels.Number(layers, relabeling, surveys, becomes, layersFromTop);

        result.Begin(stacks.Shape, labels.Max(), stacks.Xy.VoxelSize);
        var painter = new LayerPainter(traced.Xy, layers, relabeling);
        Write(painter, surveys, census, labels, layersFromTop, result, run);
        return Summarise(layers, links, surveys, relabeling, census, becomes, labels);
    }

    // Fan-out: every layer pair is measured and decided by itself.
    private static LayerLinks?[] Trace(MaskStacks stacks, StitchOptions options, CellSlice[][] layers, LayerRuns run)
    {
        var links = new LayerLinks?[layers.Length];
        bool keepLayers = stacks.Shape.LayerPixels <= options.LargestKeptLayer;
        run.ForRuns(StitchStage.Trace, layers.Length, (first, end, done) =>
        {
            MaskStacks view = keepLayers ? stacks.Through(stack => new RecentLayers(stack)) : stacks;
            if (keepLayers && first > 0)
            {
                // Reading it once makes it the kept layer of each stack.
                OverlapMeasurement.ReadThrough(view, first - 1, run.Cancellation);
            }

            var table = new OverlapTable();
            for (int z = first; z < end; z++)
            {
                LayerPair pair = OverlapMeasurement.Measure(table, view, z - 1, z, run.Cancellation);
                layers[z] = pair.Targets.ToArray();
                links[z] = pair.Sources.IsEmpty || pair.Targets.IsEmpty
                    ? null
                    : LayerLinks.Decide(pair, z - 1, z, options.Solve, options.RejectionThreshold);
                done();
            }
        });

        // Pairs across empty layers are known only now.
        IReadOnlyList<(int Source, int Target)> bridges = PairsAcrossEmptyLayers(layers);
        run.For(bridges.Count, i =>
        {
            (int source, int target) = bridges[i];
            LayerPair pair = OverlapMeasurement.Measure(stacks, source, target, run.Cancellation);
            links[target] = LayerLinks.Decide(pair, source, target, options.Solve, options.RejectionThreshold);
        });
        return links;
    }

    /// <summary>The layer pairs with empty layers between them: each non-empty layer with the nearest non-empty one before it, unless they are neighbours.</summary>
    /// <param name="layers">The slices of each layer.</param>
    public static IReadOnlyList<(int Source, int Target)> PairsAcrossEmptyLayers(CellSlice[][] layers)
    {
        var pairs = new List<(int Source, int Target)>();
        int before = OverlapMeasurement.NoLayer;
        for (int z = 0; z < layers.Length; z++)
        {
            if (layers[z].Length == 0)
            {
                continue;
            }

            if (before != OverlapMeasurement.NoLayer && before < z - 1)
            {
                pairs.Add((before, z));
            }

            before = z;
        }

        return pairs;
    }

    // The ordered chain: only the renaming runs down the layers.
    private static Relabeling Relabel(CellSlice[][] layers, LayerLinks?[] links)
    {
        var relabeling = new Relabeling();
        for (int z = 0; z < layers.Length; z++)
        {
            relabeling.Append(layers[z].Length, links[z]);
        }

        return relabeling;
    }

    // Fan-out over whole layers, repeated until the census it was made under is the census it leads to.
    private static LayerSurvey[] Survey(
        ILayerSource xy, CellSlice[][] layers, Relabeling relabeling, int minimumVolume, LayerRuns run, ref CellCensus census)
    {
        var painter = new LayerPainter(xy, layers, relabeling);
        while (true)
        {
            CellCensus assumed = census;
            var surveys = new LayerSurvey[layers.Length];
            run.ForRuns(StitchStage.Survey, layers.Length, (first, end, done) =>
            {
                var before = new uint[xy.Shape.LayerPixels];
                var layer = new uint[xy.Shape.LayerPixels];
                if (first > 0)
                {
                    painter.PaintFilledCells(first - 1, before, assumed);
                }

                for (int z = first; z < end; z++)
                {
                    run.Cancellation.ThrowIfCancellationRequested();
                    painter.PaintCells(z, layer);
                    surveys[z] = LayerSurvey.Of(z, layer, before, xy.Shape.Width, assumed);
                    (before, layer) = (layer, before);
                    done();
                }
            });

            census = CellCensus.Count(layers, relabeling, surveys, minimumVolume);
            if (census.Agrees(assumed))
            {
                return surveys;
            }
        }
    }

    // Fan-out within a batch, one layer per thread; the layers of a batch are written in order.
    private static void Write(
        LayerPainter painter, LayerSurvey[] surveys, CellCensus census, uint[] labels, int[] layersFromTop, ILayerSink result, LayerRuns run)
    {
        int threads = Math.Min(run.Threads, layersFromTop.Length);
        var batch = new uint[threads][];
        for (int first = 0; first < layersFromTop.Length; first += threads)
        {
            int count = Math.Min(threads, layersFromTop.Length - first);
            run.For(count, i =>
            {
                int z = layersFromTop[first + i];
                batch[i] ??= new uint[painter.LayerPixels];
                painter.PaintLabels(z, batch[i], labels, surveys[z].Changed.Length > 0 ? census : null);
            });

            for (int i = 0; i < count; i++)
            {
                result.Write(batch[i]);
                run.Report(StitchStage.Write, first + i + 1, layersFromTop.Length);
            }
        }
    }

    private static StitchSummary Summarise(
        CellSlice[][] layers,
        LayerLinks?[] links,
        LayerSurvey[] surveys,
        Relabeling relabeling,
        CellCensus census,
        int[] becomes,
        uint[] labels)
    {
        LayerLinks[] decided = [.. links.OfType<LayerLinks>()];
        IEnumerable<LayerLinks> bridges = decided.Where(pair => pair.TargetLayer - pair.SourceLayer > 1);
        int[] kept = [.. Enumerable.Range(1, relabeling.CellCount).Where(census.Fills)];
        return new StitchSummary(
            Cells: (int)labels.Max(),
            Links: layers.Sum(layer => layer.Length) - relabeling.CellCount,
            NewCells: relabeling.CellCount,
            RejectedByVote: decided.Sum(pair => pair.RejectedByVote),
            BridgedGaps: bridges.Sum(pair => pair.SourceOf.Count(source => source != LayerLinks.NewCell)),
            FilledHoles: surveys.Sum(survey => survey.Changed.Count(slice => slice.FilledPixels > 0)),
            RemovedSmall: relabeling.CellCount - kept.Length,
            MergedSingleLayer: kept.Count(cell => becomes[cell] != cell && becomes[cell] != 0),
            RemovedSingleLayer: kept.Count(cell => becomes[cell] == 0),
            EmptyLayers: layers.Count(layer => layer.Length == 0));
    }
}
