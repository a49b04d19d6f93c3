using System.CommandLine;
using CellStitch.Core.Baselines;
using CellStitch.Core.Evaluation;
using CellStitch.Core.Stitching;
using CellStitch.Core.Synthesis;
using CellStitch.Core.Volumes;

namespace CellStitch.Cli.Commands;

/// <summary><c>cellstitch demo</c>: everything once, on synthetic cells.</summary>
internal sealed class DemoCommand : CliCommand
{
    private const string DefaultFolder = "demo";

    // Small enough for a laptop, large enough that the scores mean something.
    private static readonly SynthRequest Volume = new(
        new SynthOptions { Family = CellFamily.Tissue, Cells = 300, Shape = new VolumeShape(32, 320, 320), Anisotropy = 4, Seed = 1 },
        MaskNoise.Light,
        Stain.Membranes);

    private readonly Argument<string> _folder;

    public DemoCommand()
        : base("demo", "Makes synthetic cells, stitches them, and scores the result.", "cellstitch demo demo")
    {
        _folder = new Argument<string>("FOLDER")
        {
            Description = "Receives the files.",
            DefaultValueFactory = _ => DefaultFolder,
        };
        Add(_folder);
    }

    protected override Work Read(ParseResult arguments)
    {
        string folder = arguments.GetRequiredValue(_folder);
        return (terminal, cancellation) =>
        {
            Run(folder, terminal, cancellation);
            return ExitCode.Done;
        };
    }

    private static void Run(string folder, Terminal terminal, CancellationToken cancellation)
    {
        string At(string name) => Path.Combine(folder, name);
        int threads = Environment.ProcessorCount;
        (string truth, string xy) = (At("truth.tif"), At("xy.tif"));
        (string stitched, string byIou) = (At("labels.tif"), At("labels_iou.tif"));

        SynthCommand.Make(Volume, folder, terminal, cancellation);
        var masks = new MaskFiles(xy, At("xz.tif"), At("yz.tif"));
        StitchCommand.Stitch(masks, new StitchOptions(), stitched, At("stitch.json"), cells: null, terminal, cancellation);
        StitchIouCommand.Stitch(xy, byIou, IouStitching.DefaultThreshold, threads, terminal, cancellation);
        SegmentationScores ours = EvaluateCommand.Evaluate(truth, stitched, strict: false, At("scores.json"), threads, terminal, cancellation);
        SegmentationScores baseline = EvaluateCommand.Evaluate(truth, byIou, strict: false, At("scores_iou.json"), threads, terminal, cancellation);

        TextWriter to = terminal.Output;
        to.WriteLine($"{ours.TruthCells} true cells in {Volume.Cells.Shape} voxels (z × y × x), masks with errors:");
        TextTable.Write(
            to,
            ["", "cells", "AP50", "mAP", "F1 at 0.5", "VI split", "VI merge"],
            Row("stitch", ours),
            Row("stitch-iou", baseline));
        to.WriteLine();
        to.WriteLine($"Files in {Path.GetFullPath(folder)}:");
        TextTable.Write(
            to,
            ["raw.tif", "a raw stack of the same cells, to look at"],
            ["truth.tif", "the true cells"],
            ["xy.tif xz.tif yz.tif", "2D masks, the input"],
            ["labels.tif", "3D cells by stitch, figures in stitch.json, scores in scores.json"],
            ["labels_iou.tif", "3D cells by stitch-iou, scores in scores_iou.json"]);
        to.WriteLine();
        to.WriteLine("Next: open raw.tif and labels.tif in Fiji or napari, see which cells are wrong, and stitch masks of your own:");
        to.WriteLine($"  cellstitch evaluate {truth} {stitched}");
        to.WriteLine("  cellstitch stitch xy.tif --xz xz.tif --yz yz.tif -o labels.tif");
    }

    private static object[] Row(string name, SegmentationScores scores) =>
    [
        name, scores.PredictedCells, scores.AveragePrecisionAt50, scores.MeanAveragePrecision, scores.F1At50, scores.ViSplit, scores.ViMerge,
    ];
}
