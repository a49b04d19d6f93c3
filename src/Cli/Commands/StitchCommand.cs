using System.CommandLine;
using System.CommandLine.Parsing;
using CellStitch.Core.IO;
using CellStitch.Core.Stitching;

namespace CellStitch.Cli.Commands;

/// <summary><c>cellstitch stitch</c>: the method on local files.</summary>
internal sealed class StitchCommand : CliCommand
{
    private const string AxesHelp = "Order of page, row and column in that file, if not as in XY.tif; by default recognised by the dimensions.";

    private readonly Argument<string> _xy;
    private readonly Option<string?> _xz;
    private readonly Option<string?> _yz;
    private readonly Choice<AxisOrder> _axesXz;
    private readonly Choice<AxisOrder> _axesYz;
    private readonly Option<string> _output;
    private readonly Option<string?> _json;
    private readonly Option<string?> _cells;
    private readonly StitchChoices _method;
    private readonly Option<int> _threads;

    public StitchCommand()
        : base(
            "stitch",
            "Stitches 2D masks into 3D cells by optimal transport.",
            "cellstitch stitch xy.tif --xz xz.tif --yz yz.tif -o labels.tif",
            "cellstitch stitch stack_seg.npy -o labels.tif --min-volume 100 --json stitch.json")
    {
        _xy = AddInput("XY.tif", "XY masks: page z is layer z; labels unique within a page, 0 is background. TIFF, or Cellpose's _seg.npy.");
        _xz = AddPath("--xz", "XZ.tif", "XZ masks of the same volume; their votes reject wrong matches.");
        _yz = AddPath("--yz", "YZ.tif", "YZ masks of the same volume; give both projections or none.");
        _axesXz = AddChoice<AxisOrder>("--axes-xz", null, AxesHelp);
        _axesYz = AddChoice<AxisOrder>("--axes-yz", null, AxesHelp);
        _output = AddOutput("LABELS.tif", "The 3D labels.");
        _json = AddPath("--json", "FILE", "Also writes the figures as JSON (docs/schemas/metrics.schema.json).");
        _cells = AddPath("--cells", "CELLS.csv", "Also writes a row per cell: volume, centroid, bounding box (docs/formats.md).");
        _method = new StitchChoices(this);
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
        StitchOptions options = _method.In(arguments, arguments.GetValue(_threads));
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
