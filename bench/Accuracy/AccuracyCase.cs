using CellStitch.Core.IO;
using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;

namespace CellStitch.Accuracy;

/// <summary>What a case tests.</summary>
internal enum CaseGroup
{
    /// <summary>Synthetic truth, masks with simulated errors.</summary>
    Synthetic,

    /// <summary>Real truth, masks with simulated errors.</summary>
    Real,

    /// <summary>Real truth, masks that a network made.</summary>
    Net,

    /// <summary>Synthetic truth, badly segmented projections.</summary>
    Poor,

    /// <summary>Synthetic truth, no projections.</summary>
    Absent,
}

/// <summary>A volume with known truth and masks to stitch.</summary>
/// <param name="Group">What it tests.</param>
/// <param name="Volume">Name of the volume.</param>
/// <param name="Level">Level of the errors in its masks.</param>
/// <param name="Truth">The true cells.</param>
/// <param name="Masks">The masks.</param>
internal sealed record AccuracyCase(CaseGroup Group, string Volume, string Level, LabelVolume Truth, MaskStacks Masks)
{
    // ALGORITHM.md's evaluation: fragments of true cells below the size filter of the method are no cells.
    private const int SmallestTrueCell = 15;

    private static readonly string[] SyntheticVolumes =
        ["tissue_a4", "tissue_a8", "stacked_a4", "stacked_a8", "ellips_a4", "ellips_a8", "dense_nowall_a4", "stardist_synth"];

    /// <summary>The volumes of a set by kind, and every case of one of them.</summary>
    public static IEnumerable<Func<IEnumerable<AccuracyCase>>> All(string folder) =>
        Directory.GetDirectories(folder).Order(StringComparer.Ordinal).Select(volume => (Func<IEnumerable<AccuracyCase>>)(() => Of(volume)));

    private static IEnumerable<AccuracyCase> Of(string folder)
    {
        string volume = Path.GetFileName(folder);
        bool synthetic = SyntheticVolumes.Contains(volume);
        LabelVolume truth = Read(Path.Combine(folder, "truth.tif"));
        if (!synthetic)
        {
            RemoveSmallCells(truth);
        }

        foreach (string level in Directory.GetDirectories(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal))
        {
            string path = Path.Combine(folder, level);
            LabelVolume xy = Read(Path.Combine(path, "xy.tif"));
            var masks = new MaskStacks(xy, Read(Path.Combine(path, "xz.tif")), Read(Path.Combine(path, "yz.tif")));
            CaseGroup group = level switch
            {
                "net" => CaseGroup.Net,
                "poor" => CaseGroup.Poor,
                _ => synthetic ? CaseGroup.Synthetic : CaseGroup.Real,
            };
            yield return new AccuracyCase(group, volume, level, truth, masks);
            if (group == CaseGroup.Poor)
            {
                yield return new AccuracyCase(CaseGroup.Absent, volume, "absent", truth, new MaskStacks(xy));
            }
        }
    }

    private static LabelVolume Read(string path)
    {
        using TiffReader reader = TiffReader.Open(path);
        return LabelVolume.From(reader);
    }

    private static void RemoveSmallCells(LabelVolume truth)
    {
        var voxels = new Dictionary<uint, int>();
        foreach (uint label in truth.Voxels)
        {
            voxels[label] = voxels.GetValueOrDefault(label) + 1;
        }

        foreach (ref uint voxel in truth.Voxels)
        {
            voxel = voxels[voxel] < SmallestTrueCell ? 0 : voxel;
        }
    }
}
