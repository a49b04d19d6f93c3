using System.CommandLine;
using CellStitch.Cli.Local;
using CellStitch.Core.IO;
using CellStitch.Core.Volumes;
using CellStitch.Segmentation.Stacks;
using CellStitch.Segmentation.Systems;

namespace CellStitch.Cli.Commands;

/// <summary><c>cellstitch segment3d</c>: a raw stack to 3D cells by the systems the method is compared with.</summary>
internal sealed class Segment3DCommand : RawCommand
{
    private static readonly BoundaryOptions Defaults = new();

    private readonly Choice<VolumeMethod> _method;
    private readonly Option<int?> _minVolume;
    private readonly Option<string?> _boundaries;
    private readonly Option<double> _beta;
    private readonly Option<double> _threshold;
    private readonly Choice<Supervoxels> _supervoxels;
    private readonly Option<bool> _dropLargest;
    private readonly Option<string?> _json;

    public Segment3DCommand()
        : base(
            "segment3d",
            "A raw stack to 3D cells in memory, without 2D masks: Cellpose 3D, a watershed, or boundaries; baselines.",
            "LABELS.tif",
            "The 3D labels.",
            "cellstitch segment3d raw.tif -o labels.tif",
            "cellstitch segment3d raw.tif -o labels.tif --method watershed --diameter 24",
            "cellstitch segment3d raw.tif -o labels.tif --method boundaries --boundaries walls.tif --drop-largest")
    {
        _method = AddChoice<VolumeMethod>("--method", VolumeMethod.Cellpose3D, "How cells are found (docs/systems.md).");
        _minVolume = AddOptionalNumber<int>("--min-volume", "Smaller cells go: removed (15), or given to their neighbours (boundaries, 50).", nameof(BoundaryOptions.MinimumVolume));
        _boundaries = AddPath("--boundaries", "MAP.tif", "Boundary probabilities of the stack, 0 to 1 or 8 or 16 bits, instead of those of the network.");
        _beta = AddNumber("--beta", Defaults.Beta, "For boundaries: larger splits more, in [0, 1].", nameof(BoundaryOptions.Beta));
        _threshold = AddNumber("--threshold", Defaults.Threshold, "For boundaries: probability of the boundaries that supervoxels keep away from, in [0, 1].", nameof(BoundaryOptions.Threshold));
        _supervoxels = AddChoice<Supervoxels>("--supervoxels", Defaults.Supervoxels, "For boundaries: made in the volume, or layer by layer.");
        _dropLargest = AddSwitch("--drop-largest", "For boundaries: the largest cell is background.");
        _json = AddPath("--json", "FILE", "Also writes the figures as JSON (docs/schemas/volume.schema.json).");
        Validators.Add(given =>
        {
            string method = given.GetValue(_method)!;
            bool byBoundaries = Is(VolumeMethod.Boundaries);
            foreach (Option option in (Option[])[_boundaries, _beta, _threshold, _supervoxels, _dropLargest])
            {
                if (!byBoundaries && given.GetResult(option) is { Implicit: false })
                {
                    given.AddError($"{option.Name} belongs to --method boundaries.");
                }
            }

            if (given.GetResult(Model) is not null && (Is(VolumeMethod.Watershed) || given.GetResult(_boundaries) is not null))
            {
                given.AddError("--model names a network; --method watershed and --boundaries use none.");
            }

            bool Is(VolumeMethod other) => string.Equals(method, other.ToString(), StringComparison.OrdinalIgnoreCase);
        });
    }

    protected override Work Read(ParseResult arguments)
    {
        VolumeMethod method = _method.In(arguments)!.Value;
        SegmentRequest request = RequestOf(arguments, method == VolumeMethod.Watershed ? SegmentationMethod.Classic : SegmentationMethod.Onnx);
        string output = OutputOf(arguments);
        string? map = arguments.GetValue(_boundaries);
        string? json = arguments.GetValue(_json);
        BoundaryOptions boundaries = new()
        {
            Beta = arguments.GetValue(_beta),
            Threshold = arguments.GetValue(_threshold),
            Supervoxels = _supervoxels.In(arguments)!.Value,
            DropsLargest = arguments.GetValue(_dropLargest),
            // Checked here for all methods; what is not given is up to each.
            MinimumVolume = arguments.GetValue(_minVolume) ?? Defaults.MinimumVolume,
        };
        int minimumVolume = arguments.GetValue(_minVolume) ?? Cellpose3D.DefaultMinimumVolume;
        return (terminal, cancellation) =>
        {
            using OutputFile labels = OutputFile.Create(output, request.Raw, map);
            using OutputFile? figures = OutputFile.CreateIfNamed(json, request.Raw, map, output);
            VolumeMetrics metrics = terminal.Track(steps =>
            {
                using RawReader raw = RawReader.Open(request.Raw, request.Channel);
                LabelVolume cells = map is null
                    ? VolumeSegmentation.Segment(raw, method, request, minimumVolume, boundaries, steps, out VolumeMetrics found, cancellation)
                    : VolumeSegmentation.Segment(raw, map, request, boundaries, steps, out found, cancellation);
                using var writer = new TiffWriter(labels.Stream, request.Threads);
                cells.CopyTo(writer, found.Cells, cancellation);
                return found;
            });
            figures?.Write(metrics, VolumeJson.Default.VolumeMetrics);
            labels.Commit();
            figures?.Commit();
            terminal.Warn(metrics.Warnings);
            terminal.Output.WriteLine($"{output}: {metrics.Cells} cells");
            return ExitCode.Done;
        };
    }
}
