using System.Globalization;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;

namespace CellStitch.Core.IO;

/// <summary>Where a voxel size was found.</summary>
public enum VoxelSizeSource
{
    /// <summary>The file states none.</summary>
    None,

    /// <summary>PhysicalSizeX, Y, Z of the OME-XML.</summary>
    Ome,

    /// <summary>ImageJ's description (spacing, unit) with the resolution tags.</summary>
    ImageJ,

    /// <summary>The resolution tags alone; they know nothing of z.</summary>
    ResolutionTags,
}

/// <summary>What the image descriptions of the first page say about axes and voxel size.</summary>
internal sealed record TiffMetadata
{
    /// <summary>Layers, channels and time frames; null when no description states them.</summary>
    public (int Layers, int Channels, int Frames)? Axes { get; init; }

    /// <summary>Who states the axes, for messages.</summary>
    public string AxesFrom { get; init; } = "";

    /// <summary>The further pages follow the first without directories of their own, where there is only one directory.</summary>
    public bool MayBeContiguous { get; init; }

    /// <summary>Written by ImageJ (or for it): a palette is then a display table and the pixels are plain numbers.</summary>
    public bool IsImageJ { get; init; }

    /// <summary>Edge lengths of a voxel in µm; each null when not stated.</summary>
    public (double? ZUm, double? YUm, double? XUm) SpacingUm { get; init; }

    /// <summary>Where the edge lengths were found.</summary>
    public VoxelSizeSource SpacingFrom { get; init; }

    /// <summary>Why the axes cannot be used although they are stated, e.g. planes in another order; null when they can.</summary>
    public string? AxesFault { get; init; }

    /// <summary>What was passed over.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Reads the descriptions of the first directory, in the order in which they are trusted: OME-XML, ImageJ, tifffile's JSON.</summary>
    public static TiffMetadata From(TiffDirectory first, TiffLimits limits)
    {
        string[] texts = [.. first.Descriptions.Select(entry => first.Text(entry, limits).Trim())];
        var warnings = new List<string>();
        (double? y, double? x) = InPlane(first);
        TiffMetadata? imageJ = texts.Where(text => text.StartsWith("ImageJ=", StringComparison.Ordinal))
            .Select(text => FromImageJ(text, y, x, first)).FirstOrDefault();
        TiffMetadata? ome = texts.Where(text => text.EndsWith("OME>", StringComparison.Ordinal))
            .Select(text => FromOme(text, warnings)).FirstOrDefault(metadata => metadata is not null);
        TiffMetadata? shaped = texts.Where(text => text.StartsWith('{'))
            .Select(FromShape).FirstOrDefault(metadata => metadata is not null);
        TiffMetadata stated = ome ?? imageJ ?? shaped ?? new TiffMetadata();
        if (stated.SpacingFrom == VoxelSizeSource.None && imageJ is not null && imageJ.SpacingFrom != VoxelSizeSource.None)
        {
            stated = stated with { SpacingUm = imageJ.SpacingUm, SpacingFrom = imageJ.SpacingFrom };
        }

        if (stated.SpacingFrom == VoxelSizeSource.None && UmPerUnit(first.Integer(TiffTag.ResolutionUnit, 2)) is double um && (y ?? x) is not null)
        {
            stated = stated with { SpacingUm = (null, Usable(y * um), Usable(x * um)), SpacingFrom = VoxelSizeSource.ResolutionTags };
        }

        return stated with { IsImageJ = imageJ is not null, Warnings = warnings };
    }

    /// <summary>Resolution unit per pixel, from the resolution tags (which state pixels per unit).</summary>
    private static (double? Y, double? X) InPlane(TiffDirectory first) =>
        (1 / first.Rational(TiffTag.YResolution), 1 / first.Rational(TiffTag.XResolution));

    private static double? UmPerUnit(long resolutionUnit) => resolutionUnit switch { 2 => 25_400, 3 => 10_000, _ => null };

    private static double? Usable(double? lengthUm) => lengthUm is double um && um > 0 && double.IsFinite(um) ? um : null;

    /// <summary>Micrometres per unit of length; null for what is no length (pixel, reference frame).</summary>
    private static double? UmPer(string unit) => unit.Trim() switch
    {
        "µm" or "μm" or "um" or "\\u00B5m" or "micron" or "microns" or "micrometer" or "micrometre" => 1,
        "nm" or "nanometer" => 1e-3,
        "pm" => 1e-6,
        "Å" or "A" or "angstrom" => 1e-4,
        "mm" or "millimeter" => 1e3,
        "cm" or "centimeter" => 1e4,
        "m" or "meter" => 1e6,
        "inch" or "in" => 25_400,
        _ => null,
    };

