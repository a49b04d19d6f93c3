namespace Microsoft.DurableTask.Client;

/// <summary>Which orchestrations to list.</summary>
/// <param name="CreatedFrom">Started at or after this time; null = any.</param>
/// <param name="CreatedTo">Started at or before this time; null = any.</param>
/// <param name="Statuses">In one of these states; null = any.</param>
/// <param name="TaskHubNames">In one of these task hubs; null = the client's.</param>
/// <param name="InstanceIdPrefix">With an id that begins so; null = any.</param>
/// <param name="PageSize">How many to fetch at a time.</param>
/// <param name="FetchInputsAndOutputs">Whether to read inputs, outputs and custom states too.</param>
/// <param name="ContinuationToken">Where to go on; null = at the beginning.</param>
public record OrchestrationQuery(
    DateTimeOffset? CreatedFrom = null,
    DateTimeOffset? CreatedTo = null,
    IEnumerable<OrchestrationRuntimeStatus>? Statuses = null,
    IEnumerable<string>? TaskHubNames = null,
    string? InstanceIdPrefix = null,
    int PageSize = OrchestrationQuery.DefaultPageSize,
    bool FetchInputsAndOutputs = false,
    string? ContinuationToken = null)
{
    /// <summary>The default of <see cref="PageSize"/>.</summary>
    public const int DefaultPageSize = 100;
}

/// <summary>How to terminate an orchestration.</summary>
/// <param name="Output">Its output.</param>
/// <param name="Recursive">Whether to terminate its sub-orchestrations too.</param>
public record TerminateInstanceOptions(object? Output = null, bool Recursive = false);

/// <summary>How to purge an orchestration.</summary>
/// <param name="Recursive">Whether to purge its sub-orchestrations too.</param>
public record PurgeInstanceOptions(bool Recursive = false);

/// <summary>Which orchestrations to purge; only ended ones are.</summary>
/// <param name="CreatedFrom">Started at or after this time; null = any.</param>
/// <param name="CreatedTo">Started at or before this time; null = any.</param>
/// <param name="Statuses">In one of these states; null = any ended one.</param>
public record PurgeInstancesFilter(
    DateTimeOffset? CreatedFrom = null,
    DateTimeOffset? CreatedTo = null,
    IEnumerable<OrchestrationRuntimeStatus>? Statuses = null);

/// <summary>What a purge did.</summary>
public class PurgeResult
{
    /// <summary>A complete purge.</summary>
    /// <param name="count">How many instances are gone.</param>
    public PurgeResult(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        PurgedInstanceCount = count;
    }

    /// <summary>A purge that may have stopped early.</summary>
    /// <param name="count">How many instances are gone.</param>
    /// <param name="isComplete">Whether all are that were asked for; null = unknown.</param>
    public PurgeResult(int count, bool? isComplete)
        : this(count)
    {
        IsComplete = isComplete;
    }

    /// <summary>How many instances are gone.</summary>
    public int PurgedInstanceCount { get; }

    /// <summary>Whether all are gone that were asked for; null = unknown.</summary>
    public bool? IsComplete { get; }
}

/// <summary>Reads better than the strings of <see cref="StartOrchestrationOptions.DedupeStatuses"/>.</summary>
public static class StartOrchestrationOptionsExtensions
{
    /// <summary>The options with the states in which an existing instance makes the start fail.</summary>
    /// <param name="options">The options.</param>
    /// <param name="dedupeStatuses">The states.</param>
    public static StartOrchestrationOptions WithDedupeStatuses(
        this StartOrchestrationOptions options, params OrchestrationRuntimeStatus[] dedupeStatuses)
    {
        return options with { DedupeStatuses = [.. dedupeStatuses.Select(status => status.ToString())] };
    }
}
