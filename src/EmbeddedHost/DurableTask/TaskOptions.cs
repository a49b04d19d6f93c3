namespace Microsoft.DurableTask;

/// <summary>How an activity or a sub-orchestration is called.</summary>
public record TaskOptions
{
    /// <summary>Options with a way to retry.</summary>
    /// <param name="retry">How failed calls are tried again; null = not at all.</param>
    public TaskOptions(TaskRetryOptions? retry)
    {
        Retry = retry;
    }

    /// <summary>A copy.</summary>
    /// <param name="options">What to copy.</param>
    public TaskOptions(TaskOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Retry = options.Retry;
    }

    /// <summary>How failed calls are tried again; null = not at all.</summary>
    public TaskRetryOptions? Retry { get; init; }

    /// <summary>Options that retry by a policy.</summary>
    /// <param name="policy">The policy.</param>
    public static TaskOptions FromRetryPolicy(RetryPolicy policy)
    {
        return new TaskOptions(policy);
    }

    /// <summary>Options that retry as long as a handler says so.</summary>
    /// <param name="handler">Decides after each failure; it runs as part of the orchestrator and must be as deterministic.</param>
    public static TaskOptions FromRetryHandler(AsyncRetryHandler handler)
    {
        return new TaskOptions(handler);
    }

    /// <summary>Options that retry as long as a handler says so.</summary>
    /// <param name="handler">Decides after each failure; it runs as part of the orchestrator and must be as deterministic.</param>
    public static TaskOptions FromRetryHandler(RetryHandler handler)
    {
        return new TaskOptions(handler);
    }

    /// <summary>The same options for a sub-orchestration with a fixed id.</summary>
    /// <param name="instanceId">The child's instance id.</param>
    public SubOrchestrationOptions WithInstanceId(string instanceId)
    {
        return new SubOrchestrationOptions(this, instanceId);
    }
}

/// <summary>How a sub-orchestration is called.</summary>
public record SubOrchestrationOptions : TaskOptions
{
    /// <summary>Options with a way to retry and an instance id.</summary>
    /// <param name="retry">How failed calls are tried again; null = not at all.</param>
    /// <param name="instanceId">The child's instance id; null = derived from the parent's.</param>
    public SubOrchestrationOptions(TaskRetryOptions? retry = null, string? instanceId = null)
        : base(retry)
    {
        InstanceId = instanceId;
    }

    /// <summary>Options of any call, with an instance id.</summary>
    /// <param name="options">What to copy.</param>
    /// <param name="instanceId">The child's instance id; null = that of <paramref name="options"/>, if it has one.</param>
    public SubOrchestrationOptions(TaskOptions options, string? instanceId = null)
        : base(options)
    {
        InstanceId = instanceId ?? (options as SubOrchestrationOptions)?.InstanceId;
    }

    /// <summary>A copy.</summary>
    /// <param name="options">What to copy.</param>
    public SubOrchestrationOptions(SubOrchestrationOptions options)
        : base(options)
    {
        InstanceId = options.InstanceId;
    }

    /// <summary>The child's instance id; null = derived from the parent's.</summary>
    public string? InstanceId { get; init; }
}

/// <summary>How an orchestration is started.</summary>
public record StartOrchestrationOptions
{
    /// <summary>Options with an id and a time.</summary>
    /// <param name="InstanceId">The instance id; null = a new one.</param>
    /// <param name="StartAt">When to start; null = now.</param>
    public StartOrchestrationOptions(string? InstanceId = null, DateTimeOffset? StartAt = null)
    {
        this.InstanceId = InstanceId;
        this.StartAt = StartAt;
    }

    /// <summary>A copy.</summary>
    /// <param name="options">What to copy.</param>
    public StartOrchestrationOptions(StartOrchestrationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        InstanceId = options.InstanceId;
        StartAt = options.StartAt;
        DedupeStatuses = options.DedupeStatuses;
    }

    /// <summary>The instance id; null = a new one.</summary>
    public string? InstanceId { get; init; }

    /// <summary>When to start; null = now.</summary>
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>An instance of the same id in one of these states makes the start fail; in any other it is replaced.
    /// Null = the states of an unfinished instance. The names are those of OrchestrationRuntimeStatus.</summary>
    public IReadOnlyList<string>? DedupeStatuses { get; init; }
}
