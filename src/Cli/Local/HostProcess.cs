using System.Diagnostics;
using System.Runtime.InteropServices;
using CellStitch.Cli.Commands;
using CellStitch.Cli.Jobs;

namespace CellStitch.Cli.Local;

/// <summary>A <c>cellstitch host</c> of our own, in a process of its own; it ends when this one does.</summary>
internal sealed class HostProcess : IDisposable
{
    private const string LogName = "host.log";

    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StopPatience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly string _data;
    private readonly Process _process;
    private readonly TextWriter _log;

    private HostProcess(string data, IEnumerable<(string Name, string Value)> settings)
    {
        _data = data;
        Directory.CreateDirectory(data);
        _log = TextWriter.Synchronized(new StreamWriter(LogPath) { AutoFlush = true });
        var start = new ProcessStartInfo(
            Dotnet(), [typeof(HostProcess).Assembly.Location, "host", HostCommand.PortOption, "0", HostCommand.DataOption, data, HostCommand.StopWithInputOption])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in settings)
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Log(line.Data);
        _process.ErrorDataReceived += (_, line) => Log(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int ProcessId => _process.Id;

    private string LogPath => Path.Combine(_data, LogName);

    /// <summary>Starts a host on a free port and waits until it answers.</summary>
    /// <param name="data">Its data folder, which also receives its log.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <param name="settings">Environment variables it gets beside ours.</param>
    /// <exception cref="IOException">It ended instead; the log says why.</exception>
    public static HostProcess Start(string data, CancellationToken cancellation, params IEnumerable<(string Name, string Value)> settings)
    {
        var host = new HostProcess(data, settings);
        bool answers = false;
        try
        {
            host.WaitForAnswer(cancellation);
            answers = true;
            return host;
        }
        finally
        {
            if (!answers)
            {
                host.Dispose();
            }
        }
    }

    /// <summary>Lets the host end what it does and store it, and waits for its end.</summary>
    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(StopPatience))
        {
            _process.Kill();
        }

        _process.Dispose();
        _log.Dispose();
    }

    private void WaitForAnswer(CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        while (!Answers(cancellation))
        {
            if (clock.Elapsed > StartPatience)
            {
                throw new IOException($"The host does not answer after {StartPatience.TotalMinutes} minutes; {LogPath} has what it said.");
            }

            if (_process.HasExited)
            {
                // The end of its output may come later than its own.
                _process.WaitForExit();
                const string Fault = "error: ";
                string why = File.ReadLines(LogPath).LastOrDefault(line => line.StartsWith(Fault, StringComparison.Ordinal)) ?? Fault;
                throw new IOException($"The host did not start: {why[Fault.Length..]} ({LogPath} has all it said.)");
            }

            cancellation.WaitHandle.WaitOne(Interval);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private bool Answers(CancellationToken cancellation)
    {
        if (DataFolder.ReadRecord(_data) is not { } record || record.ProcessId != _process.Id)
        {
            return false;
        }

        try
        {
            using var api = new JobsClient(new Uri(record.Url), record.Key, "");
            api.Health(cancellation);
            return true;
        }
        catch (NoAnswerException)
        {
            return false;
        }
    }

    private void Log(string? line)
    {
        if (line is not null)
        {
            _log.WriteLine(line);
        }
    }

    // The program that runs this runtime, wherever it is installed: this process may be a tool's launcher or a test.
    private static string Dotnet()
    {
        string name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        string root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        return File.Exists(Path.Combine(root, name)) ? Path.Combine(root, name) : name;
    }
}