    private static TiffMetadata FromImageJ(string text, double? y, double? x, TiffDirectory first)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in text.Split('\n'))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                fields.TryAdd(line[..equals].Trim(), line[(equals + 1)..].Trim());
            }
        }

        int images = Whole("images", 1);
        int channels = Whole("channels", 1);
        int frames = Whole("frames", 1);
        int layers = Whole("slices", 0);
        if (layers == 0)
        {
            // ImageJ leaves out what is 1; a plain stack may state only the number of images.
            layers = (int)Math.Max(1, images / ((long)channels * frames));
        }

        bool agrees = (double)layers * channels * frames == images;
        double? um = fields.TryGetValue("unit", out string? unit) ? UmPer(unit) : UmPerUnit(first.Integer(TiffTag.ResolutionUnit, 2));
        double? spacing = fields.TryGetValue("spacing", out string? z)
            && double.TryParse(z, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? Math.Abs(value) : null;
        var spacingUm = (Usable(spacing * um), Usable(y * um), Usable(x * um));
        return new TiffMetadata
        {
            Axes = (layers, channels, frames),
            AxesFrom = "ImageJ's description",
            AxesFault = agrees ? null : $"ImageJ's description states {images} images but {layers} slices, {channels} channels and {frames} frames.",
            MayBeContiguous = images > 1,
            SpacingUm = spacingUm,
            SpacingFrom = spacingUm is (null, null, null) ? VoxelSizeSource.None : VoxelSizeSource.ImageJ,
        };

        int Whole(string key, int missing) =>
            fields.TryGetValue(key, out string? number) && int.TryParse(number, CultureInfo.InvariantCulture, out int count) && count > 0
                ? count : missing;
    }

    private static TiffMetadata? FromOme(string text, List<string> warnings)
    {
        XElement root;
        try
        {
            // No DTD and no resolver: an entity could otherwise expand without bound or read other files.
            var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
            using var reader = XmlReader.Create(new StringReader(text), settings);
            root = XElement.Load(reader);
        }
        catch (XmlException)
        {
            warnings.Add("The OME-XML is not well-formed and was passed over.");
            return null;
        }

        XElement[] images = [.. root.Descendants().Where(element => element.Name.LocalName == "Pixels")];
        if (images.Length == 0)
        {
            warnings.Add("The OME-XML describes no image and was passed over.");
            return null;
        }

        XElement pixels = images[0];
        (int layers, int channels, int frames) = (Size("SizeZ"), Size("SizeC"), Size("SizeT"));
        var spacingUm = (Length("PhysicalSizeZ"), Length("PhysicalSizeY"), Length("PhysicalSizeX"));
        return new TiffMetadata
        {
            Axes = (layers, channels, frames),
            AxesFrom = "the OME-XML",
            AxesFault = images.Length > 1
                ? $"the OME-XML describes {images.Length} images; expected one stack."
                : ReordersPlanes(pixels) ? "the OME-XML stores the planes in another order or in other files; expected plane z in page z." : null,
            SpacingUm = spacingUm,
            SpacingFrom = spacingUm is (null, null, null) ? VoxelSizeSource.None : VoxelSizeSource.Ome,
        };

        int Size(string name) =>
            int.TryParse(pixels.Attribute(name)?.Value, CultureInfo.InvariantCulture, out int size) && size > 0 ? size : 1;

        double? Length(string name)
        {
            string? unit = pixels.Attribute(name + "Unit")?.Value;
            return double.TryParse(pixels.Attribute(name)?.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double length)
                ? Usable(length * (unit is null ? 1 : UmPer(unit))) : null;
        }
    }

    /// <summary>Whether a TiffData element puts a plane elsewhere than page z (relevant for stacks of one channel and one frame only).</summary>
    private static bool ReordersPlanes(XElement pixels)
    {
        string? file = null;
        foreach (XElement data in pixels.Elements().Where(element => element.Name.LocalName == "TiffData"))
        {
            string ifd = data.Attribute("IFD")?.Value ?? "0";
            if (ifd != (data.Attribute("FirstZ")?.Value ?? "0") && pixels.Attribute("SizeC")?.Value is null or "1" && pixels.Attribute("SizeT")?.Value is null or "1")
            {
                return true;
            }

            string? uuid = data.Elements().FirstOrDefault(element => element.Name.LocalName == "UUID")?.Value.Trim();
            file ??= uuid;
            if (uuid != file)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>tifffile's own description: <c>{"shape": [16, 512, 512]}</c>, with <c>"truncated": true</c> when only one directory was written.</summary>
    private static TiffMetadata? FromShape(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            if (!json.RootElement.TryGetProperty("shape", out JsonElement shape) || shape.ValueKind != JsonValueKind.Array)
            {
                return null;
            }

            int[] sizes = [.. shape.EnumerateArray().Select(size => size.ValueKind == JsonValueKind.Number && size.TryGetInt32(out int n) ? n : 0)];
            // Mesmer's masks have one channel as the last axis.
            int[] leading = [.. (sizes is [_, _, _, .., 1] ? sizes.SkipLast(1) : sizes).SkipLast(2).Where(size => size != 1)];
            bool truncated = json.RootElement.TryGetProperty("truncated", out JsonElement flag) && flag.ValueKind == JsonValueKind.True;
            return leading switch
            {
                _ when sizes.Length < 2 || sizes.Any(size => size < 1) => null,
                [] => new TiffMetadata { Axes = (1, 1, 1), AxesFrom = "tifffile's shape" },
                [int layers] => new TiffMetadata { Axes = (layers, 1, 1), AxesFrom = "tifffile's shape", MayBeContiguous = truncated },
                _ => new TiffMetadata { AxesFault = $"{sizes.Length} axes ({string.Join(" × ", sizes)}); expected a stack (z, y, x)." },
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
