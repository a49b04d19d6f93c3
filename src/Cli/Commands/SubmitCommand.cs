using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using CellStitch.Cli.Jobs;
using CellStitch.Core.IO;
using CellStitch.Core.Stitching;
using CellStitch.Functions.Jobs;

namespace CellStitch.Cli.Commands;

/// <summary><c>cellstitch submit</c>: drops the files of a job.</summary>
internal sealed class SubmitCommand : CliCommand
{
    private const string AxesHelp = "Order of page, row and column in that file, if not as in xy.tif; by default recognised by the dimensions.";

    private readonly Argument<string[]> _files;
    private readonly Dictionary<string, Option<string?>> _named;
    private readonly Option<string> _job;
    private readonly Option<double?> _diameter;
    private readonly Option<int?> _channel;
    private readonly Option<double?> _reject;
    private readonly Choice<OnOff> _drop;
    private readonly Choice<OnOff> _repair;
    private readonly Option<int?> _maxGap;
    private readonly Option<int?> _minVolume;
    private readonly Choice<StitchDirection> _direction;
    private readonly Choice<SingleLayerRule> _singleLayer;
    private readonly Choice<StitchProfile> _profile;
    private readonly Choice<TransportSolver> _solver;
    private readonly Option<double?> _anisotropy;
    private readonly Choice<OnOff> _interpolate;
    private readonly Choice<AxisOrder> _axesXz;
    private readonly Choice<AxisOrder> _axesYz;
    private readonly Option<bool> _wait;
    private readonly Option<bool> _dryRun;
    private readonly ConnectionOptions _connection;

