using System.CommandLine;
using System.Globalization;
using CellStitch.Core.Evaluation;
using CellStitch.Core.Volumes;

namespace CellStitch.Cli.Commands;

/// <summary><c>cellstitch evaluate</c>: scores labels against the truth.</summary>
internal sealed class EvaluateCommand : CliCommand
{
    // Enough to look a few up in a viewer; --json has them all.
    private const int CellsShown = 8;

    private readonly Argument<string> _truth;
    private readonly Argument<string> _predicted;
    private readonly Option<string?> _json;
    private readonly Option<bool> _strict;
    private readonly Option<int> _threads;

    public EvaluateCommand()
        : base("evaluate", "Scores 3D labels against the true ones.", "cellstitch evaluate truth.tif labels.tif --json scores.json")
    {
        _truth = AddInput("TRUTH.tif", "The true cells.");
        _predicted = AddInput("PREDICTED.tif", "The labels to be scored.");
        _json = AddPath("--json", "FILE", "Also writes all scores and lists as JSON (docs/schemas/evaluation.schema.json).");
        _strict = AddSwitch("--strict", "A pair must pass the IoU threshold; by default reaching it is enough.");
        _threads = AddThreads();
    }

    /// <summary>Scores a file against another.</summary>
    public static SegmentationScores Evaluate(
        string truth, string predicted, bool strict, string? json, int threads, Terminal terminal, CancellationToken cancellation)
    {
        using OutputFile? file = OutputFile.CreateIfNamed(json, truth, predicted);
        SegmentationScores scores = terminal.Track(steps =>
        {
            using ILayerSource trueCells = LabelFile.Open(truth);
            using ILayerSource predictedCells = LabelFile.Open(predicted);
            InstanceOverlap overlap = InstanceOverlap.Measure(
                trueCells, predictedCells, threads, StepsOf.Share(steps, "comparing cells"), cancellation);
            return SegmentationScores.Of(overlap, strict);
        });
        file?.Write(scores, EvaluationJson.Default.SegmentationScores);
        file?.Commit();
        return scores;
    }

    protected override Work Read(ParseResult arguments)
    {
        string truth = arguments.GetRequiredValue(_truth);
        string predicted = arguments.GetRequiredValue(_predicted);
        bool strict = arguments.GetValue(_strict);
        string? json = arguments.GetValue(_json);
        int threads = arguments.GetValue(_threads);
        return (terminal, cancellation) =>
        {
            SegmentationScores scores = Evaluate(truth, predicted, strict, json, threads, terminal, cancellation);
            terminal.Output.WriteLine($"{truth}: {scores.TruthCells} cells; {predicted}: {scores.PredictedCells} cells");
            Show(scores, strict, terminal.Output);
            return ExitCode.Done;
        };
    }

    private static void Show(SegmentationScores scores, bool strict, TextWriter to)
    {
        TextTable.Write(
            to,
            [
                [strict ? "IoU >" : "IoU ≥", "TP", "FP", "FN", "precision", "recall", "AP", "F1"],
                .. scores.Thresholds.Select(at => new object[]
                {
                    at.IoU.ToString("0.00", CultureInfo.InvariantCulture), at.TruePositives, at.FalsePositives, at.FalseNegatives,
                    at.Precision, at.Recall, at.AveragePrecision, at.F1,
                }),
            ]);
        to.WriteLine();
        TextTable.Write(
            to,
            [scores.MeanAveragePrecision, "mAP: mean of AP at 0.25, 0.5 and 0.75"],
            [scores.ViSplit, "variation of information from splits, bits"],
            [scores.ViMerge, "variation of information from merges, bits"],
            [scores.AdaptedRandError, "adapted Rand error"]);
        to.WriteLine();
        TextTable.Write(
            to,
            [scores.Split.Count, "true cells split", Some(scores.Split.Select(AsText))],
            [scores.Merged.Count, "predicted cells merge true ones", Some(scores.Merged.Select(AsText))],
            [scores.Missed.Count, "true cells missed", Some(scores.Missed.Select(cell => $"{cell}"))],
            [scores.Invented.Count, "predicted cells invented", Some(scores.Invented.Select(cell => $"{cell}"))]);
    }

    private static string AsText(CellParts cell) => $"{cell.Cell}: {string.Join("+", cell.Parts)}";

    private static string Some(IEnumerable<string> cells)
    {
        string[] first = [.. cells.Take(CellsShown + 1)];
        return first.Length <= CellsShown ? string.Join(", ", first) : $"{string.Join(", ", first[..CellsShown])}, …";
    }
}
