using System.CommandLine;
using CellStitch.Cli.Jobs;
using CellStitch.Cli.Local;

namespace CellStitch.Cli.Commands;

/// <summary><c>cellstitch host</c>: the function app on this machine.</summary>
internal sealed class HostCommand : CliCommand
{
    public const string PortOption = "--port";
    public const string DataOption = "--data";

    /// <summary>For a parent process: the host ends when its standard input does, however the parent ended.</summary>
    public const string StopWithInputOption = "--stop-with-input";

    // The embedded host reads it from the environment.
    private const string KeySetting = "EmbeddedHost__FunctionKey";

    // The port of the Azure Functions tools.
    private const int DefaultPort = 7071;

    private readonly Option<int> _port;
    private readonly Option<string> _data;
    private readonly Option<string?> _storage;
    private readonly Option<bool> _stopWithInput;

    public HostCommand()
        : base(
            "host",
            "Runs the function app on this machine, with a storage emulator of its own.",
            "cellstitch host",
            "cellstitch host --port 8080 --data ~/cellstitch",
            "cellstitch host --storage UseDevelopmentStorage=true")
    {
        _port = AddNumber(PortOption, DefaultPort, "Port of the API on 127.0.0.1; 0 for any that is free.", "port", atLeast: 0);
        _data = new Option<string>(DataOption)
        {
            HelpName = "FOLDER",
            Description = "Keeps the storage of the emulator.",
            DefaultValueFactory = _ => DataFolder.OfUser,
        };
        Add(_data);
        _storage = AddPath("--storage", "CONNECTION", "Connection string of another storage account; then no emulator is started.");
        _stopWithInput = AddSwitch(StopWithInputOption, "Also stops when the standard input ends.");
        _stopWithInput.Hidden = true;
    }

    protected override Work Read(ParseResult arguments)
    {
        int port = arguments.GetValue(_port);
        string data = arguments.GetRequiredValue(_data);
        string? storage = arguments.GetValue(_storage);
        bool stopWithInput = arguments.GetValue(_stopWithInput);
        return (terminal, cancellation) =>
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            if (stopWithInput)
            {
                StopWithInput(stop);
            }

            return Run(port, data, storage, terminal, stop.Token);
        };
    }

    private static int Run(int port, string data, string? storage, Terminal terminal, CancellationToken stop)
    {
        using DataFolder folder = DataFolder.Take(data);
        if (port == 0)
        {
            port = Ports.Free(1)[0];
        }
        else if (!Ports.IsFree(port))
        {
            throw new IOException($"Port {port} is taken by another program; choose another with {PortOption} (0: any that is free).");
        }

        // Azurite outlives the app: it stops when this block is left.
        using Azurite? azurite = storage is null
            ? folder.StartAzurite(AzuriteProgram.Find(AzuriteProgram.Home(), terminal.Error.WriteLine, stop), stop)
            : null;
        var record = new HostRecord
        {
            Url = $"http://127.0.0.1:{port}/api",
            Key = Environment.GetEnvironmentVariable(KeySetting),
            Storage = storage ?? azurite!.ConnectionString,
            ProcessId = Environment.ProcessId,
            Azurite = azurite?.Record,
        };
        folder.Write(record);
        var settings = new Dictionary<string, string>
        {
            ["AzureWebJobsStorage"] = record.Storage,
            ["DataStorage"] = record.Storage,
        };
        FunctionApp.Run([PortOption, $"{port}"], settings, () => Announce(record, data, terminal.Output), stop);
        if (!stop.IsCancellationRequested)
        {
            throw new IOException("The function app stopped by itself; its last lines above say why.");
        }

        return ExitCode.Done;
    }

    private static void Announce(HostRecord record, string data, TextWriter to)
    {
        to.WriteLine("The host runs; Ctrl-C stops it.");
        TextTable.Write(
            to,
            [
                ["API", record.Url],
                ["drop folder", $"{new StorageFiles(record.Storage).Drop}: cellstitch submit FOLDER --job NAME"],
                .. record.Azurite is null ? [] : new object[][] { ["storage", record.Storage], ["data", Path.GetFullPath(data)] },
            ]);
    }

    // On a thread of its own: reading a console cannot be cancelled.
    private static void StopWithInput(CancellationTokenSource stop)
    {
        var reader = new Thread(() =>
        {
            using Stream input = Console.OpenStandardInput();
            byte[] buffer = new byte[256];
            while (input.Read(buffer) > 0)
            {
            }

            stop.Cancel();
        })
        { IsBackground = true };
        reader.Start();
    }
}
