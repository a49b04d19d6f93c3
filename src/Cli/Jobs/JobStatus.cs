using System.Text.Json.Serialization;

namespace CellStitch.Cli.Jobs;

/// <summary>What the API says of a job.</summary>
internal sealed record JobStatus
{
    public required string Job { get; init; }

    public required JobState State { get; init; }

    /// <summary>Names the run; null before the first.</summary>
    public string? InstanceId { get; init; }

    public string? Stage { get; init; }

    public double? Percent { get; init; }

    public string? Message { get; init; }

    public double? EtaSeconds { get; init; }

    public DateTimeOffset? CreatedUtc { get; init; }

    public DateTimeOffset? UpdatedUtc { get; init; }

    public JobError? Error { get; init; }

    public IReadOnlyList<JobFile> Files { get; init; } = [];

    /// <summary>Nothing more will happen of itself.</summary>
    [JsonIgnore]
    public bool HasEnded => State is not (JobState.Waiting or JobState.Running);
}

internal enum JobState
{
    /// <summary>Files are missing, or have just arrived.</summary>
    Waiting,
    Running,
    Completed,
    Failed,
    Cancelled,

    /// <summary>A newer run took over.</summary>
    Superseded,

    /// <summary>The same input as last time: the results stand.</summary>
    Unchanged,
}

/// <summary>Why a run ended without results, as in error.json.</summary>
internal sealed record JobError(string Code, string Message);

/// <summary>A result file.</summary>
internal sealed record JobFile(string Name, long Bytes);

/// <summary>The answer to a list of jobs.</summary>
internal sealed record JobList(IReadOnlyList<JobStatus> Jobs);

/// <summary>The answer of the health endpoint.</summary>
internal sealed record AppHealth(string Status, string? Program);

/// <summary>RFC 9457.</summary>
internal sealed record ProblemDetails(string? Title, string? Detail);

/// <summary>The JSON of the API.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(JobStatus))]
[JsonSerializable(typeof(JobList))]
[JsonSerializable(typeof(AppHealth))]
[JsonSerializable(typeof(ProblemDetails))]
internal sealed partial class ApiJson : JsonSerializerContext;
