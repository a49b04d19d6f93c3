using System.CommandLine;
using System.Text.Json;
using CellStitch.Cli.Jobs;
using CellStitch.Cli.Local;
using CellStitch.Core.Baselines;
using CellStitch.Core.Evaluation;
using CellStitch.Core.Synthesis;
using CellStitch.Core.Volumes;
using CellStitch.Functions.Jobs;
using CellStitch.Functions.Storage;

namespace CellStitch.Cli.Commands;

/// <summary><c>cellstitch demo</c>: everything once, on synthetic cells.</summary>
internal sealed class DemoCommand : CliCommand
{
    private const string DefaultFolder = "demo";
    private const string Job = "demo";

    // Small enough for a laptop, large enough that the scores mean something.
    private static readonly SynthRequest Volume = new(
        new SynthOptions { Family = CellFamily.Tissue, Cells = 300, Shape = new VolumeShape(32, 320, 320), Anisotropy = 4, Seed = 1 },
        MaskNoise.Light,
        Stain.Membranes);

    private readonly Argument<string> _folder;

    public DemoCommand()
        : base("demo", "Everything once: synthetic cells through the drop folder of a host, results fetched and scored.", "cellstitch demo demo")
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
        (string truth, string xy, string byIou) = (At(DropFile.Truth), At(DropFile.Xy), At("labels_iou.tif"));

        SynthCommand.Make(Volume, folder, terminal, cancellation);
        StitchByTheApp(folder, At("host"), terminal, cancellation);
        StitchIouCommand.Stitch(xy, byIou, IouStitching.DefaultThreshold, threads, terminal, cancellation);
        SegmentationScores baseline = EvaluateCommand.Evaluate(truth, byIou, strict: false, At("scores_iou.json"), threads, terminal, cancellation);
        SegmentationScores ours = ScoresIn(At(ResultFile.Metrics));

        TextWriter to = terminal.Output;
        to.WriteLine($"{ours.TruthCells} true cells in {Volume.Cells.Shape} voxels (z × y × x), masks with errors:");
        TextTable.Write(
            to,
            ["", "cells", "AP50", "mAP", "F1 at 0.5", "VI split", "VI merge"],
            Row("cellstitch", ours),
            Row("stitch-iou", baseline));
        to.WriteLine();
        to.WriteLine($"Files in {Path.GetFullPath(folder)}:");
        TextTable.Write(
            to,
            ["raw.tif", "a raw stack of the same cells, to look at"],
            ["xy.tif xz.tif yz.tif truth.tif", "2D masks and the true cells: what was dropped"],
            ["labels.tif", "3D cells: what came back"],
            ["labels_isotropic.tif", "the same with layers in between, so that voxels are cubes"],
            ["cells.csv metrics.json", "a line for each cell; figures and scores"],
            ["manifest.json", "what was read and written, and how long each step took"],
            ["labels_iou.tif", "3D cells by stitch-iou, scores in scores_iou.json"],
            ["host", "the storage and the log of the host, which has stopped"]);
        to.WriteLine();
        to.WriteLine("Next: open raw.tif and labels.tif in Fiji or napari, see which cells are wrong, and process masks of your own:");
        to.WriteLine("  cellstitch host");
        to.WriteLine("  cellstitch submit FOLDER --job NAME --wait");
        to.WriteLine("  cellstitch fetch NAME -o results");
    }

    // As a user would: a host, files in its drop folder, results fetched.
    private static void StitchByTheApp(string folder, string data, Terminal terminal, CancellationToken cancellation)
    {
        AzuriteProgram.Find(AzuriteProgram.Home(), terminal.Error.WriteLine, cancellation);
        terminal.Error.WriteLine($"Starting a host with its data in {data}");
        using HostProcess host = HostProcess.Start(data, cancellation);
        Connection connection = Connection.OfLocalHost(data);
        using JobsClient api = connection.Api();
        IJobFiles files = connection.Files();
        var stacks = DropFile.All.Where(name => name is not (DropFile.Raw or DropFile.Options)).ToDictionary(name => name, name => Path.Combine(folder, name));
        var submission = Submission.Of(Job, stacks, new JobOptions());
        JobStatus end = terminal.Track(steps => new JobRun(api, Job, submission.Send(files, api, steps, cancellation)).Follow(steps, cancellation));
        if (!end.HasResults())
        {
            throw new IOException(end.WhyNone());
        }

        terminal.Track(steps => ResultFiles.Fetch(files, Job, folder, steps, cancellation));
    }

    private static SegmentationScores ScoresIn(string metrics)
    {
        using JsonDocument figures = JsonDocument.Parse(File.ReadAllBytes(metrics));
        return figures.RootElement.GetProperty("evaluation").Deserialize(EvaluationJson.Default.SegmentationScores)!;
    }

    private static object[] Row(string name, SegmentationScores scores) =>
    [
        name, scores.PredictedCells, scores.AveragePrecisionAt50, scores.MeanAveragePrecision, scores.F1At50, scores.ViSplit, scores.ViMerge,
    ];
}
