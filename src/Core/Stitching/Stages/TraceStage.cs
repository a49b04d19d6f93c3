using CellStitch.Core.Volumes;

namespace CellStitch.Core.Stitching;

/// <summary>What the trace of a run of layers led to.</summary>
/// <param name="MissingPairs">
/// Layer pairs across empty layers that must be measured (<see cref="MeasureStage.RunPair"/>) and given as bridges to the same call; when there are any, nothing else is set.
/// </param>
/// <param name="State">State for the next run; also the last run's is needed, by <see cref="CorrectStage"/>.</param>
/// <param name="Cells">The slices of the run's layers and their cells.</param>
public sealed record TraceOutcome(
    IReadOnlyList<(int Source, int Target)> MissingPairs, ReadOnlyMemory<byte> State, ReadOnlyMemory<byte> Cells);

/// <summary>
/// Stage "trace": transport, trace and vote of every layer pair of a run, then the inheritance of cells from layer to layer; in profile <c>robust</c> the
/// numbering of the slices. Runs follow each other in
/// order; within a run the pairs are solved in parallel.
/// </summary>
public static class TraceStage
{
    /// <summary>Traces a run of layers.</summary>
    /// <param name="layers">The run, in the order of the tracing.</param>
    /// <param name="tables">The tables of all blocks of the run, in any order.</param>
    /// <param name="bridges">Tables of the pairs that a call before found missing.</param>
    /// <param name="stateBefore">State after the run before; null for the first run.</param>
    /// <param name="options">Options of the method.</param>
    /// <param name="cancellation">Checked once per layer pair.</param>
    /// <exception cref="InvalidDataException">A table is damaged, missing, there twice, or of another run.</exception>
    public static TraceOutcome Run(
        LayerRange layers,
        IReadOnlyList<Stream> tables,
        IReadOnlyList<Stream> bridges,
        Stream? stateBefore,
        StitchOptions options,
        CancellationToken cancellation)
    {
        if (options.Profile == StitchProfile.Robust)
        {
            return Number(layers, tables, stateBefore);
        }

        (VolumeShape shape, CostedPair[] pairs) = MeasuredRun.Assemble(layers, tables);
        Dictionary<(int Source, int Target), CostedPair> bridged = ReadBridges(bridges, shape);
        TraceState before = stateBefore is null ? TraceState.Start(shape) : TraceState.Read(stateBefore);
        StageTable.RequireShape(StageTable.State, before.Shape, shape);
        if (before.Layers != layers.First)
        {
            throw new InvalidDataException($"The state is that after {before.Layers} layers; expected the state after {layers.First}.");
        }

        var work = new (int Source, CostedPair Pair)?[pairs.Length];
        var missing = new List<(int Source, int Target)>();
        int last = before.LastLayer;
        for (int i = 0; i < pairs.Length; i++)
        {
            int z = layers.First + i;
            if (pairs[i].Pair.Targets.IsEmpty)
            {
                continue;
            }

            if (last == z - 1 && last != OverlapMeasurement.NoLayer)
            {
                work[i] = (last, pairs[i]);
            }
            else if (last != OverlapMeasurement.NoLayer && bridged.TryGetValue((last, z), out CostedPair? bridge))
            {
                work[i] = (last, bridge);
            }
            else if (last != OverlapMeasurement.NoLayer)
            {
                missing.Add((last, z));
            }

            last = z;
        }

        return missing.Count > 0 ? new TraceOutcome(missing, default, default) : Inherit(layers, pairs, work, before, options, cancellation);
    }

