using System.CommandLine;
using System.CommandLine.Parsing;
using CellStitch.Core.IO;
using CellStitch.Core.Stitching;

namespace CellStitch.Cli.Commands;

/// <summary>A switch.</summary>
internal enum OnOff
{
    /// <summary>Done.</summary>
    On,

    /// <summary>Left out.</summary>
    Off,
}

/// <summary><c>cellstitch stitch</c>: the method on local files.</summary>
internal sealed class StitchCommand : CliCommand
{
    private const string AxesHelp = "Order of page, row and column in that file, if not as in XY.tif; by default recognised by the dimensions.";

    public const string RepairHelp = "Profile robust: splits slices that cover several cells, and fills gaps of one or two layers.";
    public const string MaximumGapHelp = "Profile robust: most missing layers between two slices of a cell; by default any number.";

    private static readonly StitchOptions Defaults = new();

    private readonly Argument<string> _xy;
    private readonly Option<string?> _xz;
    private readonly Option<string?> _yz;
    private readonly Choice<AxisOrder> _axesXz;
    private readonly Choice<AxisOrder> _axesYz;
    private readonly Option<string> _output;
    private readonly Option<string?> _json;
    private readonly Option<string?> _cells;
    private readonly Choice<StitchProfile> _profile;
    private readonly Choice<OnOff> _drop;
    private readonly Choice<OnOff> _repair;
    private readonly Option<int?> _maxGap;
    private readonly Option<double> _reject;
    private readonly Option<int> _minVolume;
    private readonly Choice<StitchDirection> _direction;
    private readonly Choice<SingleLayerRule> _singleLayer;
    private readonly Choice<TransportSolver> _solver;
    private readonly Option<int> _threads;

    public StitchCommand()
        : base(
            "stitch",
            "Stitches 2D masks into 3D cells by optimal transport.",
            "cellstitch stitch xy.tif --xz xz.tif --yz yz.tif -o labels.tif",
            "cellstitch stitch xy.tif -o labels.tif --min-volume 100 --single-layer keep --json stitch.json")
    {
        _xy = AddInput("XY.tif", "XY masks: page z is layer z; labels unique within a page, 0 is background.");
        _xz = AddPath("--xz", "XZ.tif", "XZ masks of the same volume; their votes reject wrong matches.");
        _yz = AddPath("--yz", "YZ.tif", "YZ masks of the same volume; give both projections or none.");
        _axesXz = AddChoice<AxisOrder>("--axes-xz", null, AxesHelp);
        _axesYz = AddChoice<AxisOrder>("--axes-yz", null, AxesHelp);
        _output = AddOutput("LABELS.tif", "The 3D labels.");
        _json = AddPath("--json", "FILE", "Also writes the figures as JSON (docs/schemas/metrics.schema.json).");
        _cells = AddPath("--cells", "CELLS.csv", "Also writes a row per cell: volume, centroid, bounding box (docs/formats.md).");
        _profile = AddChoice<StitchProfile>("--profile", Defaults.Profile, "Form of the method: the paper's, or the more accurate one (docs/algorithm.md).");
        _reject = AddNumber(
            "--reject", Defaults.RejectionThreshold, "Profile paper: largest share of votes against a match that still counts, in [0, 1].", nameof(StitchOptions.RejectionThreshold));
        _drop = AddChoice<OnOff>("--drop", OnOff.On, "Profile robust: drops short cells that the projections do not show; without projections, cells far shorter than usual.");
        _repair = AddChoice<OnOff>("--repair", OnOff.On, RepairHelp);
        _maxGap = AddOptionalNumber<int>("--max-gap", MaximumGapHelp, nameof(StitchOptions.MaximumGap));
        _minVolume = AddNumber("--min-volume", Defaults.MinimumVolume, "Cells of fewer voxels are removed.", nameof(StitchOptions.MinimumVolume));
        _direction = AddChoice<StitchDirection>("--direction", Defaults.Direction, "Which way the layers are followed.");
        _singleLayer = AddChoice<SingleLayerRule>("--single-layer", Defaults.SingleLayer, "Profile paper: what becomes of cells seen in one layer only.");
        _solver = AddChoice<TransportSolver>("--solver", Defaults.Solver, "The exact solver of the transport.");
        _threads = AddThreads();
        Validators.Add(RequireBothProjections);
    }

