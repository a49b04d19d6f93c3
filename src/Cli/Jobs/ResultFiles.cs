using System.Text.Json;
using CellStitch.Functions.Jobs;
using CellStitch.Functions.Storage;

namespace CellStitch.Cli.Jobs;

/// <summary>Brings the results of a job into a folder.</summary>
internal static class ResultFiles
{
    /// <summary>Fetches what the manifest lists; the files take their names together, once all of them are proven whole.</summary>
    /// <param name="files">Where the results are.</param>
    /// <param name="job">Name of the job.</param>
    /// <param name="folder">Where they go.</param>
    /// <param name="steps">Takes the progress.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    /// <exception cref="IOException">They are not complete, or not whole.</exception>
    public static Manifest Fetch(IJobFiles files, string job, string folder, IProgress<Step> steps, CancellationToken cancellation)
    {
        byte[] text = Small(files, job, ResultFile.Manifest, cancellation) ?? throw Incomplete(files, job, cancellation);
        Manifest manifest = Parse(job, text);
        using var output = new OutputFolder(folder);
        long total = manifest.Outputs.Sum(file => file.Bytes);
        long before = 0;
        foreach (ManifestOutput file in manifest.Outputs)
        {
            RequireInside(job, file.Name);
            Copy(files, job, file, output.Create(file.Name).Stream, done => steps.Report(new Step($"fetching {job}", (double)(before + done) / Math.Max(1, total))), cancellation);
            before += file.Bytes;
        }

        output.Create(ResultFile.Manifest).Stream.Write(text);
        output.Commit();
        steps.Report(new Step($"fetching {job}", 1));
        return manifest;
    }

    private static void Copy(IJobFiles files, string job, ManifestOutput file, FileStream target, Action<long> done, CancellationToken cancellation)
    {
        using Stream source = files.OpenResult(job, file.Name, cancellation) ?? throw Changed(job, file.Name, "is missing");
        using var hash = new PassingHash(file.Bytes);
        byte[] buffer = new byte[1 << 20];
        long bytes = 0;
        for (int read; (read = source.Read(buffer)) > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.Append(buffer.AsSpan(0, read));
            target.Write(buffer, 0, read);
            done(bytes += read);
        }

        if (bytes != file.Bytes)
        {
            throw Changed(job, file.Name, $"has {bytes} bytes; {ResultFile.Manifest} says {file.Bytes}");
        }

        if (!hash.Finish().Equals(file.Sha256, StringComparison.OrdinalIgnoreCase))
        {
            throw Changed(job, file.Name, $"has another SHA-256 than {ResultFile.Manifest} says");
        }
    }

    private static IOException Changed(string job, string name, string what) =>
        new($"{job}/{name}: {what}. If the job is running again, wait for its end ('cellstitch status {job}') and fetch again; otherwise start it again.");

    private static IOException Incomplete(IJobFiles files, string job, CancellationToken cancellation)
    {
        string why = Small(files, job, ResultFile.Error, cancellation) is { } error
            ? JsonSerializer.Deserialize<ErrorFile>(error, Manifest.Json)!.Error.Message
            : $"there are no complete results yet; see 'cellstitch status {job}'.";
        return new IOException($"{job}: {why}");
    }

    private static Manifest Parse(string job, byte[] text)
    {
        try
        {
            return JsonSerializer.Deserialize<Manifest>(text, Manifest.Json)!;
        }
        catch (JsonException fault)
        {
            throw new IOException($"{job}/{ResultFile.Manifest}: cannot be read ({fault.Message}).");
        }
    }

    // A name from a server becomes a path here.
    private static void RequireInside(string job, string name)
    {
        bool inside = name.Split('/').All(part => part.Length > 0 && part != "." && part != ".." && part.IndexOfAny(Path.GetInvalidFileNameChars()) < 0 && !part.Contains('\\') && !part.Contains(':'));
        if (!inside)
        {
            throw new IOException($"{job}/{ResultFile.Manifest}: lists a file named '{name}', which is no name within the results.");
        }
    }

    private static byte[]? Small(IJobFiles files, string job, string name, CancellationToken cancellation)
    {
        using Stream? stream = files.OpenResult(job, name, cancellation);
        if (stream is null)
        {
            return null;
        }

        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
