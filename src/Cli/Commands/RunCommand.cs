using System.CommandLine;
using CellStitch.Cli.Local;
using CellStitch.Core.Evaluation;
using CellStitch.Core.Interpolation;
using CellStitch.Core.IO;
using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;
using CellStitch.Functions.Jobs;
using CellStitch.Functions.Storage;

namespace CellStitch.Cli.Commands;

/// <summary><c>cellstitch run</c>: a raw stack to 3D cells, without a server. The files are named as in the results of a job.</summary>
internal sealed class RunCommand : MaskCommand
{
    private readonly Option<string?> _truth;
    private readonly StitchChoices _method;
    private readonly Choice<OnOff> _interpolate;

    public RunCommand()
        : base(
            "run",
            "A raw stack to 3D cells: segment, stitch, interpolate, and evaluate where the truth is known.",
            "Receives masks/, labels.tif, labels_isotropic.tif, cells.csv and metrics.json.",
            "cellstitch run raw.tif -o results",
            "cellstitch run raw.tif -o results --diameter 24 --truth truth.tif",
            "cellstitch run raw.tif -o results --profile paper")
    {
        _truth = AddPath("--truth", "TRUTH.tif", "The true cells; adds scores to metrics.json.");
        _method = new StitchChoices(this);
        _interpolate = AddChoice<OnOff>("--interpolate", OnOff.On, "Also makes labels_isotropic.tif, where the anisotropy is known and above 1.");
    }

    protected override Work Read(ParseResult arguments)
    {
        SegmentRequest request = RequestOf(arguments);
        string folder = OutputOf(arguments);
        string? truth = arguments.GetValue(_truth);
        StitchOptions options = _method.In(arguments, request.Threads);
        bool interpolate = _interpolate.In(arguments) == OnOff.On;
        return (terminal, cancellation) =>
        {
            StitchMetrics metrics = Run(request, options, interpolate, truth, folder, terminal, cancellation);
            terminal.Output.WriteLine($"{folder}: {metrics.Cells} cells in {metrics.Layers} layers");
            if (metrics.Evaluation is { } scores)
            {
                ThresholdScores half = scores.Thresholds.Single(at => at.IoU == 0.5m);
                TextTable.Write(
                    terminal.Output,
                    [scores.TruthCells, "true cells"],
                    [half.Precision, "precision at an IoU of 0.5"],
                    [half.Recall, "recall"],
                    [half.AveragePrecision, "AP"]);
            }

            return ExitCode.Done;
        };
    }

    private static StitchMetrics Run(
        SegmentRequest request, StitchOptions options, bool interpolate, string? truth, string folder, Terminal terminal, CancellationToken cancellation)
    {
        string masks = Path.Combine(folder, ResultFile.Masks);
        string labels = Path.Combine(folder, ResultFile.Labels);
        SegmentedStack segmented = SegmentCommand.Segment(request, masks, terminal, cancellation);
        string? Projection(string name) => segmented.Masks.Count == 1 ? null : Path.Combine(masks, name);
        var files = new MaskFiles(Path.Combine(masks, DropFile.Xy), Projection(DropFile.Xz), Projection(DropFile.Yz));
        using OutputFile figures = OutputFile.Create(Path.Combine(folder, ResultFile.Metrics), request.Raw, truth);
        string stitched = request.InterpolateFirst ? Path.Combine(folder, ResultFile.Isotropic) : labels;
        StitchMetrics metrics = StitchCommand.Stitch(files, options, stitched, json: null, Path.Combine(folder, ResultFile.Cells), terminal, cancellation);
        if (request.InterpolateFirst)
        {
            TakeLayers(stitched, labels, segmented, (uint)metrics.Cells, request.Threads, cancellation);
        }

        metrics = metrics with
        {
            Warnings = [.. segmented.Setup.Warnings, .. metrics.Warnings],
            Evaluation = truth is null ? null : EvaluateCommand.Evaluate(truth, labels, strict: false, json: null, request.Threads, terminal, cancellation),
        };
        if (request.Options.Anisotropy is { } given && !request.InterpolateFirst)
        {
            metrics = metrics with { Anisotropy = given, AnisotropySource = "option" };
        }

        // Whoever interpolates first has labels_isotropic.tif already.
        if (interpolate && !request.InterpolateFirst)
        {
            var choice = InterpolationChoice.Of(metrics.Anisotropy, metrics.Layers);
            if (choice.WhyNot is { } why)
            {
                terminal.Warn([why]);
                metrics = metrics with { Warnings = [.. metrics.Warnings, why] };
            }
            else
            {
                Interpolate(labels, folder, choice.Anisotropy!.Value, options, terminal, cancellation);
            }
        }

        figures.Write(metrics, MetricsJson.Default.StitchMetrics);
        figures.Commit();
        return metrics;
    }

    private static void Interpolate(string labels, string folder, double anisotropy, StitchOptions options, Terminal terminal, CancellationToken cancellation)
    {
        InterpolationOptions interpolation = new JobOptions { Profile = options.Profile }.ForInterpolation(anisotropy, options.Threads);
        using OutputFile volume = OutputFile.Create(Path.Combine(folder, ResultFile.Isotropic), labels);
        terminal.Track(steps =>
        {
            using TiffReader cells = TiffReader.Open(labels);
            return InterpolateCommand.Interpolate(cells, volume, interpolation, steps, cancellation);
        });
        volume.Commit();
    }

    // The layers of the stack, which a truth has too.
    private static void TakeLayers(string isotropic, string labels, SegmentedStack segmented, uint cells, int threads, CancellationToken cancellation)
    {
        using OutputFile file = OutputFile.Create(labels, isotropic);
        using TiffReader all = TiffReader.Open(isotropic);
        using var picked = new PickedLayers(all, segmented.Layers, segmented.VoxelSize);
        using (var writer = new TiffWriter(file.Stream, threads))
        {
            picked.CopyTo(writer, cells, cancellation);
        }

        file.Commit();
    }
}
