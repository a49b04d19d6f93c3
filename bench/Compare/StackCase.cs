using CellStitch.Core.IO;
using CellStitch.Core.Volumes;
using CellStitch.Segmentation.Stacks;

namespace CellStitch.Compare;

/// <summary>A set of which every nth layer is kept.</summary>
/// <param name="Set">The set.</param>
/// <param name="Step">Which layers: 1 keeps all.</param>
/// <param name="Work">Folder of the results.</param>
internal sealed record StackCase(VolumeSet Set, int Step, string Work)
{
    /// <summary>Slices that are worked on at once.</summary>
    public const int Threads = 2;

    // Fragments of true cells below the size filter of the method are no cells.
    private const int SmallestTrueCell = 15;

    public string Folder => Path.Combine(Work, Set.Name, $"z{Step}");

    public double Anisotropy => Set.VoxelSize.Anisotropy * Step;

    public EveryNthRaw OpenRaw() => new(RawReader.Open(Set.Raw, Set.Facts.Channel), Step, Set.VoxelSize);

    /// <summary>Options of a segmentation with the diameter known, as is usual in comparisons.</summary>
    public SegmentationOptions Options(SegmentationMethod method) => new() { Method = method, Diameter = Set.DiameterPx, Anisotropy = Anisotropy };

    /// <summary>The true cells in the layers that are kept.</summary>
    public LabelVolume Truth()
    {
        using var kept = new EveryNthLabels(TiffReader.Open(Set.Truth), Step);
        var truth = LabelVolume.From(kept);
        var voxels = truth.Voxels.ToArray().CountBy(label => label).ToDictionary();
        foreach (ref uint voxel in truth.Voxels)
        {
            voxel = voxels[voxel] < SmallestTrueCell ? 0 : voxel;
        }

        return truth;
    }
}
