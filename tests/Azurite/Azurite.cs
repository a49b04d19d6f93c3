using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace CellStitch.Tests;

/// <summary>
/// The storage emulator of this test run: started on free ports when the first test asks for an account, stopped with the process, however that ends.
/// </summary>
internal sealed class Azurite : IDisposable
{
    /// <summary>Accounts one process can hand out; they travel in one environment variable, which Windows ends at 32,767 characters.</summary>
    private const int Accounts = 500;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly string Key = Convert.ToBase64String("the emulator's test key."u8);
    private static readonly Lazy<Azurite> Shared = new(Start);
    private static readonly NpmFolder Package = new(SharedData.RepositoryRoot);

    // Azurite stops gently when its standard input ends, so it never outlives the process that started it, not even one that was killed. What it says
    // meanwhile then reaches nobody, which must not end it before it has written its data.
    private const string StopsWithItsParent =
        "process.stdout.on('error', () => {}); process.stderr.on('error', () => {}); "
        + "process.stdin.resume().on('end', () => process.emit('SIGTERM') || process.exit()); require(process.argv[1]);";

    private readonly Process _process;
    private readonly string _folder;
    private int _accountsGiven;

    private Azurite(Process process, string folder, int[] ports)
    {
        (_process, _folder, Ports) = (process, folder, ports);
    }

    /// <summary>The ports of blobs, queues and tables.</summary>
    public int[] Ports { get; }

    /// <summary>The connection string of an account that no other test uses.</summary>
    public static string NewAccount()
    {
        return Shared.Value.Account();
    }

    /// <summary>An emulator of its own, for a test that stops it.</summary>
    /// <param name="ports">Blobs, queues, tables; free ones when null.</param>
    /// <param name="folder">Where it keeps its data; a new temporary folder, removed at the end, when null.</param>
    public static Azurite Start(int[]? ports, string? folder = null)
    {
        Package.Install();
        string data = folder ?? Directory.CreateTempSubdirectory("azurite-").FullName;
        ports ??= FreePorts(3);
        Process process = Launch(ports, data);
        var azurite = new Azurite(process, folder is null ? data : "", ports);
        azurite.WaitUntilReady();
        return azurite;
    }

    /// <summary>The connection string of the next unused account of this emulator.</summary>
    public string Account()
    {
        int number = Interlocked.Increment(ref _accountsGiven);
        Assert.True(number <= Accounts, $"Azurite was given {Accounts} accounts; the tests of this assembly need more.");
        return ConnectionString(AccountName(number));
    }

    /// <summary>Stops it as SIGTERM does: everything acknowledged is on disk afterwards. One whose data go with it is ended at once.</summary>
    public void Dispose()
    {
        bool keepsData = _folder.Length == 0;
        _process.StandardInput.Close();
        if (!keepsData || !_process.WaitForExit(StartLimit))
        {
            _process.Kill();
            _process.WaitForExit(StartLimit);
        }

        _process.Dispose();
        if (_folder.Length > 0)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    /// <summary>TCP ports nobody listens on.</summary>
    public static int[] FreePorts(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener listener in listeners)
        {
            listener.Start();
        }

        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (TcpListener listener in listeners)
        {
            listener.Dispose();
        }

        return ports;
    }

    private static Azurite Start()
    {
        // Another process may take a port between the search and the start: then Azurite ends at once, and the next ports are tried.
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                Azurite azurite = Start(null, null);
                AppDomain.CurrentDomain.ProcessExit += (_, _) => azurite.Dispose();
                return azurite;
            }
            catch (InvalidOperationException) when (attempt < 3)
            {
            }
        }
    }

    private static Process Launch(int[] ports, string folder)
    {
        var start = new ProcessStartInfo("node") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        string[] flags =
        [
            "-e", StopsWithItsParent, "--", Package.PathOf("azurite", "dist", "src", "azurite.js"),
            "--blobHost", "127.0.0.1", "--blobPort", Text(ports[0]),
            "--queueHost", "127.0.0.1", "--queuePort", Text(ports[1]),
            "--tableHost", "127.0.0.1", "--tablePort", Text(ports[2]),
            "--location", folder, "--silent", "--disableTelemetry", "--skipApiVersionCheck",
        ];
        foreach (string flag in flags)
        {
            start.ArgumentList.Add(flag);
        }

        start.Environment["AZURITE_ACCOUNTS"] = string.Join(';', Enumerable.Range(1, Accounts).Select(n => $"{AccountName(n)}:{Key}"));
        Process process = NpmFolder.StartOrExplain(start);
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }

    private void WaitUntilReady()
    {
        var clock = Stopwatch.StartNew();
        foreach (int port in Ports)
        {
            while (!Answers(port))
            {
                if (_process.HasExited)
                {
                    throw new InvalidOperationException($"Azurite ended with code {_process.ExitCode}: {_process.StandardError.ReadToEnd()}");
                }

                Assert.True(clock.Elapsed < StartLimit, $"Azurite did not answer on port {port} within {StartLimit.TotalSeconds:0} s.");
                Thread.Sleep(50);
            }
        }

        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
    }

    private static bool Answers(int port)
    {
        try
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private string ConnectionString(string account)
    {
        string Endpoint(string service, int port) => $"{service}Endpoint=http://127.0.0.1:{port}/{account}";
        return $"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={Key};"
            + string.Join(';', Endpoint("Blob", Ports[0]), Endpoint("Queue", Ports[1]), Endpoint("Table", Ports[2]));
    }

    private static string AccountName(int number)
    {
        return $"test{Text(number)}";
    }

    private static string Text(int number)
    {
        return number.ToString(CultureInfo.InvariantCulture);
    }
}
