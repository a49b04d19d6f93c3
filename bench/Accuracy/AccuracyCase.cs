using CellStitch.Core.IO;
using CellStitch.Core.Stitching;
using CellStitch.Core.Synthesis;
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

    /// <summary>Real truth, masks that classical methods made.</summary>
    Classical,

    /// <summary>Truth and masks of our own generator: errors persist over layers, slices merge, false slices appear. Nothing was tuned on these.</summary>
    Fresh,

    /// <summary>The same with cells of one or two layers between thick ones.</summary>
    Flat,
}

/// <summary>A volume with known truth and masks to stitch.</summary>
/// <param name="Group">What it tests.</param>
/// <param name="Volume">Name of the volume.</param>
/// <param name="Level">Level of the errors in its masks.</param>
/// <param name="Truth">The true cells.</param>
/// <param name="Masks">The masks.</param>
internal sealed record AccuracyCase(CaseGroup Group, string Volume, string Level, LabelVolume Truth, MaskStacks Masks)
{
    // Fragments of true cells below the size filter of the method are no cells.
    private const int SmallestTrueCell = 15;

    private const ulong FirstSeed = 2001;

    // The rule for flat cells was chosen on seeds 2001 to 2003 of them.
    private const ulong FirstFlatSeed = 3001;
    private const int Seeds = 3;

    private static readonly string[] SyntheticVolumes =
        ["tissue_a4", "tissue_a8", "stacked_a4", "stacked_a8", "ellips_a4", "ellips_a8", "dense_nowall_a4", "stardist_synth"];

    // The half of the volumes that the constants of the method were chosen on; the others were looked at afterwards.
    private static readonly string[] ChosenOn = ["tissue_a4", "stacked_a8", "ellips_a4", "stardist", "ovule", "gland_20171204_1a", "mouse"];

    public bool ParametersChosenOnIt => ChosenOn.Any(name => Volume.StartsWith(name, StringComparison.Ordinal));

    /// <summary>The cases volume by volume, so that few are in memory at a time.</summary>
    /// <param name="accuracy">Folder of the accuracy set.</param>
    /// <param name="real">Folder of the real volumes.</param>
    public static IEnumerable<Func<IEnumerable<AccuracyCase>>> All(string accuracy, string real) =>
    [
        .. Folders(accuracy).Select(folder => (Func<IEnumerable<AccuracyCase>>)(() => OfSet(folder))),
        .. Folders(real).Where(folder => File.Exists(Path.Combine(folder, "masks2d_xy.tif")) && File.Exists(Path.Combine(folder, "labels.tif")))
            .Select(folder => (Func<IEnumerable<AccuracyCase>>)(() => [OfClassical(folder)])),
        .. from family in Enum.GetValues<CellFamily>()
           from seed in Enumerable.Range(0, Seeds)
           select (Func<IEnumerable<AccuracyCase>>)(() => Made(family, (family == CellFamily.Flat ? FirstFlatSeed : FirstSeed) + (ulong)seed)),
    ];

    private static IEnumerable<string> Folders(string folder) => Directory.GetDirectories(folder).Order(StringComparer.Ordinal);

    private static IEnumerable<AccuracyCase> OfSet(string folder)
    {
        string volume = Path.GetFileName(folder);
        bool synthetic = SyntheticVolumes.Contains(volume);
        LabelVolume truth = Read(Path.Combine(folder, "truth.tif"));
        if (!synthetic)
        {
            RemoveSmallCells(truth);
        }

        foreach (string path in Folders(folder))
        {
            string level = Path.GetFileName(path);
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

    private static AccuracyCase OfClassical(string folder)
    {
        LabelVolume truth = Read(Path.Combine(folder, "labels.tif"));
        RemoveSmallCells(truth);
        return new AccuracyCase(CaseGroup.Classical, Path.GetFileName(folder), "classical", truth, new MaskStacks(Masks("xy"), Masks("xz"), Masks("yz")));

        LabelVolume Masks(string projection) => Read(Path.Combine(folder, $"masks2d_{projection}.tif"));
    }

    private static IEnumerable<AccuracyCase> Made(CellFamily family, ulong seed)
    {
        var truth = LabelVolume.From(new CellTruth(new SynthOptions
        {
            Family = family,
            Cells = 150,
            Shape = new VolumeShape(32, 160, 160),
            Anisotropy = 4,
            Seed = seed,
        }));
        RemoveSmallCells(truth);
        foreach ((string level, MaskNoise noise) in new[] { ("light", MaskNoise.Light), ("heavy", MaskNoise.Heavy) })
        {
            LabelVolume Masks(MaskProjection projection) => SyntheticMasks.Make(truth, projection, noise, seed).Masks;
            var masks = new MaskStacks(Masks(MaskProjection.Xy), Masks(MaskProjection.Xz), Masks(MaskProjection.Yz));
            yield return new AccuracyCase(family == CellFamily.Flat ? CaseGroup.Flat : CaseGroup.Fresh, family.ToString().ToLowerInvariant(), level, truth, masks);
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
