using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using CellStitch.Cli.Jobs;
using CellStitch.Functions.Jobs;

namespace CellStitch.Cli.Commands;

/// <summary><c>cellstitch status</c>: how far the jobs are.</summary>
internal sealed class StatusCommand : CliCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly Argument<string?> _job;
    private readonly Option<bool> _json;
    private readonly ConnectionOptions _connection;

    public StatusCommand()
        : base("status", "Says how far the jobs are, or one of them.", "cellstitch status", "cellstitch status embryo --json")
    {
        _job = new Argument<string?>("JOB") { Description = "Name of the job; all of them without it.", Arity = ArgumentArity.ZeroOrOne };
        Add(_job);
        _json = AddSwitch("--json", "The answer of the API as JSON.");
        _connection = new ConnectionOptions(this);
    }

    protected override Work Read(ParseResult arguments)
    {
        string? job = arguments.GetValue(_job);
        bool json = arguments.GetValue(_json);
        Func<Connection> connect = _connection.Read(arguments);
        return (terminal, cancellation) =>
        {
            using JobsClient api = connect().Api();
            if (json)
            {
                JsonElement answer = api.Json(job, cancellation) ?? throw Unknown(job!);
                terminal.Output.WriteLine(JsonSerializer.Serialize(answer, Indented));
                return answer.TryGetProperty("state", out JsonElement state) && state.ValueEquals(JobState.Failed) ? ExitCode.BadInput : ExitCode.Done;
            }

            if (job is null)
            {
                Show(api.Jobs(cancellation), terminal.Output);
                return ExitCode.Done;
            }

            JobStatus status = api.Job(job, cancellation) ?? throw Unknown(job);
            Show(status, terminal.Output);
            if (status.State != JobState.Failed)
            {
                return ExitCode.Done;
            }

            terminal.Fault(status.WhyNone());
            return ExitCode.BadInput;
        };
    }

    private static IOException Unknown(string job) => new($"There is no job named {job}; 'cellstitch status' lists them.");

    private static void Show(IReadOnlyList<JobStatus> jobs, TextWriter to)
    {
        if (jobs.Count == 0)
        {
            to.WriteLine("no jobs");
            return;
        }

        TextTable.Write(
            to,
            [
                ["job", "state", "done", "stage", "updated"],
                .. jobs.Select(job => new object[] { job.Job, job.State, Percent(job), job.Stage ?? "", Time(job.UpdatedUtc) }),
            ]);
    }

    private static void Show(JobStatus job, TextWriter to)
    {
        to.WriteLine($"{job.Job}: {job.State}");
        TextTable.Write(
            to,
            [
                .. Line("stage", job.Stage),
                .. Line("done", Percent(job)),
                .. Line("now", job.Message),
                .. Line("cells", job.Cells?.ToString(CultureInfo.InvariantCulture)),
                .. Line("left", job.EtaSeconds is { } seconds ? Length(seconds) : null),
                .. Line("started", Time(job.CreatedUtc)),
                .. Line("updated", Time(job.UpdatedUtc)),
                .. Line("run", job.InstanceId),
                .. job.Files.SelectMany(file => Line(file.Name, string.Create(CultureInfo.InvariantCulture, $"{file.Bytes:N0} bytes"))),
            ]);
    }

    private static IEnumerable<object[]> Line(string what, string? text) => text is { Length: > 0 } ? [[what, text]] : [];

    private static string Percent(JobStatus job) =>
        job is { State: JobState.Running, Percent: { } percent } ? string.Create(CultureInfo.InvariantCulture, $"{percent:0} %") : "";

    private static string Time(DateTimeOffset? time) => time?.LocalDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "";

    private static string Length(double seconds) => seconds < 90
        ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} min");
}
