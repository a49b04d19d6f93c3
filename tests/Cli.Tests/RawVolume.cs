using CellStitch.Cli.Tests;
using CellStitch.Core.Volumes;

[assembly: AssemblyFixture(typeof(RawVolume))]

namespace CellStitch.Cli.Tests;

/// <summary>A rendered stack of membranes with known cells: cells of about 24 pixels, so that a few fit into little.</summary>
public sealed class RawVolume : IDisposable
{
    private readonly Scratch _scratch = new();

    public RawVolume()
    {
        Run.Done("synth", "-o", _scratch.Folder, "--cells", "60", "--shape", "12x112x96", "--anisotropy", "3", "--seed", "7", "--raw");
    }

    public string Raw => _scratch["raw.tif"];

    public string Truth => _scratch["truth.tif"];

    public void Dispose() => _scratch.Dispose();
}

/// <summary>How much of the truth masks find, slice by slice.</summary>
internal static class SliceRecall
{
    /// <summary>Share of the true cell slices of at least 40 pixels that a mask covers with an IoU of at least one half.</summary>
    public static double Of(LabelVolume truth, LabelVolume masks, VolumeAxis axis)
    {
        const int LeastPixels = 40;
        var both = new Dictionary<(int Slice, uint Cell, uint Mask), int>();
        var cells = new Dictionary<(int Slice, uint Cell), int>();
        var found = new Dictionary<(int Slice, uint Mask), int>();
        for (int i = 0; i < truth.Voxels.Length; i++)
        {
            (int z, int y, int x) = (i / truth.Shape.LayerPixels, i / truth.Shape.Width % truth.Shape.Height, i % truth.Shape.Width);
            int slice = axis switch { VolumeAxis.Z => z, VolumeAxis.Y => y, _ => x };
            (uint cell, uint mask) = (truth.Voxels[i], masks.Voxels[i]);
            cells[(slice, cell)] = cells.GetValueOrDefault((slice, cell)) + 1;
            found[(slice, mask)] = found.GetValueOrDefault((slice, mask)) + 1;
            both[(slice, cell, mask)] = both.GetValueOrDefault((slice, cell, mask)) + 1;
        }

        int hits = both.Count(pair =>
            pair.Key.Cell != 0 && pair.Key.Mask != 0 && cells[(pair.Key.Slice, pair.Key.Cell)] >= LeastPixels
            && 2 * pair.Value >= cells[(pair.Key.Slice, pair.Key.Cell)] + found[(pair.Key.Slice, pair.Key.Mask)] - pair.Value);
        return (double)hits / cells.Count(cell => cell.Key.Cell != 0 && cell.Value >= LeastPixels);
    }
}