    public SubmitCommand()
        : base(
            "submit",
            "Drops the files of a job into the drop folder of a host.",
            "cellstitch submit xy.tif xz.tif yz.tif --job embryo --wait",
            "cellstitch submit --xy masks.tif --xz masks_xz.tif --yz masks_yz.tif --job embryo --dry-run",
            "cellstitch submit --raw stack.tif --diameter 30 --job embryo --wait")
    {
        _files = new Argument<string[]>("FILE")
        {
            Description = $"Files named {string.Join(", ", DropFile.All)}, or folders with such files.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Add(_files);
        _named = new()
        {
            [DropFile.Xy] = AddPath("--xy", "FILE", "XY masks, whatever the file is called."),
            [DropFile.Xz] = AddPath("--xz", "FILE", "XZ masks of the same volume; give both projections or none."),
            [DropFile.Yz] = AddPath("--yz", "FILE", "YZ masks of the same volume."),
            [DropFile.Raw] = AddPath("--raw", "FILE", "A raw stack instead of masks, whatever the file is called."),
            [DropFile.Truth] = AddPath("--truth", "FILE", "The true cells, which add scores to the results."),
        };
        _job = new Option<string>("--job") { HelpName = "NAME", Description = "Name of the job.", Required = true };
        Add(_job);
        _diameter = AddOptionalNumber<double>("--diameter", "Raw stacks: diameter of the cells in pixels of a layer; estimated when not given.", nameof(JobOptions.Diameter));
        _channel = AddOptionalNumber<int>("--channel", "Raw stacks: channel that shows the cells, from 1; needed where there are several.", nameof(JobOptions.Channel));
        _profile = AddChoice<StitchProfile>("--profile", null, "Form of the method: the paper's, or the more accurate one.");
        _reject = AddOptionalNumber<double>("--reject", "Largest share of votes against a match that still counts, in [0, 1].", nameof(StitchOptions.RejectionThreshold));
        _drop = AddChoice<OnOff>("--drop", null, "Profile robust: whether short cells that the projections do not show are dropped; on unless given.");
        _repair = AddChoice<OnOff>("--repair", null, "Profile robust: whether slices that cover several cells are split and gaps filled; on unless given.");
        _maxGap = AddOptionalNumber<int>("--max-gap", "Profile robust: most missing layers between two slices of a cell; by default any number.", nameof(StitchOptions.MaximumGap));
        _minVolume = AddOptionalNumber<int>("--min-volume", "Cells of fewer voxels are removed.", nameof(StitchOptions.MinimumVolume));
        _direction = AddChoice<StitchDirection>("--direction", null, "Which way the layers are followed.");
        _singleLayer = AddChoice<SingleLayerRule>("--single-layer", null, "What becomes of cells seen in one layer only.");
        _solver = AddChoice<TransportSolver>("--solver", null, "The exact solver of the transport.");
        _anisotropy = AddOptionalNumber<double>("--anisotropy", "Distance of layers / distance of pixels; by default from the voxel size.", nameof(JobOptions.Anisotropy));
        _interpolate = AddChoice<OnOff>("--interpolate", null, "Whether labels_isotropic.tif is made, where the anisotropy is known and above 1; on unless given.");
        _axesXz = AddChoice<AxisOrder>("--axes-xz", null, AxesHelp);
        _axesYz = AddChoice<AxisOrder>("--axes-yz", null, AxesHelp);
        _wait = AddSwitch("--wait", "Follows the job to its end; exit 1 if it fails.");
        _dryRun = AddSwitch("--dry-run", "Only reads the headers: refuses what cannot be processed, predicts time and memory for the rest.");
        _connection = new ConnectionOptions(this);
        Validators.Add(RequireFiles);
    }

    protected override Work Read(ParseResult arguments)
    {
        string job = arguments.GetRequiredValue(_job);
        IReadOnlyDictionary<string, string> files = FilesOf(arguments.CommandResult, _ => { });
        JobOptions given = new()
        {
            Diameter = arguments.GetValue(_diameter),
            Channel = arguments.GetValue(_channel),
            Profile = _profile.In(arguments),
            RejectionThreshold = arguments.GetValue(_reject),
            DropFragments = IsOn(_drop),
            Repair = IsOn(_repair),
            MaximumGap = arguments.GetValue(_maxGap),
            MinimumVolume = arguments.GetValue(_minVolume),
            Direction = _direction.In(arguments),
            SingleLayer = _singleLayer.In(arguments),
            Solver = _solver.In(arguments),
            Anisotropy = arguments.GetValue(_anisotropy),
            Interpolate = IsOn(_interpolate),
            Axes = (_axesXz.In(arguments), _axesYz.In(arguments)) is var (xz, yz) && (xz ?? yz) is null ? null : new ProjectionAxes(xz, yz),
        };

        // The method's own options know what they refuse.
        _ = given.ForStitching(threads: 1);
        bool? IsOn(Choice<OnOff> choice) => choice.In(arguments) is { } wanted ? wanted == OnOff.On : null;

        bool wait = arguments.GetValue(_wait);
        bool dryRun = arguments.GetValue(_dryRun);
        Func<Connection> connect = _connection.Read(arguments);
        return (terminal, cancellation) =>
        {
            Submission submission = Submission.Of(job, files, given);
            HeaderCheck headers = HeaderCheck.Of(submission);
            terminal.Warn(headers.Notes);
            if (dryRun)
            {
                Show(headers, Prediction.Of(headers, submission.Options, Environment.ProcessorCount), terminal.Output);
                return ExitCode.Done;
            }

            return Send(submission, connect(), wait, terminal, cancellation);
        };
    }

    private static int Send(Submission submission, Connection connection, bool wait, Terminal terminal, CancellationToken cancellation)
    {
        IJobFiles files = connection.Files();
        if (!wait)
        {
            terminal.Track(steps => submission.Send(files, null, steps, cancellation));
            terminal.Output.WriteLine($"{submission.Job}: sent {string.Join(", ", submission.Options.Files!)}; 'cellstitch status {submission.Job}' follows it");
            return ExitCode.Done;
        }

        using JobsClient api = connection.Api();
        JobStatus end = terminal.Track(steps =>
        {
            string? before = submission.Send(files, api, steps, cancellation);
            return new JobRun(api, submission.Job, before).Follow(steps, cancellation);
        });
        if (!end.HasResults())
        {
            terminal.Fault(end.WhyNone());
            return ExitCode.BadInput;
        }

        terminal.Output.WriteLine($"{end.Job}: {end.State}, {end.Cells} cells; 'cellstitch fetch {end.Job} -o FOLDER' brings the results");
        return ExitCode.Done;
    }

    private static void Show(HeaderCheck headers, Prediction prediction, TextWriter to)
    {
        to.WriteLine("The job can be processed. A local host with default settings needs:");
        TextTable.Write(
            to,
            [
                ["voxels", string.Create(CultureInfo.InvariantCulture, $"{headers.Shape} (z × y × x), {headers.Shape.Voxels / 1e6:0.#} million")],
                ["votes", !headers.Votes ? "none" : headers.IsRaw ? "from XZ and YZ masks, made in the job" : "from XZ and YZ masks"],
                ["to send", string.Create(CultureInfo.InvariantCulture, $"{headers.Bytes / 1e6:0.0} MB")],
                ["blocks", $"{prediction.Blocks}"],
                ["time", string.Create(CultureInfo.InvariantCulture, $"about {prediction.Time.TotalSeconds:0} s from the last file to the results")],
                ["memory", string.Create(CultureInfo.InvariantCulture, $"about {prediction.MemoryBytes / 1e6:0} MB")],
            ]);
    }

    private void RequireFiles(CommandResult given)
    {
        if (given.GetValue(_job) is { Length: > 0 } job && !JobName.IsValid(job))
        {
            given.AddError($"--job: found '{job}'; a job's name {JobName.Rule}.");
        }

        if (FilesOf(given, given.AddError).Count == 0 && given.GetValue(_files) is null or [])
        {
            given.AddError("There is nothing to send: name files, a folder, or --xy FILE.");
        }
    }

    // Names decide; whether the files are there shows when they are read.
    private Dictionary<string, string> FilesOf(CommandResult given, Action<string> refuse)
    {
        var files = new Dictionary<string, string>();
        foreach (string path in given.GetValue(_files) ?? [])
        {
            if (Directory.Exists(path))
            {
                foreach (string name in DropFile.All.Where(name => File.Exists(Path.Combine(path, name))))
                {
                    Take(name, Path.Combine(path, name));
                }
            }
            else if (DropFile.All.Contains(Path.GetFileName(path)))
            {
                Take(Path.GetFileName(path), path);
            }
            else
            {
                refuse($"{path}: the name does not say what it is; expected {string.Join(", ", DropFile.All)}, or say it with {string.Join(", ", _named.Values.Select(option => option.Name))}.");
            }
        }

        foreach ((string name, Option<string?> option) in _named)
        {
            if (given.GetValue(option) is { } path)
            {
                Take(name, path);
            }
        }

        return files;

        void Take(string name, string path)
        {
            if (!files.TryAdd(name, path))
            {
                refuse($"{name} is given twice: {files[name]} and {path}.");
            }
        }
    }
}
