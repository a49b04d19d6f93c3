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
    /// <param name="measured">Receives the measures of every cell; null when nobody wants them.</param>
    /// <param name="cancellation">Checked at least once per layer.</param>
    /// <returns>What was found.</returns>
    /// <exception cref="InvalidMaskException">A stack cannot be read or does not hold labels.</exception>
    public static StitchSummary Stitch(
        MaskStacks stacks,
        StitchOptions options,
        ILayerSink result,
        IProgress<StitchProgress>? progress = null,
        CellTable? measured = null,
        CancellationToken cancellation = default)
    {
        MaskStacks traced = stacks.Traced(options.Direction);
        var run = new LayerRuns(options, cancellation, progress);
        if (options.Profile == StitchProfile.Robust)
        {
            return StitchRobust(stacks, traced, options, result, run, measured);
        }

        CellSlice[][] layers = new CellSlice[traced.Shape.Depth][];
        LayerLinks?[] links = Trace(traced, options, layers, run);
        Relabeling relabeling = Relabel(layers, links);
        CellCensus census = CellCensus.Count(layers, relabeling, surveys: null, options.MinimumVolume);
        var painter = new LayerPainter(traced.Xy, layers, relabeling);
        LayerSurvey[] surveys = Survey(painter, layers, relabeling, options.MinimumVolume, run, ref census);
        int[] becomes = SingleLayerCorrection.Decide(relabeling, surveys, census, options.SingleLayer);
        var final = FinalCells.Decide(layers, relabeling, surveys, census, becomes, traced.Shape, options.Direction);

        Paint(stacks, painter, final, options.Direction, result, run, measured);
        LayerLinks[] decided = [.. links.OfType<LayerLinks>()];
        return StitchSummary.Of(
            layers,
            relabeling,
            surveys,
            census,
            becomes,
            final.Labels,
            decided.Sum(pair => pair.RejectedByVote),
            decided.Sum(pair => pair.BridgedGaps)) with
        {
            Confidences = PaperConfidence.Judge(layers, [.. links.Select(pair => pair?.Figures ?? [])], relabeling, final.Labels),
        };
    }

    private static StitchSummary StitchRobust(
        MaskStacks stacks, MaskStacks traced, StitchOptions options, ILayerSink result, LayerRuns run, CellTable? measured)
    {
        int depth = traced.Shape.Depth;
        var chain = new EvidenceChain(traced.Shape);
        var evidence = new List<EvidenceLayer>(depth);
        EvidenceMeasurement.Measure(traced, new LayerRange(0, depth), RowRange.All(traced.Shape), options, run, votes =>
        {
            evidence.Add(chain.Append(votes));
            run.Report(StitchStage.Trace, evidence.Count, depth);
        });
        var linking = RobustLinking.Decide(evidence, traced.Shape, options, run);
        (CellSlice[][] layers, Relabeling relabeling) = EvidenceLayer.AsCells(evidence);
        LayerPainter painter = options.Repair
            ? LayerPainter.OfRepaired(traced.Xy, [.. evidence.Select(layer => layer.Split)], layers, relabeling, options)
            : new LayerPainter(traced.Xy, layers, relabeling);
        Paint(stacks, painter, linking.Final, options.Direction, result, run, measured);
        return linking.Summary with { FilledSlices = painter.FilledSlices };
    }

    private static void Paint(
        MaskStacks stacks,
        LayerPainter painter,
        FinalCells final,
        StitchDirection direction,
        ILayerSink result,
        LayerRuns run,
        CellTable? measured)
    {
        result.Begin(stacks.Shape, final.LargestLabel, stacks.Xy.VoxelSize);
        painter.PaintInOrder(new LayerRange(0, stacks.Shape.Depth), final, direction, run, measured, layer => layer, (z, layer) =>
        {
            result.Write(layer);
            run.Report(StitchStage.Write, z + 1, stacks.Shape.Depth);
        });
    }

    // Fan-out: every layer pair is measured and decided by itself.
    private static LayerLinks?[] Trace(MaskStacks stacks, StitchOptions options, CellSlice[][] layers, LayerRuns run)
    {
        var links = new LayerLinks?[layers.Length];
        run.ForRuns(StitchStage.Trace, layers.Length, (neighbours, done) =>
        {
            OverlapMeasurement.MeasureDown(stacks, neighbours, RowRange.All(stacks.Shape), options.LargestKeptLayer, Link, run.Cancellation);

            void Link(int z, OverlapTable table)
            {
                var pair = LayerPair.From(table, stacks.Shape.LayerPixels);
                layers[z] = pair.Targets.ToArray();
                links[z] = pair.Sources.IsEmpty || pair.Targets.IsEmpty
                    ? null
                    : Decide(pair, z - 1, z, options);
                done();
            }
        });

        // Pairs across empty layers are known only now.
        IReadOnlyList<(int Source, int Target)> bridges = PairsAcrossEmptyLayers(layers);
        run.For(bridges.Count, i =>
        {
            (int source, int target) = bridges[i];
            LayerPair pair = OverlapMeasurement.Measure(stacks, source, target, run.Cancellation);
            links[target] = Decide(pair, source, target, options);
        });
        return links;
    }

    private static LayerLinks Decide(LayerPair pair, int source, int target, StitchOptions options) => options.Match is { } match
        ? LayerLinks.Vote(pair, match(pair, source, target), source, target, options.RejectionThreshold)
        : LayerLinks.Decide(pair, source, target, options.Solve, options.RejectionThreshold);

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
        LayerPainter painter, CellSlice[][] layers, Relabeling relabeling, int minimumVolume, LayerRuns run, ref CellCensus census)
    {
        while (true)
        {
            CellCensus assumed = census;
            var surveys = new LayerSurvey[layers.Length];
            run.ForRuns(StitchStage.Survey, layers.Length, (neighbours, done) =>
            {
                LayerSurvey.Down(painter, neighbours, assumed, Surveyed, run.Cancellation);

                void Surveyed(int z, LayerSurvey survey)
                {
                    surveys[z] = survey;
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
}
