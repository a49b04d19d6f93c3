using System.Text.Json;
using CellStitch.Core.IO;
using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;
using CellStitch.Tests;

namespace CellStitch.Core.Tests;

/// <summary>The golden cases (tests/golden/README.md); stardist_demo3d alone lies in the shared data, for its licence.</summary>
internal static class GoldenCases
{
    private static readonly JsonDocument ManifestFile = JsonDocument.Parse(File.ReadAllText(PathOf("manifest.json")));

    private static string Folder => Path.Combine(SharedData.RepositoryRoot, "tests", "golden");

    /// <summary>All 25 cases.</summary>
    public static IEnumerable<string> Names => ManifestFile.RootElement.GetProperty("cases").EnumerateObject().Select(entry => entry.Name);

    public static JsonElement Manifest(string name) => ManifestFile.RootElement.GetProperty("cases").GetProperty(name);

    /// <summary>One volume of a case, e.g. <c>Read("adv_split", "stitched")</c>.</summary>
    public static LabelVolume Read(string name, string what)
    {
        using TiffReader reader = TiffReader.Open(PathOf($"{name}_{what}.tif"));
        return LabelVolume.From(reader);
    }

    public static MaskStacks Stacks(string name) => new(Read(name, "xy"), Read(name, "xz"), Read(name, "yz"));

    public static string PathOf(string file)
    {
        string inRepository = Path.Combine(Folder, file);
        return File.Exists(inRepository) ? inRepository : SharedData.Beside("golden", file);
    }
}
