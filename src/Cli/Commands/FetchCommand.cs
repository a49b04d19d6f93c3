using System.CommandLine;
using CellStitch.Cli.Jobs;
using CellStitch.Functions.Jobs;
using CellStitch.Functions.Storage;

namespace CellStitch.Cli.Commands;

/// <summary><c>cellstitch fetch</c>: the results of a job.</summary>
internal sealed class FetchCommand : CliCommand
{
    private readonly Argument<string> _job;
    private readonly Option<string> _output;
    private readonly ConnectionOptions _connection;

    public FetchCommand()
        : base("fetch", "Brings the results of a job into a folder.", "cellstitch fetch embryo -o results/embryo")
    {
        _job = AddInput("JOB", "Name of the job.");
        _output = AddOutput("FOLDER", "Receives labels.tif, cells.csv, metrics.json and manifest.json.");
        _connection = new ConnectionOptions(this);
    }

    protected override Work Read(ParseResult arguments)
    {
        string job = arguments.GetRequiredValue(_job);
        string folder = arguments.GetRequiredValue(_output);
        Func<Connection> connect = _connection.Read(arguments);
        return (terminal, cancellation) =>
        {
            IJobFiles files = connect().Files();
            Manifest manifest = terminal.Track(steps => ResultFiles.Fetch(files, job, folder, steps, cancellation));
            terminal.Output.WriteLine($"{folder}: {string.Join(", ", manifest.Outputs.Select(file => file.Name))}, {ResultFile.Manifest}");
            return ExitCode.Done;
        };
    }
}
