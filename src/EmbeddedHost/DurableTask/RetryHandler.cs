namespace Microsoft.DurableTask;

/// <summary>Says whether a failed call is tried again. It runs as part of the orchestrator and must be as deterministic.</summary>
/// <param name="retryContext">The failure.</param>
public delegate bool RetryHandler(RetryContext retryContext);

/// <summary>Says whether a failed call is tried again; may await durable timers. It runs as part of the orchestrator and must be as deterministic.</summary>
/// <param name="retryContext">The failure.</param>
public delegate Task<bool> AsyncRetryHandler(RetryContext retryContext);

/// <summary>What a retry handler decides on.</summary>
/// <param name="OrchestrationContext">The orchestration that made the call.</param>
/// <param name="LastAttemptNumber">How many attempts have failed.</param>
/// <param name="LastFailure">How the last one failed.</param>
/// <param name="TotalRetryTime">Time since the first attempt began.</param>
/// <param name="CancellationToken">Never cancelled here: a call inside an orchestrator cannot be.</param>
public record RetryContext(
    TaskOrchestrationContext OrchestrationContext,
    int LastAttemptNumber,
    TaskFailureDetails LastFailure,
    TimeSpan TotalRetryTime,
    CancellationToken CancellationToken);
