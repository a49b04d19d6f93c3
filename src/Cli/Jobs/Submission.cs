using System.Text.Json;
using CellStitch.Functions.Jobs;

namespace CellStitch.Cli.Jobs;

/// <summary>What is dropped for a job.</summary>
/// <param name="Job">Its name.</param>
/// <param name="Stacks">The TIFF files, by their names in the drop folder.</param>
/// <param name="Options">Its job.json, which lists the files, so that the job starts as soon as they are there.</param>
internal sealed record Submission(string Job, IReadOnlyDictionary<string, string> Stacks, JobOptions Options)
{
    /// <summary>Takes files, a job.json among them if there is one.</summary>
    /// <param name="job">Name of the job.</param>
    /// <param name="files">Paths by names in the drop folder.</param>
    /// <param name="given">Options that go before those of job.json.</param>
    /// <exception cref="RunFaultException">job.json cannot be used.</exception>
    public static Submission Of(string job, IReadOnlyDictionary<string, string> files, JobOptions given)
    {
        var stacks = files.Where(file => file.Key != DropFile.Options).ToDictionary();
        BinaryData? own = files.TryGetValue(DropFile.Options, out string? path) ? new BinaryData(File.ReadAllBytes(path)) : null;
        IReadOnlyList<string> needed = JobOptions.Read(defaults: null, own).Files ?? [.. DropFile.All.Where(stacks.ContainsKey)];
        return new Submission(job, stacks, JobOptions.Read(own, Json(given with { Files = needed })));
    }

    /// <summary>Sends the files, job.json last.</summary>
    /// <param name="files">Where to.</param>
    /// <param name="api">Tells which run was there before; null where nobody waits for the new one.</param>
    /// <param name="steps">Takes the progress.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    /// <returns>Id of the run that was there before, if there was one.</returns>
    public string? Send(IJobFiles files, JobsClient? api, IProgress<Step> steps, CancellationToken cancellation)
    {
        foreach ((string name, string path) in Stacks)
        {
            using FileStream content = File.OpenRead(path);
            long length = Math.Max(1, content.Length);
            files.Upload(Job, name, content, new StepsOf<long>(steps, sent => new Step($"sending {name}", Math.Min(0.999, (double)sent / length))), cancellation);
            steps.Report(new Step($"sending {name}", 1));
        }

        string? before = api?.Job(Job, cancellation)?.InstanceId;
        using Stream options = Json(Options).ToStream();
        files.Upload(Job, DropFile.Options, options, new StepsOf<long>(steps, _ => new Step($"sending {DropFile.Options}", 1)), cancellation);
        return before;
    }

    private static BinaryData Json(JobOptions options) => new(JsonSerializer.SerializeToUtf8Bytes(options, JobOptions.Json));
}