    protected override Work Read(ParseResult arguments)
    {
        var masks = new MaskFiles(
            arguments.GetRequiredValue(_xy),
            arguments.GetValue(_xz),
            arguments.GetValue(_yz),
            _axesXz.In(arguments),
            _axesYz.In(arguments));
        string output = arguments.GetRequiredValue(_output);
        string? json = arguments.GetValue(_json);
        string? cells = arguments.GetValue(_cells);
        StitchOptions options = new()
        {
            Profile = _profile.In(arguments)!.Value,
            DropFragments = _drop.In(arguments) == OnOff.On,
            Repair = _repair.In(arguments) == OnOff.On,
            MaximumGap = arguments.GetValue(_maxGap),
            RejectionThreshold = arguments.GetValue(_reject),
            MinimumVolume = arguments.GetValue(_minVolume),
            Direction = _direction.In(arguments)!.Value,
            SingleLayer = _singleLayer.In(arguments)!.Value,
            Solver = _solver.In(arguments)!.Value,
            Threads = arguments.GetValue(_threads),
        };
        return (terminal, cancellation) =>
        {
            StitchMetrics metrics = Stitch(masks, options, output, json, cells, terminal, cancellation);
            Show(output, metrics, terminal.Output);
            return ExitCode.Done;
        };
    }

    /// <summary>Stitches files into a file, and writes the figures and the cells where they are wanted.</summary>
    public static StitchMetrics Stitch(
        MaskFiles files, StitchOptions options, string output, string? json, string? cells, Terminal terminal, CancellationToken cancellation)
    {
        using OutputFile labels = OutputFile.Create(output, files.Paths);
        using OutputFile? figures = OutputFile.CreateIfNamed(json, [.. files.Paths, output]);
        using OutputFile? rows = OutputFile.CreateIfNamed(cells, [.. files.Paths, output, json]);
        using var masks = new OpenMasks();
        StitchMetrics metrics = terminal.Track(steps =>
        {
            MaskStacks stacks = masks.Open(files, Path.GetDirectoryName(Path.GetFullPath(output)), options.Threads, cancellation);
            using var writer = new TiffWriter(labels.Stream, options.Threads);
            var measured = new CellTable(stacks.Shape);
            StitchSummary summary = Stitcher.Stitch(stacks, options, writer, new StepsOf<StitchProgress>(steps, AsStep), measured, cancellation);
            rows?.Write(text => measured.WriteCsv(text, stacks.Xy.VoxelSize, summary.Confidences));
            return StitchMetrics.Of(summary, measured, stacks.Xy.VoxelSize, masks.Warnings);
        });
        figures?.Write(metrics, MetricsJson.Default.StitchMetrics);
        labels.Commit();
        figures?.Commit();
        rows?.Commit();
        terminal.Warn(metrics.Warnings);
        return metrics;
    }

    private void RequireBothProjections(CommandResult given)
    {
        bool xz = given.GetResult(_xz) is not null;
        bool yz = given.GetResult(_yz) is not null;
        if (xz != yz)
        {
            given.AddError("--xz and --yz belong together: give both projections or none.");
        }

        if ((given.GetResult(_axesXz) is not null && !xz) || (given.GetResult(_axesYz) is not null && !yz))
        {
            given.AddError("--axes-xz and --axes-yz describe the files of --xz and --yz.");
        }
    }

    private static Step AsStep(StitchProgress progress) => new(
        progress.Stage switch
        {
            StitchStage.Trace => "tracing cells",
            StitchStage.Survey => "surveying layers",
            _ => "writing labels",
        },
        (double)progress.Done / progress.Total);

    private static void Show(string output, StitchMetrics metrics, TextWriter to)
    {
        to.WriteLine($"{output}: {metrics.Cells} cells in {metrics.Layers} layers");
        TextTable.Write(
            to,
            [metrics.Links, "slices continue a cell of a layer before"],
            [metrics.NewCells, "slices begin a cell"],
            [metrics.RejectedByVote, "of these because the projections voted against the match"],
            [metrics.BridgedGaps, "matches across empty layers"],
            [metrics.FilledHoles, "slices with holes filled"],
            [metrics.RemovedSmall, "cells removed as too small"],
            [metrics.MergedSingleLayer, "single-layer cells merged"],
            [metrics.RemovedSingleLayer, "single-layer cells removed"],
            [metrics.AbsorbedPieces, "pieces joined with the cell they touch most"],
            [metrics.SplitSlices, "slices split that cover several cells"],
            [metrics.FilledSlices, "slices filled in where a cell was missing"],
            [metrics.Dropped.Count, "cells dropped (listed in the figures)"],
            [metrics.EmptyLayers, "layers without a cell"]);
    }
}
