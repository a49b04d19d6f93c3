using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using CellStitch.Core.Stitching;
using CellStitch.Functions.Orchestrators;

namespace CellStitch.Functions.Jobs;

/// <summary>A file that was read.</summary>
/// <param name="Name">Name within the job.</param>
/// <param name="Sha256">Content hash (docs/formats.md).</param>
/// <param name="ETag">Version of the blob.</param>
/// <param name="Bytes">Size.</param>
public sealed record ManifestInput(string Name, string Sha256, [property: JsonPropertyName("etag")] string ETag, long Bytes);

/// <summary>A file that was written.</summary>
/// <param name="Name">Name within <c>results/{job}/</c>.</param>
/// <param name="Sha256">Content hash (docs/formats.md).</param>
/// <param name="Bytes">Size.</param>
public sealed record ManifestOutput(string Name, string Sha256, long Bytes);

/// <summary>manifest.json: written last, so its presence means that the results are complete (docs/schemas/manifest.schema.json).</summary>
public sealed record Manifest
{
    /// <summary>The job.</summary>
    public required string Job { get; init; }

    /// <summary>Id of the run.</summary>
    public required string InstanceId { get; init; }

    /// <summary>Program and version.</summary>
    public required string Program { get; init; }

    /// <summary>Form of the method.</summary>
    public required string Profile { get; init; }

    /// <summary>Solver of the transport.</summary>
    public required string Solver { get; init; }

    /// <summary>The options that were given.</summary>
    public required JobOptions Options { get; init; }

    /// <summary>What was read.</summary>
    public required IReadOnlyList<ManifestInput> Inputs { get; init; }

    /// <summary>What was written.</summary>
    public required IReadOnlyList<ManifestOutput> Outputs { get; init; }

    /// <summary>The steps.</summary>
    public required IReadOnlyList<StageRecord> Stages { get; init; }

    /// <summary>When the run began.</summary>
    public required DateTime StartedUtc { get; init; }

    /// <summary>When it was published.</summary>
    public required DateTime FinishedUtc { get; init; }

    /// <summary>This program, as manifests name it.</summary>
    public static string ThisProgram { get; } =
        $"CellStitch.Cloud {typeof(Stitcher).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion}";

    internal static readonly JsonSerializerOptions Json = new(JobOptions.Json) { WriteIndented = true, UnmappedMemberHandling = default };

    /// <summary>Whether a run on these inputs with these options would give what this manifest stands for.</summary>
    internal bool IsOf(IReadOnlyList<ManifestInput> inputs, JobOptions options) =>
        Program == ThisProgram &&
        Contents(Inputs).SetEquals(Contents(inputs)) &&
        ForResult(Options) == ForResult(options);

    private static HashSet<(string, string)> Contents(IEnumerable<ManifestInput> inputs) => [.. inputs.Select(input => (input.Name, input.Sha256))];

    // As text, since lists compare by reference. What does not change the result is left out.
    private static string ForResult(JobOptions options) =>
        JsonSerializer.Serialize(options with { Files = null, Webhook = null, BlockVoxels = null, PairsPerActivity = null }, JobOptions.Json);
}
