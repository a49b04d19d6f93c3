using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using CellStitch.Core.Volumes;
using CellStitch.Functions;
using CellStitch.Functions.Jobs;

namespace CellStitch.Cli.Jobs;

/// <summary>What a watched folder has done with a job.</summary>
/// <param name="Fingerprint">Names, sizes and times of the files it was done with.</param>
/// <param name="Stage">How far it came.</param>
/// <param name="Before">The run that was there before the files were sent.</param>
internal sealed record WatchedJob(string Fingerprint, WatchStage Stage, string? Before = null);

internal enum WatchStage
{
    /// <summary>The host has the files.</summary>
    Sent,

    /// <summary>The results are here.</summary>
    Fetched,

    /// <summary>There are no results; the reason was told.</summary>
    Refused,
}

/// <summary>A local drop folder: what becomes complete and quiet in it is sent, and its results are fetched.</summary>
/// <param name="folder">Sub-folders are jobs; a single TIFF is one by itself.</param>
/// <param name="results">Receives a folder of results for each job, and the record of what was done.</param>
/// <param name="quiet">Time without a change after which files count as complete.</param>
/// <param name="api">Knows the status of jobs.</param>
/// <param name="files">Takes and gives their files.</param>
/// <param name="terminal">Is told what happens.</param>
internal sealed class WatchedFolder(string folder, string results, TimeSpan quiet, JobsClient api, IJobFiles files, Terminal terminal)
{
    private const string RecordName = ".cellstitch-watch.json";

    // Projections may still be on their way: the app waits as long.
    private static readonly TimeSpan ProjectionWait = TimeSpan.FromSeconds(new AppSettings().ProjectionWaitSeconds);

    private readonly Dictionary<string, WatchedJob> _jobs = Load(Path.Combine(results, RecordName));
    private readonly Dictionary<string, (string Fingerprint, Stopwatch Since)> _seen = [];
    private bool _hostIsAway;

    /// <summary>Looks at the folder and the host once, and does what there is to do.</summary>
    public void Look(CancellationToken cancellation)
    {
        try
        {
            foreach ((string job, Dictionary<string, string> paths) in Candidates())
            {
                cancellation.ThrowIfCancellationRequested();
                Look(job, paths, cancellation);
            }

            _hostIsAway = false;
        }
        catch (NoAnswerException fault)
        {
            // It may be restarting; everything waits, and is told once.
            if (!_hostIsAway)
            {
                terminal.Warn([fault.Message]);
            }

            _hostIsAway = true;
        }
    }

    private static Dictionary<string, WatchedJob> Load(string path)
    {
        return File.Exists(path)
            ? JsonSerializer.Deserialize(File.ReadAllBytes(path), WatchJson.Default.DictionaryStringWatchedJob)!
            : [];
    }

    private IEnumerable<(string Job, Dictionary<string, string> Paths)> Candidates()
    {
        foreach (string path in Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(path);
            if (Directory.Exists(path))
            {
                var paths = DropFile.All.Select(file => (file, Path.Combine(path, file))).Where(file => File.Exists(file.Item2)).ToDictionary();
                if (IsComplete(paths))
                {
                    yield return (name, paths);
                }
            }
            else if (Path.GetExtension(name) == ".tif" && !name.StartsWith('.'))
            {
                yield return (Path.GetFileNameWithoutExtension(name), new() { [DropFile.Raw] = path });
            }
        }
    }

    private static bool IsComplete(Dictionary<string, string> paths) =>
        (paths.ContainsKey(DropFile.Xy) && paths.ContainsKey(DropFile.Xz) == paths.ContainsKey(DropFile.Yz)) || paths.ContainsKey(DropFile.Raw);

    private void Look(string job, Dictionary<string, string> paths, CancellationToken cancellation)
    {
        string fingerprint = FingerprintOf(paths);
        WatchedJob? known = _jobs.GetValueOrDefault(job);
        if (known is null || known.Fingerprint != fingerprint)
        {
            if (IsQuiet(job, fingerprint, paths))
            {
                Keep(job, Send(job, paths, fingerprint, cancellation));
            }
        }
        else if (known.Stage == WatchStage.Sent && new JobRun(api, job, known.Before).Now(cancellation) is { } status && status.HasEnded())
        {
            Keep(job, known with { Stage = Fetch(status, cancellation) });
        }
    }

    private bool IsQuiet(string job, string fingerprint, Dictionary<string, string> paths)
    {
        if (!_seen.TryGetValue(job, out (string Fingerprint, Stopwatch Since) seen) || seen.Fingerprint != fingerprint)
        {
            _seen[job] = seen = (fingerprint, Stopwatch.StartNew());
        }

        bool projectionsMayCome = !paths.ContainsKey(DropFile.Xz) && !paths.ContainsKey(DropFile.Raw) && !paths.ContainsKey(DropFile.Options);
        return seen.Since.Elapsed >= (projectionsMayCome ? ProjectionWait : quiet);
    }

    private WatchedJob Send(string job, Dictionary<string, string> paths, string fingerprint, CancellationToken cancellation)
    {
        try
        {
            if (!JobName.IsValid(job))
            {
                throw new InvalidMaskException(MaskFault.MissingFile, job, null, $"cannot be the name of a job, which {JobName.Rule}.");
            }

            var submission = Submission.Of(job, paths, new JobOptions());
            terminal.Warn(HeaderCheck.Of(submission).Notes);
            string? before = terminal.Track(steps => submission.Send(files, api, steps, cancellation));
            terminal.Output.WriteLine($"{job}: sent");
            return new WatchedJob(fingerprint, WatchStage.Sent, before);
        }
        catch (Exception fault) when (fault is InvalidMaskException or UnauthorizedAccessException or (IOException and not NoAnswerException))
        {
            return Refuse(fault.Message);
        }
        catch (RunFaultException fault)
        {
            return Refuse(RunFaultException.Read(fault.Message).Message);
        }

        WatchedJob Refuse(string sentence)
        {
            terminal.Fault($"{job}: {sentence}");
            return new WatchedJob(fingerprint, WatchStage.Refused);
        }
    }

    private WatchStage Fetch(JobStatus status, CancellationToken cancellation)
    {
        if (!status.HasResults())
        {
            terminal.Fault(status.WhyNone());
            return WatchStage.Refused;
        }

        string place = Path.Combine(results, status.Job);
        try
        {
            terminal.Track(steps => ResultFiles.Fetch(files, status.Job, place, steps, cancellation));
            terminal.Output.WriteLine($"{status.Job}: {status.State}, {status.Cells} cells, results in {place}");
            return WatchStage.Fetched;
        }
        catch (IOException fault) when (fault is not NoAnswerException)
        {
            terminal.Fault(fault.Message);
            return WatchStage.Refused;
        }
    }

    private void Keep(string job, WatchedJob known)
    {
        _jobs[job] = known;
        using OutputFile record = OutputFile.Create(Path.Combine(results, RecordName));
        record.Write(_jobs, WatchJson.Default.DictionaryStringWatchedJob);
        record.Commit();
    }

    private static string FingerprintOf(Dictionary<string, string> paths) => string.Join(';', paths.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file =>
    {
        // It may have been removed since it was listed.
        var info = new FileInfo(file.Value);
        return info.Exists ? string.Create(CultureInfo.InvariantCulture, $"{file.Key} {info.Length} {info.LastWriteTimeUtc:O}") : "";
    }));
}

/// <summary>The JSON of the record.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(Dictionary<string, WatchedJob>))]
internal sealed partial class WatchJson : JsonSerializerContext;
