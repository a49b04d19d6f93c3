using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace CellStitch.Cli.Local;

/// <summary>Ports of 127.0.0.1.</summary>
internal static class Ports
{
    /// <summary>Ports that nobody uses at this moment, all different.</summary>
    public static int[] Free(int count)
    {
        TcpListener[] held = [.. Enumerable.Range(0, count).Select(_ => Listen(0))];
        int[] ports = [.. held.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (TcpListener listener in held)
        {
            listener.Dispose();
        }

        return ports;
    }

    /// <summary>Whether nobody uses a port at this moment.</summary>
    public static bool IsFree(int port)
    {
        try
        {
            Listen(port).Dispose();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static TcpListener Listen(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        return listener;
    }
}

/// <summary>Where an Azurite listens.</summary>
internal readonly record struct AzuritePorts(int Blob, int Queue, int Table)
{
    public static AzuritePorts Free() => Ports.Free(3) is [var blob, var queue, var table] ? new(blob, queue, table) : throw new UnreachableException();

    public bool AreFree() => Ports.IsFree(Blob) && Ports.IsFree(Queue) && Ports.IsFree(Table);
}

/// <summary>An Azurite process of our own, the storage emulator, with its data in a folder.</summary>
/// <remarks>
/// Azurite writes its tables of contents every five seconds, so it must never be killed: it ends when its standard input does. That also holds
/// when this process is killed, so none is left behind. Ctrl-C reaches every process of a terminal at once; Azurite lets it pass and stays until
/// the app has written its last.
/// </remarks>
internal sealed class Azurite : IDisposable
{
    // Azurite leaves at SIGTERM; its own handler of SIGINT is not let in. It says what it is doing while it closes, and where nobody is left to
    // hear it, that must not end it before it has written its data.
    private const string Launcher =
        """
        const once = process.once;
        process.once = function (event, handler) { return event === 'SIGINT' ? this : once.call(this, event, handler); };
        process.on('SIGINT', () => {});
        process.stdout.on('error', () => {});
        process.stderr.on('error', () => {});
        process.stdin.on('end', () => process.emit('SIGTERM') || process.exit()).resume();
        require(process.argv[1]);
        """;

    // The last of the three services to start says so.
    private const string ReadyLine = "Azurite Table service is successfully listening";

    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private Azurite(Process process, AzuritePorts ports)
    {
        _process = process;
        ListensAt = ports;
    }

    public AzuritePorts ListensAt { get; }

    /// <summary>What a later start in the same folder needs to know.</summary>
    public AzuriteRecord Record => new(ListensAt, _process.Id, _process.StartTime.ToUniversalTime());

    /// <summary>The emulator's fixed account and key (they are Azurite's published defaults, no secret).</summary>
    public string ConnectionString =>
        "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;"
        + "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;"
        + $"BlobEndpoint=http://127.0.0.1:{ListensAt.Blob}/devstoreaccount1;"
        + $"QueueEndpoint=http://127.0.0.1:{ListensAt.Queue}/devstoreaccount1;"
        + $"TableEndpoint=http://127.0.0.1:{ListensAt.Table}/devstoreaccount1;";

    /// <summary>Starts Azurite and waits until it serves.</summary>
    /// <param name="program">Where it is installed.</param>
    /// <param name="folder">Holds its data; created if need be.</param>
    /// <param name="ports">Where it listens.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="IOException">It ended instead, for the reason given.</exception>
    public static Azurite Start(AzuriteProgram program, string folder, AzuritePorts ports, CancellationToken cancellation)
    {
        const string Host = "127.0.0.1";
        Directory.CreateDirectory(folder);
        var start = new ProcessStartInfo(
            program.Node,
            [
                "-e", Launcher, "--", program.Script,
                "--blobHost", Host, "--blobPort", $"{ports.Blob}",
                "--queueHost", Host, "--queuePort", $"{ports.Queue}",
                "--tableHost", Host, "--tablePort", $"{ports.Table}",
                "--location", folder,
                "--silent",
                "--disableTelemetry",

                // The storage packages speak a newer dialect than Azurite admits to; what they use of it is the same.
                "--skipApiVersionCheck",
            ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var complaints = new ConcurrentQueue<string>();
        var ready = new TaskCompletionSource<bool>();
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null || line.Data.StartsWith(ReadyLine, StringComparison.Ordinal))
            {
                ready.TrySetResult(line.Data is not null);
            }
        };
        process.ErrorDataReceived += (_, line) => complaints.Enqueue(line.Data ?? "");
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var azurite = new Azurite(process, ports);
        try
        {
            if (ready.Task.Wait((int)StartPatience.TotalMilliseconds, cancellation) && ready.Task.Result)
            {
                return azurite;
            }
        }
        catch (OperationCanceledException)
        {
            azurite.Dispose();
            throw;
        }

        azurite.Dispose();
        string reason = complaints.LastOrDefault(line => line.Length > 0) ?? $"it did not say why within {StartPatience.TotalSeconds} s";
        throw new IOException($"Azurite did not start with its data in {folder}: {reason}.");
    }

    /// <summary>Lets Azurite write what it holds, and waits for its end.</summary>
    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(StopPatience))
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
