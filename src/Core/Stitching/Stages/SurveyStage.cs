using CellStitch.Core.Volumes;

namespace CellStitch.Core.Stitching;

/// <summary>Stage "survey": holes and contacts of whole layers under an assumed census, one table per run of layers.</summary>
public static class SurveyStage
{
    /// <summary>Surveys a run of layers.</summary>
    /// <param name="tracedXy">The XY masks in the order of the tracing (<see cref="MaskStacks.Traced"/>).</param>
    /// <param name="layers">The run, in the order of the tracing. The layer before the first is painted too.</param>
    /// <param name="cells">The tables of traced cells of the runs that hold these layers and the one before, in any order.</param>
    /// <param name="census">The census to assume (<see cref="CorrectStage"/>).</param>
    /// <param name="options">Options of the method; of these, the threads count here.</param>
    /// <param name="table">Receives the table.</param>
    /// <param name="cancellation">Checked once per layer.</param>
    /// <exception cref="InvalidMaskException">The stack cannot be read or does not hold labels.</exception>
    /// <exception cref="InvalidDataException">A table is damaged, missing, or of another run.</exception>
    public static void Run(
        ILayerSource tracedXy,
        LayerRange layers,
        IReadOnlyList<Stream> cells,
        Stream census,
        StitchOptions options,
        Stream table,
        CancellationToken cancellation)
    {
        layers.RequireWithin(tracedXy.Shape);
        var traced = TracedCells.Read(cells);
        StageTable.RequireShape(StageTable.Cells, traced.Shape, tracedXy.Shape);
        traced.RequireCover(layers with { First = Math.Max(0, layers.First - 1) });
        CellCensus assumed = CellCensus.Read(census);
        StageTable.RequireCells(StageTable.Census, assumed.CellCount, traced.Cells);

        var painter = new LayerPainter(tracedXy, traced.Slices, traced.Cells);
        var surveys = new LayerSurvey[layers.Count];
        new LayerRuns(options, cancellation).ForRuns(
            layers, run => LayerSurvey.Down(painter, run, assumed, (z, survey) => surveys[z - layers.First] = survey, cancellation));
        SurveyTable.Write(table, tracedXy.Shape, layers, surveys);
    }
}
