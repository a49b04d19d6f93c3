using CellStitch.Cli.Tests;

[assembly: AssemblyFixture(typeof(SmallVolume))]

namespace CellStitch.Cli.Tests;

/// <summary>A synthetic volume that all tests read: three different sides, so that axis orders can be told apart.</summary>
public sealed class SmallVolume : IDisposable
{
    private readonly Scratch _scratch = new();

    public SmallVolume()
    {
        Run.Done("synth", "-o", _scratch.Folder, "--cells", "12", "--shape", "10x48x40", "--anisotropy", "3", "--seed", "5");
    }

    public string Truth => _scratch["truth.tif"];

    public string Xy => _scratch["xy.tif"];

    public string Xz => _scratch["xz.tif"];

    public string Yz => _scratch["yz.tif"];

    public void Dispose() => _scratch.Dispose();
}
