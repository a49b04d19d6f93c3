namespace Microsoft.DurableTask.Client;

/// <summary>What an orchestration is doing.</summary>
public enum OrchestrationRuntimeStatus
{
    /// <summary>It has begun.</summary>
    Running,

    /// <summary>It returned.</summary>
    Completed,

    /// <summary>It threw.</summary>
    Failed = 3,

    /// <summary>It was stopped by a client or with its parent.</summary>
    Terminated = 5,

    /// <summary>It has not begun.</summary>
    Pending,

    /// <summary>It makes no step until it is resumed.</summary>
    Suspended,
}
