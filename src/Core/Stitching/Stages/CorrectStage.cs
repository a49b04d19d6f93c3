namespace CellStitch.Core.Stitching;

/// <summary>What the correction led to: a census to survey under, or the decision.</summary>
/// <param name="Census">The census under which every layer must be surveyed next; empty when the decision is made.</param>
/// <param name="Labels">The final label of every cell; empty while surveys are wanted.</param>
/// <param name="LargestLabel">The largest of them, which is the number of cells; decides the pixel type of the result.</param>
/// <param name="Summary">What the stitching found; null while surveys are wanted.</param>
public sealed record CorrectOutcome(ReadOnlyMemory<byte> Census, ReadOnlyMemory<byte> Labels, uint LargestLabel, StitchSummary? Summary);

/// <summary>
/// Stage "correct": size filter, single-layer correction and final numbers, from tables alone. It is called without surveys first, for the first census, and
/// again with the surveys made under the census it returned, until it decides; mostly the first surveys are the last. In profile <c>robust</c> it links the slices by all
/// evidence, and decides at once.
/// </summary>
public static class CorrectStage
{
    /// <summary>Counts the cells, and decides what becomes of them where the surveys allow it.</summary>
    /// <param name="cells">The tables of traced cells of all runs, in any order.</param>
    /// <param name="lastState">The state after the last run.</param>
    /// <param name="surveys">The surveys of all layers made under <paramref name="assumed"/>, in any order; empty in the first call.</param>
    /// <param name="assumed">The census that the surveys were made under; null in the first call.</param>
    /// <param name="options">Options of the method.</param>
    /// <exception cref="InvalidDataException">A table is damaged, missing, there twice, or of another run.</exception>
    public static CorrectOutcome Run(
        IReadOnlyList<Stream> cells, Stream lastState, IReadOnlyList<Stream> surveys, Stream? assumed, StitchOptions options)
    {
        var traced = TracedCells.Read(cells);
        StageTable.RequireAllLayers(StageTable.Cells, traced.Layers, traced.Shape);
        if (options.Profile == StitchProfile.Robust)
        {
            return Link(traced, lastState, options);
        }

        TraceState state = TraceState.Read(lastState);
        if (state.Shape != traced.Shape || state.Layers != traced.Shape.Depth || state.CellCount != traced.Cells.CellCount)
        {
            throw new InvalidDataException(
                $"The state is that after {state.Layers} layers of {state.Shape} with {state.CellCount} cells; expected the state after all layers of {traced.Shape} with {traced.Cells.CellCount} cells.");
        }

        if (assumed is null)
        {
            var first = CellCensus.Count(traced.Slices, traced.Cells, surveys: null, options.MinimumVolume);
            return new CorrectOutcome(first.ToArray(), default, 0, null);
        }

        LayerSurvey[] read = SurveyTable.Read(surveys, traced.Shape);
        CellCensus before = CellCensus.Read(assumed);
        StageTable.RequireCells(StageTable.Census, before.CellCount, traced.Cells);
        var census = CellCensus.Count(traced.Slices, traced.Cells, read, options.MinimumVolume);
        return census.Agrees(before)
            ? Decide(traced, state, read, census, options)
            : new CorrectOutcome(census.ToArray(), default, 0, null);
    }

    private static CorrectOutcome Link(TracedCells traced, Stream lastState, StitchOptions options)
    {
        EvidenceChain chain = EvidenceChain.Read(lastState);
        if (chain.Shape != traced.Shape || chain.Layers != traced.Shape.Depth || chain.Slices != traced.Cells.CellCount)
        {
            throw new InvalidDataException(
                $"The state is that after {chain.Layers} layers of {chain.Shape} with {chain.Slices} slices; expected the state after all layers of {traced.Shape} with {traced.Cells.CellCount} slices.");
        }

        var linking = RobustLinking.Decide(traced.Evidence, traced.Shape, options, new LayerRuns(options, CancellationToken.None));
        return new CorrectOutcome(default, linking.Final.ToArray(), linking.Final.LargestLabel, linking.Summary);
    }

    private static CorrectOutcome Decide(
        TracedCells traced, TraceState state, LayerSurvey[] surveys, CellCensus census, StitchOptions options)
    {
        int[] becomes = SingleLayerCorrection.Decide(traced.Cells, surveys, census, options.SingleLayer);
        var final = FinalCells.Decide(traced.Slices, traced.Cells, surveys, census, becomes, traced.Shape, options.Direction);
        StitchSummary summary = StitchSummary.Of(traced.Slices, traced.Cells, surveys, census, becomes, final.Labels, state.RejectedByVote, state.BridgedGaps) with
        {
            Confidences = PaperConfidence.Judge(traced.Slices, traced.Figures, traced.Cells, final.Labels),
        };
        return new CorrectOutcome(default, final.ToArray(), final.LargestLabel, summary);
    }
}
