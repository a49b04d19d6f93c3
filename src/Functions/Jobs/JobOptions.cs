using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using CellStitch.Core.Interpolation;
using CellStitch.Core.IO;
using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;
using CellStitch.Segmentation.Stacks;

namespace CellStitch.Functions.Jobs;

/// <summary>How the projections are stored, as in job.json.</summary>
/// <param name="Xz">Axis order of xz.tif; by its dimensions when null.</param>
/// <param name="Yz">Axis order of yz.tif; by its dimensions when null.</param>
public sealed record ProjectionAxes(AxisOrder? Xz = null, AxisOrder? Yz = null);

/// <summary>The options of a job (docs/formats.md): job.json over defaults.json. What is not given stays null.</summary>
public sealed record JobOptions
{
    /// <summary>What belongs to the job; it starts at once when all of them are there.</summary>
    public IReadOnlyList<string>? Files { get; init; }

    /// <summary><see cref="StitchOptions.Profile"/>.</summary>
    public StitchProfile? Profile { get; init; }

    /// <summary><see cref="StitchOptions.RejectionThreshold"/>.</summary>
    public double? RejectionThreshold { get; init; }

    /// <summary><see cref="StitchOptions.MinimumVolume"/>.</summary>
    public int? MinimumVolume { get; init; }

    /// <summary><see cref="StitchOptions.DropFragments"/>.</summary>
    public bool? DropFragments { get; init; }

    /// <summary><see cref="StitchOptions.Repair"/>.</summary>
    public bool? Repair { get; init; }

    /// <summary><see cref="StitchOptions.MaximumGap"/>.</summary>
    public int? MaximumGap { get; init; }

    /// <summary><see cref="StitchOptions.Direction"/>.</summary>
    public StitchDirection? Direction { get; init; }

    /// <summary><see cref="StitchOptions.SingleLayer"/>.</summary>
    public SingleLayerRule? SingleLayer { get; init; }

    /// <summary><see cref="StitchOptions.Solver"/>.</summary>
    public TransportSolver? Solver { get; init; }

    /// <summary>Voxel size; else from xy.tif.</summary>
    public VoxelEdges? VoxelSizeUm { get; init; }

    /// <summary>z spacing over spacing in the plane; else from the voxel size.</summary>
    public double? Anisotropy { get; init; }

    /// <summary>Whether labels_isotropic.tif is made where the anisotropy is known and above 1; true unless set.</summary>
    public bool? Interpolate { get; init; }

    /// <summary>Most units (a cell between two layers) of an activity of the interpolation; does not change the result.</summary>
    public int? PairsPerActivity { get; init; }

    /// <summary>How the projections are stored.</summary>
    public ProjectionAxes? Axes { get; init; }

    /// <summary>Channel of the raw stack, from 1.</summary>
    public int? Channel { get; init; }

    /// <summary><see cref="SegmentationOptions.Diameter"/>.</summary>
    public double? Diameter { get; init; }

    /// <summary><see cref="SegmentationOptions.Contrast"/>.</summary>
    public double? Contrast { get; init; }

    /// <summary><see cref="SegmentationOptions.Method"/>.</summary>
    public SegmentationMethod? Method { get; init; }

    /// <summary>File of a network in <c>drop/models/</c>.</summary>
    public string? Model { get; init; }

    /// <summary>Voxels of a block, about; the job is then always cut into blocks, however small it is.</summary>
    public long? BlockVoxels { get; init; }

