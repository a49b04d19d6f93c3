using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using CellStitch.Cli.Jobs;
using CellStitch.Cli.Local;

namespace CellStitch.Cli.Commands;

/// <summary><c>cellstitch doctor</c>: whether everything is there that a run needs.</summary>
internal sealed class DoctorCommand : CliCommand
{
    // A job of a gigavoxel with its results and intermediates.
    private const long LeastFreeBytes = 2L << 30;

    // What package.json's Azurite asks for is older; npm of this one is the oldest that reads our lock file.
    private const int OldestNode = 18;

    private readonly ConnectionOptions _connection;

    public DoctorCommand()
        : base("doctor", "Checks what local runs need, and the host in use.", "cellstitch doctor", "cellstitch doctor --url https://my-app.azurewebsites.net --key KEY")
    {
        _connection = new ConnectionOptions(this);
    }

    protected override Work Read(ParseResult arguments)
    {
        Func<Connection> connect = _connection.Read(arguments);
        string data = _connection.DataFolder(arguments);
        return (terminal, cancellation) =>
        {
            bool sound = true;
            foreach (Finding finding in Look(connect, data, cancellation))
            {
                cancellation.ThrowIfCancellationRequested();
                sound &= finding.Verdict != Finding.Bad;
                terminal.Output.WriteLine($"{finding.Verdict,-8}{finding.What,-13}{finding.Found}");
            }

            return sound ? ExitCode.Done : ExitCode.BadInput;
        };
    }

    private static IEnumerable<Finding> Look(Func<Connection> connect, string data, CancellationToken cancellation)
    {
        yield return Finding.Ok("program", $"cellstitch {ThisProgram.Version}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}");
        yield return Node(AzuriteProgram.NodeVersion());
        yield return AzuriteProgram.NpmVersion() is { } npm
            ? Finding.Ok("npm", npm)
            : Finding.Problem("npm", "not found; it comes with Node.js: install that from https://nodejs.org");
        yield return Azurite(AzuriteProgram.Home());
        yield return Disk(data);
        (Connection? connection, Finding? missing) = Find(connect);
        if (connection is null)
        {
            yield return missing!;
            yield break;
        }

        if (connection.Storage is not null)
        {
            yield return Ask("storage", connection, () =>
            {
                var storage = new StorageFiles(connection.Storage);
                storage.Ping(cancellation);
                return $"{storage.Drop}";
            });
        }

        if (connection.Url is not null)
        {
            using JobsClient api = connection.Api();
            Finding answer = Ask("API", connection, () => Compare(api.Url, api.Health(cancellation).Program));
            yield return answer;
            if (answer.Verdict != Finding.Sound)
            {
                yield break;
            }

            yield return Ask("jobs", connection, () =>
            {
                int jobs = api.Jobs(cancellation).Count;
                return $"{jobs} {(jobs == 1 ? "job" : "jobs")}, {(connection.Key is null ? "no key asked for" : "the key is right")}";
            });
        }
    }

    private static Finding Node(string? version)
    {
        const string What = "Node.js";
        return version is null
            ? Finding.Problem(What, AzuriteProgram.NodeMissing)
            : int.TryParse(version.TrimStart('v').Split('.')[0], CultureInfo.InvariantCulture, out int major) && major < OldestNode
                ? Finding.Problem(What, $"{version} is too old; install version {OldestNode} or later from https://nodejs.org")
                : Finding.Ok(What, version);
    }

    private static Finding Azurite(string home)
    {
        const string What = "Azurite";
        string version = AzuriteProgram.PinnedVersion();
        return AzuriteProgram.IsInstalled(home)
            ? Finding.Ok(What, $"{version} in {home}")
            : Finding.None(What, $"{version} will be installed into {home} when a host first needs it");
    }

    private static Finding Disk(string data)
    {
        const string What = "disk";
        string existing = data;
        while (!Directory.Exists(existing))
        {
            existing = Path.GetDirectoryName(existing)!;
        }

        long free = new DriveInfo(existing).AvailableFreeSpace;
        string found = string.Create(CultureInfo.InvariantCulture, $"{free / (double)(1 << 30):0.0} GiB free for {data}");
        return free < LeastFreeBytes
            ? Finding.Problem(What, $"{found}; free some, or keep the data elsewhere: cellstitch host --data FOLDER")
            : Finding.Ok(What, found);
    }

    private static string Compare(Uri url, string? program)
    {
        return program is null || program.Contains(ThisProgram.Version, StringComparison.Ordinal)
            ? $"{url} runs {program}"
            : $"{url} runs {program}; this is {ThisProgram.Version}: what only one of them knows will be refused";
    }

    private static (Connection? Connection, Finding? Missing) Find(Func<Connection> connect)
    {
        try
        {
            return (connect(), null);
        }
        catch (IOException fault)
        {
            return (null, Finding.None("host", fault.Message));
        }
    }

    // A host that has run here and does not now is no fault; an address that was given and does not answer is.
    private static Finding Ask(string what, Connection connection, Func<string> question)
    {
        try
        {
            return Finding.Ok(what, question());
        }
        catch (NoAnswerException fault) when (connection.Folder is not null)
        {
            return Finding.None(what, fault.Message);
        }
        catch (IOException fault)
        {
            return Finding.Problem(what, fault.Message);
        }
    }
}

/// <summary>What one look found.</summary>
/// <param name="Verdict">One of the words below.</param>
/// <param name="What">What was looked at.</param>
/// <param name="Found">What was found and, for a problem, what to do.</param>
internal sealed record Finding(string Verdict, string What, string Found)
{
    public const string Sound = "ok";
    public const string Bad = "problem";

    /// <summary>There is nothing to judge.</summary>
    public const string Absent = "-";

    public static Finding Ok(string what, string found) => new(Sound, what, found);

    public static Finding Problem(string what, string found) => new(Bad, what, found);

    public static Finding None(string what, string found) => new(Absent, what, found);
}
