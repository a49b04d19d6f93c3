using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CellStitch.Cli.Local;

/// <summary>What a local host leaves in its folder so that other commands find it, and its next start finds its ports.</summary>
internal sealed record HostRecord
{
    /// <summary>Base of the HTTP API.</summary>
    public required string Url { get; init; }

    /// <summary>The function key; null when none is asked for.</summary>
    public string? Key { get; init; }

    /// <summary>Connection string of the account with the containers drop and results.</summary>
    public required string Storage { get; init; }

    public required int ProcessId { get; init; }

    /// <summary>Null when the storage is somebody else's.</summary>
    public AzuriteRecord? Azurite { get; init; }
}

/// <summary>The Azurite of a local host.</summary>
internal sealed record AzuriteRecord(AzuritePorts Ports, int ProcessId, DateTime StartedUtc);

/// <summary>Where a local host keeps its data.</summary>
internal sealed class DataFolder : IDisposable
{
    private const string RecordName = "cellstitch-host.json";

    private static readonly TimeSpan AzuritePatience = TimeSpan.FromSeconds(60);

    private readonly string _path;
    private readonly FileStream _ownership;

    private DataFolder(string path, FileStream ownership)
    {
        _path = path;
        _ownership = ownership;
    }

    /// <summary>The default: ~/.local/share/cellstitch on Linux, the like elsewhere.</summary>
    public static string OfUser => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "cellstitch");

    /// <summary>Storage of the emulator.</summary>
    public string Azurite => Path.Combine(_path, "azurite");

    /// <summary>Takes a folder for a host; it is created if need be.</summary>
    /// <exception cref="IOException">Another host has it.</exception>
    public static DataFolder Take(string path)
    {
        string folder = Path.GetFullPath(path);
        Directory.CreateDirectory(folder);
        string ownership = Path.Combine(folder, "host.lock");
        try
        {
            return new DataFolder(folder, new FileStream(ownership, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException) when (File.Exists(ownership))
        {
            string who = ReadRecord(folder) is { } record ? $" (process {record.ProcessId}, {record.Url})" : "";
            throw new IOException($"{folder}: another 'cellstitch host'{who} uses this folder; stop it, or give another folder with --data.");
        }
    }

    /// <summary>What the last host in a folder said; null when there was none.</summary>
    public static HostRecord? ReadRecord(string path)
    {
        string record = Path.Combine(path, RecordName);
        if (!File.Exists(record))
        {
            return null;
        }

        using FileStream stream = File.OpenRead(record);
        try
        {
            return JsonSerializer.Deserialize(stream, HostJson.Default.HostRecord);
        }
        catch (JsonException fault)
        {
            throw new IOException($"{record}: is not what 'cellstitch host' writes ({fault.Message}); remove it.");
        }
    }

    /// <summary>Tells other commands where this host is.</summary>
    public void Write(HostRecord record)
    {
        string path = Path.Combine(_path, RecordName);
        using OutputFile file = OutputFile.Create(path);
        if (!OperatingSystem.IsWindows())
        {
            // It holds keys.
            File.SetUnixFileMode(file.Stream.SafeFileHandle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        file.Write(record, HostJson.Default.HostRecord);
        file.Commit();
    }

    /// <summary>Starts the emulator on the ports of last time, if they are free, so that connections people have noted stay right.</summary>
    /// <param name="program">Azurite.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    /// <exception cref="IOException">It does not start.</exception>
    public Azurite StartAzurite(AzuriteProgram program, CancellationToken cancellation)
    {
        AzuriteRecord? last = ReadRecord(_path)?.Azurite;
        if (last is not null)
        {
            WaitForEnd(last);
        }

        AzuritePorts ports = last is { Ports: var known } && known.AreFree() ? known : AzuritePorts.Free();
        return Local.Azurite.Start(program, Azurite, ports, cancellation);
    }

    public void Dispose() => _ownership.Dispose();

    // When a host was killed, its Azurite needs a moment to write what it holds; two of them would damage the folder.
    private void WaitForEnd(AzuriteRecord last)
    {
        Process process;
        try
        {
            process = Process.GetProcessById(last.ProcessId);
        }
        catch (ArgumentException)
        {
            return;
        }

        using (process)
        {
            if (IsSame(process, last) && !process.WaitForExit(AzuritePatience))
            {
                throw new IOException($"{_path}: an Azurite (process {last.ProcessId}) still uses this folder; end it with SIGTERM, never with SIGKILL.");
            }
        }
    }

    // Another program may have got the number since. Systems tell a start only to about a second.
    private static bool IsSame(Process process, AzuriteRecord last)
    {
        try
        {
            return Math.Abs((process.StartTime.ToUniversalTime() - last.StartedUtc).TotalSeconds) < 2;
        }
        catch (InvalidOperationException)
        {
            // It has ended.
            return false;
        }
    }
}

/// <summary>The JSON of a host's record.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(HostRecord))]
internal sealed partial class HostJson : JsonSerializerContext;