    /// <summary>Is told when the job has ended.</summary>
    public Uri? Webhook { get; init; }

    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNameCaseInsensitive = false,
        // The files are for people too: "+" and "µ" as they are.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.Strict,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        AllowTrailingCommas = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        // Axis orders are written as in the field, ZYX; the other choices in camel case. Numbers are no names.
        Converters = { new JsonStringEnumConverter<AxisOrder>(allowIntegerValues: false), new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    private static readonly string[] Known = [.. Json.GetTypeInfo(typeof(JobOptions)).Properties.Select(property => property.Name)];

    /// <summary>Reads job.json over defaults.json.</summary>
    /// <param name="defaults">Bytes of defaults.json, if there is one.</param>
    /// <param name="job">Bytes of job.json, if there is one.</param>
    /// <exception cref="RunFaultException">A file is no JSON object, has an unknown option, or a value out of range.</exception>
    public static JobOptions Read(BinaryData? defaults, BinaryData? job)
    {
        var merged = new JsonObject();
        foreach ((string file, BinaryData? bytes) in new[] { (DropFile.Defaults, defaults), (DropFile.Options, job) })
        {
            foreach ((string name, JsonNode? value) in Parse(file, bytes))
            {
                merged[name] = value?.DeepClone();
            }
        }

        // Both files have been read alone, so what is wrong now is wrong in their sum: nothing.
        JobOptions options = merged.Deserialize<JobOptions>(Json)!;
        options.Check(job is null ? DropFile.Defaults : DropFile.Options);
        return options;
    }

    /// <summary>The options of the method.</summary>
    /// <param name="threads">Threads of one activity.</param>
    public StitchOptions ForStitching(int threads)
    {
        var standard = new StitchOptions();
        return standard with
        {
            Profile = Profile ?? standard.Profile,
            DropFragments = DropFragments ?? standard.DropFragments,
            Repair = Repair ?? standard.Repair,
            MaximumGap = MaximumGap,
            RejectionThreshold = RejectionThreshold ?? standard.RejectionThreshold,
            MinimumVolume = MinimumVolume ?? standard.MinimumVolume,
            Direction = Direction ?? standard.Direction,
            SingleLayer = SingleLayer ?? standard.SingleLayer,
            Solver = Solver ?? standard.Solver,
            Threads = threads,
        };
    }

    /// <summary>The options of the interpolation: published layers between published cells, else the safe form.</summary>
    /// <param name="anisotropy">Distance of two layers in pixels.</param>
    /// <param name="threads">Threads of one activity.</param>
    internal InterpolationOptions ForInterpolation(double anisotropy, int threads) => new()
    {
        Anisotropy = anisotropy,
        Profile = ForStitching(threads).Profile == StitchProfile.Paper ? InterpolationProfile.Paper : InterpolationProfile.Robust,
        Threads = threads,
    };

    /// <summary>Whether a volume is interpolated; null when nobody wants it.</summary>
    /// <param name="voxelSize">Voxel size of the job, if known.</param>
    /// <param name="layers">Its layers.</param>
    internal InterpolationChoice? Interpolation(VoxelSize? voxelSize, int layers) =>
        Interpolate == false ? null : InterpolationChoice.Of(Anisotropy ?? voxelSize?.Anisotropy, layers);

    /// <summary>The options of the segmentation.</summary>
    /// <param name="voxelSize">Voxel size of the job, if known.</param>
    internal SegmentationOptions ForSegmentation(VoxelSize? voxelSize) => new()
    {
        Method = Method ?? SegmentationMethod.Onnx,
        Diameter = Diameter,
        Contrast = Contrast ?? 1,
        Anisotropy = Anisotropy ?? voxelSize?.Anisotropy,
    };

    /// <summary>The voxel size given, if any.</summary>
    internal VoxelSize? VoxelSize => VoxelSizeUm is { } edges ? new VoxelSize(edges.Z, edges.Y, edges.X) : null;

    private static JsonObject Parse(string file, BinaryData? bytes)
    {
        if (bytes is null)
        {
            return [];
        }

        try
        {
            var documentOptions = new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, AllowDuplicateProperties = false };
            if (JsonNode.Parse(bytes.ToMemory().Span, documentOptions: documentOptions) is not JsonObject given)
            {
                throw Fault(file, "is no JSON object; expected { \"option\": value, … }.");
            }

            foreach (string name in given.Select(property => property.Key).Where(name => !Known.Contains(name)))
            {
                throw Fault(file, $"unknown option \"{name}\"; known are {string.Join(", ", Known)}.");
            }

            _ = given.Deserialize<JobOptions>(Json);
            return given;
        }
        catch (JsonException fault)
        {
            throw Fault(file, fault.Path is { Length: > 2 } path
                ? $"the value of \"{path[2..]}\" cannot be used (docs/formats.md lists what each option takes)."
                : $"is no valid JSON: line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}.");
        }
    }

    private void Check(string file)
    {
        foreach (string name in Files ?? [])
        {
            Require(DropFile.All.Contains(name) && name != DropFile.Options, $"\"files\" lists {name}; expected {string.Join(", ", DropFile.All[..^1])}.");
        }

        Require(RejectionThreshold is null or (>= 0 and <= 1), $"rejectionThreshold is {RejectionThreshold}; expected 0 … 1.");
        Require(MinimumVolume is null or >= 0, $"minimumVolume is {MinimumVolume}; expected 0 or more voxels.");
        Require(MaximumGap is null or >= 0, $"maximumGap is {MaximumGap}; expected 0 or more layers.");
        Require(Anisotropy is null or (> 0 and < MostAnisotropic), $"anisotropy is {Anisotropy}; expected a number above 0 and below {MostAnisotropic}.");
        Require(
            VoxelSizeUm is null or { Z: > 0 and < double.MaxValue, Y: > 0 and < double.MaxValue, X: > 0 and < double.MaxValue },
            "voxelSizeUm needs three lengths above 0 µm: z, y, x.");
        Require(Channel is null or >= 1, $"channel is {Channel}; expected 1 or more.");
        Require(Diameter is null or (> 0 and <= 65536), $"diameter is {Diameter}; expected a number above 0, of at most 65536.");
        Require(Contrast is null or (> 0 and <= 100), $"contrast is {Contrast}; expected a number above 0, of at most 100.");
        Require(
            Model is null || DropName.IsModel(Model),
            $"model is \"{Model}\"; expected the name of a file in drop/models/, letters, digits, \"_\", \"-\" and \".\", ending in .onnx.");
        Require(Model is null || Method != SegmentationMethod.Classic, "model names a network; method \"classic\" uses none.");
        Require(PairsPerActivity is null or >= 1, $"pairsPerActivity is {PairsPerActivity}; expected 1 or more.");
        Require(BlockVoxels is null or >= 1, $"blockVoxels is {BlockVoxels}; expected 1 or more.");
        Require(
            Webhook is null || (Webhook.IsAbsoluteUri && Webhook.Scheme is "https" or "http"),
            "webhook is of another kind; expected an absolute http or https address.");

        void Require(bool fulfilled, string detail)
        {
            if (!fulfilled)
            {
                throw Fault(file, detail);
            }
        }
    }

    // Beyond this an anisotropy is a typing error: light microscopes reach about 20.
    private const double MostAnisotropic = 1000;

    // The names in it are a stranger's, and it becomes a line of the log.
    private static RunFaultException Fault(string file, string detail) => new(FaultCode.UnknownOption, file, OneLine.Of(detail));
}
