using System.Text;
using Azure.Storage.Blobs;
using CellStitch.Cli.Jobs;
using CellStitch.Cli.Local;
using CellStitch.Tests;

namespace CellStitch.Cli.Tests.Local;

public sealed class AzuriteTests : IDisposable
{
    private readonly Scratch _scratch = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static AzuriteProgram Program => AzuriteProgram.Find(AzuriteProgram.Home(), line => TestContext.Current.SendDiagnosticMessage(line), Cancellation);

    [Fact]
    public void Home_InAClone_IsTheRepository()
    {
        Assert.Equal(Path.TrimEndingDirectorySeparator(SharedData.RepositoryRoot), AzuriteProgram.Home());
    }

    [Fact]
    public void Find_Installed_IsTheVersionOfTheLockFile()
    {
        AzuriteProgram program = Program;

        Assert.True(File.Exists(program.Script));
        Assert.True(AzuriteProgram.IsInstalled(AzuriteProgram.Home()));
        Assert.Contains($"\"azurite\": \"{AzuriteProgram.PinnedVersion()}\"", File.ReadAllText(Path.Combine(AzuriteProgram.Home(), "package.json")));
    }

    [Fact]
    public void IsInstalled_InterruptedInstallation_IsFalse()
    {
        string script = Path.Combine(_scratch.Folder, "node_modules", "azurite", "dist", "src", "azurite.js");
        Directory.CreateDirectory(Path.GetDirectoryName(script)!);
        File.WriteAllText(script, "");

        Assert.False(AzuriteProgram.IsInstalled(_scratch.Folder));
    }

    [Fact]
    public void Start_AgainAfterDispose_KeepsWhatWasAcknowledgedAndThePorts()
    {
        using DataFolder folder = DataFolder.Take(_scratch["data"]);
        AzuritePorts ports;
        using (Azurite first = folder.StartAzurite(Program, Cancellation))
        {
            ports = first.ListensAt;
            Note(folder, first);
            new StorageFiles(first.ConnectionString).Upload("job", "xy.tif", new MemoryStream("cells"u8.ToArray()), new Progress<long>(), Cancellation);
        }

        using Azurite second = folder.StartAzurite(Program, Cancellation);

        Assert.Equal(ports, second.ListensAt);
        BinaryData kept = new BlobClient(second.ConnectionString, "drop", "job/xy.tif").DownloadContent(Cancellation).Value.Content;
        Assert.Equal("cells", Encoding.UTF8.GetString(kept));
    }

    [Fact]
    public void Start_PortTaken_SaysSo()
    {
        using DataFolder folder = DataFolder.Take(_scratch["data"]);
        using Azurite first = folder.StartAzurite(Program, Cancellation);

        IOException refusal = Assert.Throws<IOException>(() => Azurite.Start(Program, _scratch["other"], first.ListensAt, Cancellation));

        Assert.Contains("EADDRINUSE", refusal.Message);
    }

    [Fact]
    public void Take_FolderOfAnotherHost_NamesIt()
    {
        using DataFolder folder = DataFolder.Take(_scratch["data"]);
        folder.Write(new HostRecord { Url = "http://127.0.0.1:7071/api", Storage = "", ProcessId = 4711 });

        IOException refusal = Assert.Throws<IOException>(() => DataFolder.Take(_scratch["data"]));

        Assert.Contains("process 4711, http://127.0.0.1:7071/api", refusal.Message);
        Assert.Contains("--data", refusal.Message);
    }

    [Fact]
    public void Take_FolderOfAHostThatEnded_IsFree()
    {
        DataFolder.Take(_scratch["data"]).Dispose();

        DataFolder.Take(_scratch["data"]).Dispose();
    }

    public void Dispose() => _scratch.Dispose();

    private static void Note(DataFolder folder, Azurite azurite)
    {
        folder.Write(new HostRecord { Url = "http://127.0.0.1:1/api", Storage = azurite.ConnectionString, ProcessId = 1, Azurite = azurite.Record });
    }
}
