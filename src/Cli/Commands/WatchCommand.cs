using System.CommandLine;
using CellStitch.Cli.Jobs;

namespace CellStitch.Cli.Commands;

/// <summary><c>cellstitch watch</c>: a local drop folder.</summary>
internal sealed class WatchCommand : CliCommand
{
    // As the app waits after an upload.
    private const double DefaultQuietSeconds = 5;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Argument<string> _folder;
    private readonly Option<string?> _output;
    private readonly Option<double> _quiet;
    private readonly ConnectionOptions _connection;

    public WatchCommand()
        : base(
            "watch",
            "Sends what becomes complete in a folder, and fetches the results, until Ctrl-C.",
            "cellstitch watch microscope -o results")
    {
        _folder = AddInput("FOLDER", "Its sub-folders are jobs, with xy.tif and so on; a single TIFF is a job by itself.");
        _output = new Option<string?>("--output", "-o") { HelpName = "FOLDER", Description = "Receives a folder of results for each job. [default: FOLDER-results]" };
        Add(_output);
        _quiet = AddNumber("--quiet", DefaultQuietSeconds, "Seconds without a change after which files count as complete.", "quiet", atLeast: 0);
        _connection = new ConnectionOptions(this);
    }

    protected override Work Read(ParseResult arguments)
    {
        string folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(arguments.GetRequiredValue(_folder)));
        string results = arguments.GetValue(_output) ?? $"{folder}-results";
        var quiet = TimeSpan.FromSeconds(arguments.GetValue(_quiet));
        Func<Connection> connect = _connection.Read(arguments);
        return (terminal, cancellation) =>
        {
            if (!Directory.Exists(folder))
            {
                throw new IOException($"{folder}: there is no such folder.");
            }

            Connection connection = connect();
            using JobsClient api = connection.Api();
            Directory.CreateDirectory(results);
            var watched = new WatchedFolder(folder, results, quiet, api, connection.Files(), terminal);
            terminal.Output.WriteLine($"watching {folder}; results go to {results}; Ctrl-C stops");
            while (true)
            {
                watched.Look(cancellation);
                cancellation.WaitHandle.WaitOne(Interval);
                cancellation.ThrowIfCancellationRequested();
            }
        };
    }
}
