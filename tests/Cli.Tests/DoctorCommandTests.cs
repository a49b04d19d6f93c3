using CellStitch.Cli.Local;

namespace CellStitch.Cli.Tests;

public sealed class DoctorCommandTests : IDisposable
{
    private readonly Scratch _scratch = new();

    [Fact]
    public void Doctor_NoHostYet_SaysHowToStartOneAndIsNoProblem()
    {
        Run run = Run.Done("doctor", "--data", _scratch["data"]);

        Assert.Contains("cellstitch host", Line(run, "host"));
        Assert.StartsWith("ok", Line(run, "Node.js"));
        Assert.StartsWith("ok", Line(run, "disk"));
        Assert.Empty(_scratch.Names);
    }

    [Fact]
    public void Doctor_HostThatEnded_IsNoProblem()
    {
        int nobody = Ports.Free(1)[0];
        using (DataFolder folder = DataFolder.Take(_scratch.Folder))
        {
            folder.Write(new HostRecord { Url = $"http://127.0.0.1:{nobody}/api", Storage = Nobodys(nobody), ProcessId = 1 });
        }

        Run run = Run.Done("doctor", "--data", _scratch.Folder);

        Assert.StartsWith("-", Line(run, "API"));
        Assert.StartsWith("-", Line(run, "storage"));
    }

    [Fact]
    public void Doctor_AddressesGivenThatDoNotAnswer_AreProblems()
    {
        int nobody = Ports.Free(1)[0];

        Run run = Run.Of("doctor", "--url", $"http://127.0.0.1:{nobody}", "--storage", Nobodys(nobody));

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.StartsWith("problem", Line(run, "API"));
        Assert.Contains($"Nobody answers at http://127.0.0.1:{nobody}/api/", Line(run, "API"));
        Assert.StartsWith("problem", Line(run, "storage"));
    }

    [Fact]
    public void Doctor_ConnectionStringThatIsNone_SaysSoWithoutRepeatingIt()
    {
        Run run = Run.Of("doctor", "--storage", "secret");

        Assert.Contains("cannot be read", Line(run, "storage"));
        Assert.DoesNotContain("secret", run.Output);
    }

    public void Dispose() => _scratch.Dispose();

    private static string Line(Run run, string what) => run.Output.Split('\n').Single(line => line.Contains($" {what} "));

    private static string Nobodys(int port) =>
        $"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=bm9uZQ==;BlobEndpoint=http://127.0.0.1:{port}/devstoreaccount1";
}
