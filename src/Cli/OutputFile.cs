using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace CellStitch.Cli;

/// <summary>
/// A file that takes its name only when it is complete: it is written beside its place and moved there at the end. An interrupted run leaves
/// neither a half file nor loses an older result.
/// </summary>
internal sealed class OutputFile : IDisposable
{
    private readonly string _place;
    private readonly string _partial;
    private bool _committed;

    private OutputFile(string place)
    {
        _place = place;
        _partial = $"{place}.{Environment.ProcessId}.partial";
        Stream = new FileStream(_partial, FileMode.Create, FileAccess.ReadWrite);
    }

    public FileStream Stream { get; }

    /// <summary>Opens the file for writing, at the start of the work, so that a place that cannot be written to is not noticed hours later.</summary>
    /// <param name="path">Its name in the end.</param>
    /// <param name="inUse">Inputs and other outputs of the same run; null entries are options not given.</param>
    /// <exception cref="IOException">The folder does not exist, the place is a folder, a device, or one of the files in use.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file there is protected.</exception>
    public static OutputFile Create(string path, params IEnumerable<string?> inUse)
    {
        string place = RealPath(path);
        foreach (string used in inUse.OfType<string>())
        {
            if (PathComparer.Equals(place, RealPath(used)))
            {
                throw new IOException($"{path}: the output would replace {used}, which this run needs; name another file.");
            }
        }

        RequireWritable(path, place);
        return new OutputFile(place);
    }

    /// <summary>The same for an output that is not always asked for.</summary>
    public static OutputFile? CreateIfNamed(string? path, params IEnumerable<string?> inUse)
    {
        return path is null ? null : Create(path, inUse);
    }

    /// <summary>Writes a record as JSON.</summary>
    public void Write<T>(T record, JsonTypeInfo<T> type)
    {
        JsonSerializer.Serialize(Stream, record, type);
        Stream.WriteByte((byte)'\n');
    }

    /// <summary>Writes text as UTF-8.</summary>
    public void Write(Action<TextWriter> text)
    {
        using var writer = new StreamWriter(Stream, leaveOpen: true);
        text(writer);
    }

    /// <summary>Puts the file in its place.</summary>
    public void Commit()
    {
        Stream.Dispose();
        File.Move(_partial, _place, overwrite: true);
        _committed = true;
    }

    public void Dispose()
    {
        Stream.Dispose();
        if (!_committed)
        {
            File.Delete(_partial);
        }
    }

    // Windows and macOS keep one file under names that differ in case.
    private static StringComparer PathComparer { get; } =
        OperatingSystem.IsLinux() ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase;

    private static void RequireWritable(string path, string place)
    {
        if (Directory.Exists(place))
        {
            throw new IOException($"{path}: is a folder; name a file.");
        }

        if (!Directory.Exists(Path.GetDirectoryName(place)))
        {
            throw new IOException($"{path}: the folder {Path.GetDirectoryName(path)} does not exist.");
        }

        if (place.StartsWith("/dev/", StringComparison.Ordinal) && !place.StartsWith("/dev/shm/", StringComparison.Ordinal))
        {
            throw new IOException($"{path}: is a device; name a file.");
        }

        if (File.Exists(place))
        {
            // A protected file could still be replaced by moving another one over it; its owner has said no.
            using FileStream probe = File.Open(place, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        }
    }

    // The path behind all symbolic links, of its folders too; what does not exist stays as it is.
    private static string RealPath(string path)
    {
        string full = Path.GetFullPath(path);
        if (Path.GetDirectoryName(full) is not { } folder)
        {
            return full;
        }

        string resolved = Path.Combine(RealPath(folder), Path.GetFileName(full));
        FileSystemInfo here = Directory.Exists(resolved) ? new DirectoryInfo(resolved) : new FileInfo(resolved);
        return here.LinkTarget is null ? resolved : here.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
    }
}
