using System.Text.Json;
using CellStitch.Core.IO;
using CellStitch.Core.Volumes;

namespace CellStitch.Compare;

/// <summary>A raw stack with its true cells.</summary>
internal sealed record VolumeSet
{
    private const string RawFile = "raw.tif";

    // Names of the truth and of masks made by somebody else, the first that is there.
    private static readonly string[] TruthFiles = ["labels.tif", "truth.tif"];
    private static readonly string[] MaskFiles = ["masks2d_{0}.tif", "{0}.tif"];

    /// <summary>Name of its folder.</summary>
    public required string Name { get; init; }

    /// <summary>What is known of it.</summary>
    public required SetFacts Facts { get; init; }

    public required string Raw { get; init; }

    public required string Truth { get; init; }

    /// <summary>Files of XY, XZ and YZ masks made by another segmenter; empty where there are none.</summary>
    public IReadOnlyList<string> Masks { get; init; } = [];

    /// <summary>Shape of the stack.</summary>
    public required VolumeShape Shape { get; init; }

    /// <summary>Voxel size in µm, or in pixels of a layer where only the anisotropy is known.</summary>
    public required VoxelSize VoxelSize { get; init; }

    /// <summary>Median diameter of the true cells in the layers, in pixels: of discs of the areas of their slices.</summary>
    public required double DiameterPx { get; init; }

    /// <summary>Number of true cells in all layers.</summary>
    public required int TrueCells { get; init; }

    /// <summary>The sets of a folder: every folder in it that holds a raw stack and a truth.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="facts">What is known of sets that say nothing of themselves, by name.</param>
    public static IEnumerable<VolumeSet> In(string folder, IReadOnlyDictionary<string, SetFacts> facts)
    {
        foreach (string set in Directory.GetDirectories(folder).Order(StringComparer.Ordinal))
        {
            string raw = Path.Combine(set, RawFile);
            string? truth = TruthFiles.Select(file => Path.Combine(set, file)).FirstOrDefault(File.Exists);
            if (File.Exists(raw) && truth is not null)
            {
                yield return Open(set, raw, truth, facts);
            }
        }
    }

    private static VolumeSet Open(string folder, string raw, string truth, IReadOnlyDictionary<string, SetFacts> known)
    {
        string name = Path.GetFileName(folder);
        string own = Path.Combine(folder, SetFacts.File);
        SetFacts facts = File.Exists(own) ? JsonSerializer.Deserialize<SetFacts>(File.ReadAllBytes(own), SetFacts.Json)! : known.GetValueOrDefault(name) ?? new SetFacts();
        using RawReader stack = RawReader.Open(raw, facts.Channel);
        using TiffReader labels = TiffReader.Open(truth);
        (double diameter, int cells) = TrueCellMeasures.Of(labels);
        return new VolumeSet
        {
            Name = name,
            Facts = facts,
            Raw = Path.GetFullPath(raw),
            Truth = Path.GetFullPath(truth),
            Masks = MaskFiles.Select(pattern => (string[])[.. ProjectionNames.Select(projection => Path.GetFullPath(Path.Combine(folder, string.Format(null, pattern, projection))))])
                .FirstOrDefault(files => files.All(File.Exists)) ?? [],
            Shape = stack.Shape,
            VoxelSize = facts.VoxelUm is [double z, double y, double x] ? new VoxelSize(z, y, x)
                : facts.Anisotropy is { } anisotropy ? new VoxelSize(anisotropy, 1, 1)
                : stack.VoxelSize ?? new VoxelSize(1, 1, 1),
            DiameterPx = diameter,
            TrueCells = cells,
        };
    }

    /// <summary>Names of the stacks of masks, as in their files.</summary>
    public static IReadOnlyList<string> ProjectionNames { get; } = ["xy", "xz", "yz"];
}

/// <summary>What is known of a set: set.json in its folder, or an entry of bench/Compare/sets.json.</summary>
internal sealed record SetFacts
{
    public const string File = "set.json";

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>What the stack shows.</summary>
    public string Contents { get; init; } = "not stated";

    /// <summary>Distance of layers / distance of pixels, where no voxel size is known.</summary>
    public double? Anisotropy { get; init; }

    /// <summary>Voxel size in µm: z, y, x; else the raw file's.</summary>
    public IReadOnlyList<double>? VoxelUm { get; init; }

    /// <summary>Channel of the raw stack that shows the cells, from 1.</summary>
    public int? Channel { get; init; }

    /// <summary>What a reader of the figures should know.</summary>
    public string Note { get; init; } = "";
}
