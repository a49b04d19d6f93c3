using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.DurableTask;

namespace CellStitch.EmbeddedHost.Engine;

/// <summary>What happened. "In" events come from outside and are what an orchestrator is replayed from; "out" events are what its code asked for,
/// kept to notice when a replay asks for something else. The numbers are stored: never reuse one.</summary>
internal enum HistoryEventKind
{
    /// <summary>An owner took the instance over; its epoch is the record's.</summary>
    Owned = 1,

    /// <summary>The head of a history: Name, Data = input, Id = generation (how often the orchestration continued as new).</summary>
    ExecutionStarted = 2,

    /// <summary>In: a step begins at Time.</summary>
    OrchestratorStarted = 3,

    /// <summary>In: the orchestrator's code begins.</summary>
    Begun = 4,

    /// <summary>Out: activity Name as task Id; Target = hash of the input.</summary>
    TaskScheduled = 5,

    /// <summary>In: task Id gave Data.</summary>
    TaskCompleted = 6,

    /// <summary>In: task Id failed.</summary>
    TaskFailed = 7,

    /// <summary>Out: timer Id fires at Time.</summary>
    TimerCreated = 8,

    /// <summary>In: timer Id fired.</summary>
    TimerFired = 9,

    /// <summary>Out: orchestrator Name as task Id with instance id Target.</summary>
    ChildScheduled = 10,

    /// <summary>Out: event Name, as action Id, to instance Target.</summary>
    EventSent = 11,

    /// <summary>In: event Name with Data; Target = the sending action, null when a client raised it.</summary>
    EventRaised = 12,

    /// <summary>In: no step until resumed.</summary>
    Suspended = 13,

    /// <summary>In: go on.</summary>
    Resumed = 14,

    /// <summary>In: the end, with output Data.</summary>
    Terminated = 15,

    /// <summary>The orchestrator returned Data.</summary>
    ExecutionCompleted = 16,

    /// <summary>The orchestrator threw.</summary>
    ExecutionFailed = 17,

    /// <summary>The history goes on in the next segment.</summary>
    ContinuedAsNew = 18,
}

/// <summary>One record of a history. Which fields mean something depends on the kind.</summary>
internal sealed record HistoryEvent(HistoryEventKind Kind)
{
    [JsonPropertyName("k")]
    public HistoryEventKind Kind { get; init; } = Kind;

    [JsonPropertyName("e")]
    public long Epoch { get; init; }

    [JsonPropertyName("i")]
    public int Id { get; init; }

    [JsonPropertyName("n")]
    public string? Name { get; init; }

    [JsonPropertyName("t")]
    public DateTime Time { get; init; }

    [JsonPropertyName("g")]
    public string? Target { get; init; }

    /// <summary>A payload as JSON.</summary>
    [JsonPropertyName("d")]
    public string? Data { get; init; }

    /// <summary>Hash of a payload too long for a record, which names its blob; then Data is not stored here.</summary>
    [JsonPropertyName("b")]
    public string? DataBlob { get; init; }

    [JsonPropertyName("f")]
    public TaskFailureDetails? Failure { get; init; }

    /// <summary>Only with ExecutionStarted: the custom status left by the generation before.</summary>
    [JsonPropertyName("c")]
    public string? CustomStatus { get; init; }

    [JsonIgnore]
    public bool IsOutput => Kind is HistoryEventKind.TaskScheduled or HistoryEventKind.TimerCreated
        or HistoryEventKind.ChildScheduled or HistoryEventKind.EventSent;

    public static readonly JsonSerializerOptions Json = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault };
}
