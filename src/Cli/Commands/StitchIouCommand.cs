using System.CommandLine;
using CellStitch.Core.Baselines;
using CellStitch.Core.IO;
using CellStitch.Core.Volumes;

namespace CellStitch.Cli.Commands;

/// <summary><c>cellstitch stitch-iou</c>: the baseline the method is compared with.</summary>
internal sealed class StitchIouCommand : CliCommand
{
    private readonly Argument<string> _xy;
    private readonly Option<string> _output;
    private readonly Option<decimal> _iou;
    private readonly Option<int> _threads;

    public StitchIouCommand()
        : base(
            "stitch-iou",
            "Stitches by overlap alone, as Cellpose does with 2D masks; a baseline.",
            "cellstitch stitch-iou xy.tif -o labels_iou.tif --iou 0.25")
    {
        _xy = AddInput("XY.tif", "XY masks: page z is layer z; labels unique within a page, 0 is background.");
        _output = AddOutput("LABELS.tif", "The 3D labels.");
        _iou = AddNumber("--iou", IouStitching.DefaultThreshold, "Smallest IoU of two slices of one cell, in [0, 1].", refusedAs: "threshold");
        _threads = AddThreads();
    }

    /// <summary>Stitches a file into a file.</summary>
    public static IouStitchingSummary Stitch(
        string xy, string output, decimal iou, int threads, Terminal terminal, CancellationToken cancellation)
    {
        using OutputFile labels = OutputFile.Create(output, xy);
        IouStitchingSummary summary = terminal.Track(steps =>
        {
            using ILayerSource masks = LabelFile.Open(xy);
            using var writer = new TiffWriter(labels.Stream, threads);
            return IouStitching.Stitch(masks, writer, iou, threads, StepsOf.Share(steps, "stitching by IoU"), cancellation);
        });
        labels.Commit();
        return summary;
    }

    protected override Work Read(ParseResult arguments)
    {
        string xy = arguments.GetRequiredValue(_xy);
        string output = arguments.GetRequiredValue(_output);
        decimal iou = arguments.GetValue(_iou);
        int threads = arguments.GetValue(_threads);
        return (terminal, cancellation) =>
        {
            IouStitchingSummary summary = Stitch(xy, output, iou, threads, terminal, cancellation);
            terminal.Output.WriteLine($"{output}: {summary.Cells} cells");
            TextTable.Write(terminal.Output, [summary.Links, "slices continue a cell of the layer before"]);
            return ExitCode.Done;
        };
    }
}