    // In profile `robust` a run only numbers its slices; what they belong to is decided when all evidence is there.
    private static TraceOutcome Number(LayerRange layers, IReadOnlyList<Stream> tables, Stream? stateBefore)
    {
        (VolumeShape shape, LayerVotes[] votes) = EvidenceBlock.Assemble(layers, tables);
        EvidenceChain chain = stateBefore is null ? new EvidenceChain(shape) : EvidenceChain.Read(stateBefore);
        StageTable.RequireShape(StageTable.Chain, chain.Shape, shape);
        if (chain.Layers != layers.First)
        {
            throw new InvalidDataException($"The state is that after {chain.Layers} layers; expected the state after {layers.First}.");
        }

        EvidenceLayer[] evidence = [.. votes.Select(chain.Append)];
        return new TraceOutcome([], chain.ToArray(), TracedCells.Of(shape, layers, evidence).ToArray());
    }

    private static TraceOutcome Inherit(
        LayerRange layers,
        CostedPair[] pairs,
        (int Source, CostedPair Pair)?[] work,
        TraceState before,
        StitchOptions options,
        CancellationToken cancellation)
    {
        var links = new LayerLinks?[pairs.Length];
        new LayerRuns(options, cancellation).For(pairs.Length, i =>
        {
            links[i] = work[i] is (int source, CostedPair costed)
                ? LayerLinks.Decide(costed.Pair, costed.Arcs, source, layers.First + i, options.Solve, options.RejectionThreshold)
                : null;
        });

        var slices = new CellSlice[before.Shape.Depth][];
        var relabeling = Relabeling.Resume(layers.First, before.LastLayer, before.LastCells, before.CellCount);
        int last = before.LastLayer;
        for (int i = 0; i < pairs.Length; i++)
        {
            int z = layers.First + i;
            slices[z] = pairs[i].Pair.Targets.ToArray();
            if (work[i] is (int source, CostedPair costed))
            {
                RequireSameSlices(costed.Pair, source, relabeling.CellsOf(source).Length, z, slices[z].Length);
            }

            relabeling.Append(slices[z].Length, links[i]);
            last = slices[z].Length > 0 ? z : last;
        }

        LayerLinks[] decided = [.. links.OfType<LayerLinks>()];
        var state = new TraceState(
            before.Shape,
            layers.End,
            last,
            last == OverlapMeasurement.NoLayer ? [] : relabeling.CellsOf(last).ToArray(),
            relabeling.CellCount,
            before.RejectedByVote + decided.Sum(pair => pair.RejectedByVote),
            before.BridgedGaps + decided.Sum(pair => pair.BridgedGaps));
        var figures = new LinkFigures[before.Shape.Depth][];
        for (int i = 0; i < pairs.Length; i++)
        {
            figures[layers.First + i] = links[i]?.Figures ?? [];
        }

        return new TraceOutcome([], state.ToArray(), new TracedCells(before.Shape, layers, slices, relabeling) { Figures = figures }.ToArray());
    }

    private static Dictionary<(int Source, int Target), CostedPair> ReadBridges(IReadOnlyList<Stream> bridges, VolumeShape shape)
    {
        var pairs = new Dictionary<(int Source, int Target), CostedPair>();
        foreach (Stream stream in bridges)
        {
            OverlapBlock block = OverlapBlock.Read(stream);
            StageTable.RequireShape(StageTable.Overlaps, block.Shape, shape);
            foreach (MeasuredPair pair in block.Pairs)
            {
                pairs[(pair.Source, pair.Target)] = pair.Whole ?? throw new InvalidDataException(
                    $"The pair of layers {pair.Source} and {pair.Target} was measured in rows {block.Rows.First} to {block.Rows.End - 1} only.");
            }
        }

        return pairs;
    }

    private static void RequireSameSlices(LayerPair pair, int source, int sourceSlices, int target, int targetSlices)
    {
        if (pair.Sources.Length != sourceSlices || pair.Targets.Length != targetSlices)
        {
            throw new InvalidDataException(
                $"The overlap table of layers {source} and {target} has {pair.Sources.Length} and {pair.Targets.Length} slices; "
                + $"expected {sourceSlices} and {targetSlices}. It was measured on other masks.");
        }
    }
}
