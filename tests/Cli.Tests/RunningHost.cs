using CellStitch.Cli.Local;

namespace CellStitch.Cli.Tests;

/// <summary>A <c>cellstitch host</c> for the tests of a class.</summary>
public sealed class RunningHost : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly HostProcess _host;

    public RunningHost()
    {
        _host = HostProcess.Start(_scratch.Folder, CancellationToken.None);
    }

    public string Data => _scratch.Folder;

    internal HostRecord Record => DataFolder.ReadRecord(Data)!;

    public void Dispose()
    {
        _host.Dispose();
        _scratch.Dispose();
    }
}
