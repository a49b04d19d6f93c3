using System.Text.Json;
using CellStitch.Core.IO;
using CellStitch.Core.Synthesis;
using CellStitch.Core.Volumes;

namespace CellStitch.Compare;

/// <summary>Rendered stacks of synthetic cells, as <c>cellstitch synth --raw</c> makes them.</summary>
internal static class SyntheticSets
{
    // About 29 pixels across, near the network's nominal 30, and 48 layers to thin out.
    private const int Cells = 60;
    private const ulong Seed = 7001;

    private static readonly CellFamily[] Families = [CellFamily.Tissue, CellFamily.Stacked, CellFamily.Ellipsoids];

    /// <summary>Makes the sets in a folder.</summary>
    public static void Make(string folder)
    {
        foreach (CellFamily family in Families)
        {
            var options = new SynthOptions { Family = family, Cells = Cells, Shape = new VolumeShape(48, 128, 128), Anisotropy = 1, Seed = Seed };
            string set = Directory.CreateDirectory(Path.Combine(folder, $"synthetic_{family.ToString().ToLowerInvariant()}")).FullName;
            var truth = LabelVolume.From(new CellTruth(options));
            LabelFile.Write(Path.Combine(set, "truth.tif"), truth);
            using (TiffWriter raw = TiffWriter.Create(Path.Combine(set, "raw.tif"), StackCase.Threads))
            {
                RawRendering.Write(truth, options.Stain, Seed, raw);
            }

            var facts = new SetFacts { Contents = $"rendered {options.Stain.ToString().ToLowerInvariant()} of synthetic cells", Anisotropy = 1, Note = "`synth --raw`" };
            File.WriteAllBytes(Path.Combine(set, SetFacts.File), JsonSerializer.SerializeToUtf8Bytes(facts, SetFacts.Json));
        }
    }
}
