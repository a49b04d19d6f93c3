using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace CellStitch.EmbeddedHost.Engine;

/// <summary>The call of a parent that a child answers. Generation and task tell it from the parent's other calls of the same child id.</summary>
internal sealed record ParentCall(string Name, string InstanceId, string Execution, int Generation, int TaskId);

/// <summary>What an instance is doing, as clients see it. Stored twice: as its start message, and when it has ended; in between its history tells.</summary>
internal sealed record InstanceState
{
    public required string InstanceId { get; init; }

    public required string Name { get; init; }

    /// <summary>Tells this run of the instance id from earlier and later ones; names its history.</summary>
    public required string Execution { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset? StartAt { get; init; }

    public OrchestrationRuntimeStatus Status { get; init; } = OrchestrationRuntimeStatus.Pending;

    public ParentCall? Parent { get; init; }

    public string? Input { get; init; }

    public string? Output { get; init; }

    public string? CustomStatus { get; init; }

    public TaskFailureDetails? Failure { get; init; }

    /// <summary>Of the owner that wrote it; 0 = a client.</summary>
    public long Epoch { get; init; }

    public bool HasEnded => Status
        is OrchestrationRuntimeStatus.Completed or OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated;

    public OrchestrationMetadata ToMetadata(bool withPayloads)
    {
        return new OrchestrationMetadata(Name, InstanceId)
        {
            RuntimeStatus = Status,
            CreatedAt = CreatedAt,
            LastUpdatedAt = UpdatedAt,
            DataConverter = withPayloads ? PayloadConverter.Instance : null,
            SerializedInput = withPayloads ? Input : null,
            SerializedOutput = withPayloads ? Output : null,
            SerializedCustomStatus = withPayloads ? CustomStatus : null,
            FailureDetails = withPayloads ? Failure : null,
        };
    }
}
