using System.CommandLine;
using System.Globalization;
using CellStitch.Core.Interpolation;
using CellStitch.Core.IO;
using CellStitch.Core.Volumes;

namespace CellStitch.Cli.Commands;

/// <summary><c>cellstitch interpolate</c>: isotropic cells on local files.</summary>
internal sealed class InterpolateCommand : CliCommand
{
    private readonly Argument<string> _labels;
    private readonly Option<string> _output;
    private readonly Option<double?> _anisotropy;
    private readonly Choice<InterpolationProfile> _profile;
    private readonly Choice<InterpolationMethod> _method;
    private readonly Option<string?> _json;
    private readonly Option<int> _threads;

    public InterpolateCommand()
        : base(
            "interpolate",
            "Puts layers between the layers of a label volume, so that its voxels become cubes.",
            "cellstitch interpolate labels.tif -o labels_isotropic.tif --anisotropy 4",
            "cellstitch interpolate labels.tif -o labels_isotropic.tif --json interpolation.json")
    {
        _labels = AddInput("LABELS.tif", "3D labels: page z is layer z; a cell has the same label in all its layers.");
        _output = AddOutput("ISOTROPIC.tif", "The volume with the layers in between.");
        _anisotropy = AddOptionalNumber<double>(
            "--anisotropy", "Distance of two layers in pixels, above 1, need not be whole; by default from the voxel size.", nameof(InterpolationOptions.Anisotropy));
        _profile = AddChoice<InterpolationProfile>("--profile", InterpolationProfile.Robust, "Form of the transport: safe for every shape, or as published.");
        _method = AddChoice<InterpolationMethod>("--method", InterpolationMethod.Transport, "How layers are made; sdf and nearest are baselines.");
        _json = AddPath("--json", "FILE", "Also writes the figures as JSON (docs/schemas/interpolation.schema.json).");
        _threads = AddThreads();
    }

    protected override Work Read(ParseResult arguments)
    {
        string labels = arguments.GetRequiredValue(_labels);
        string output = arguments.GetRequiredValue(_output);
        string? json = arguments.GetValue(_json);
        double? anisotropy = arguments.GetValue(_anisotropy);
        InterpolationOptions options = new()
        {
            // Where it is not given the file must state it; until that is open any value will do.
            Anisotropy = anisotropy ?? 2,
            Profile = _profile.In(arguments)!.Value,
            Method = _method.In(arguments)!.Value,
            Threads = arguments.GetValue(_threads),
        };
        return (terminal, cancellation) =>
        {
            InterpolationMetrics metrics = Interpolate(labels, output, json, anisotropy, options, terminal, cancellation);
            Show(output, metrics, terminal.Output);
            return ExitCode.Done;
        };
    }

    private static InterpolationMetrics Interpolate(
        string labels, string output, string? json, double? anisotropy, InterpolationOptions options, Terminal terminal, CancellationToken cancellation)
    {
        using OutputFile volume = OutputFile.Create(output, labels);
        using OutputFile? figures = OutputFile.CreateIfNamed(json, labels, output);
        InterpolationMetrics metrics = terminal.Track(steps =>
        {
            using TiffReader cells = TiffReader.Open(labels);
            options = options with { Anisotropy = anisotropy ?? Stated(cells) };
            InterpolationSummary summary = Interpolate(cells, volume, options, steps, cancellation);
            string[] warnings =
            [
                .. cells.Info.Warnings.Select(warning => $"{cells.Name}: {warning}"),
                .. cells.VoxelSize is null ? [$"{cells.Name}: states no voxel size, so the result has none."] : Array.Empty<string>(),
            ];
            return InterpolationMetrics.Of(summary, options, anisotropy is null ? "voxelSize" : "option", warnings);
        });
        figures?.Write(metrics, InterpolationJson.Default.InterpolationMetrics);
        volume.Commit();
        figures?.Commit();
        terminal.Warn(metrics.Warnings);
        return metrics;
    }

    /// <summary>Interpolates an open volume into a file that is not committed yet.</summary>
    public static InterpolationSummary Interpolate(
        TiffReader labels, OutputFile volume, InterpolationOptions options, IProgress<Step> steps, CancellationToken cancellation)
    {
        using var writer = new TiffWriter(volume.Stream, options.Threads);
        return Interpolator.Interpolate(labels, writer, options, StepsOf.Share(steps, "interpolating"), cancellation);
    }

    private static double Stated(TiffReader cells) => cells.VoxelSize?.Anisotropy switch
    {
        null => throw new InvalidMaskException(MaskFault.NotLabels, cells.Name, null, "states no voxel size; give --anisotropy."),
        <= 1 => throw new InvalidMaskException(
            MaskFault.NotLabels,
            cells.Name,
            null,
            string.Create(CultureInfo.InvariantCulture, $"its voxel size means an anisotropy of {cells.VoxelSize?.Anisotropy}, so there is nothing to interpolate; expected above 1.")),
        double stated => stated,
    };

    private static void Show(string output, InterpolationMetrics metrics, TextWriter to)
    {
        to.WriteLine($"{output}: {metrics.Shape[0]} × {metrics.Shape[1]} × {metrics.Shape[2]} voxels");
        TextTable.Write(
            to,
            [metrics.MatchedPairs, "slices followed to the next layer"],
            [metrics.CellEnds, "slices at the end of a cell"],
            [metrics.BridgedSlices, "slices made in layers where a cell is missing"]);
    }
}
