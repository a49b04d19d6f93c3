using Microsoft.Extensions.Logging;

namespace Microsoft.DurableTask;

/// <summary>What an orchestrator may use. Everything here gives the same answers whenever the orchestrator's code is run again over its history.</summary>
public abstract class TaskOrchestrationContext
{
    /// <summary>The orchestrator function's name.</summary>
    public abstract TaskName Name { get; }

    /// <summary>This instance's id.</summary>
    public abstract string InstanceId { get; }

    /// <summary>The orchestration that called this one; null when a client started it.</summary>
    public abstract ParentOrchestrationInstance? Parent { get; }

    /// <summary>The time of the step being run, UTC.</summary>
    public abstract DateTime CurrentUtcDateTime { get; }

    /// <summary>Whether the code runs over steps that already happened.</summary>
    public abstract bool IsReplaying { get; }

    /// <summary>Makes loggers that write whether or not the code is being replayed.</summary>
    protected abstract ILoggerFactory LoggerFactory { get; }

    /// <summary>The orchestration's input; the default of <typeparamref name="T"/> when there is none.</summary>
    /// <typeparam name="T">The input's type.</typeparam>
    public abstract T? GetInput<T>();

    /// <summary>Runs an activity and gives its result.</summary>
    /// <typeparam name="TResult">The result's type.</typeparam>
    /// <param name="name">The activity function.</param>
    /// <param name="input">Its input.</param>
    /// <param name="options">How to call it.</param>
    /// <exception cref="TaskFailedException">The activity failed, and so did its retries.</exception>
    public abstract Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null);

    /// <summary>Runs an activity without input and gives its result.</summary>
    /// <typeparam name="TResult">The result's type.</typeparam>
    /// <param name="name">The activity function.</param>
    /// <param name="options">How to call it.</param>
    /// <exception cref="TaskFailedException">The activity failed, and so did its retries.</exception>
    public virtual Task<TResult> CallActivityAsync<TResult>(TaskName name, TaskOptions options)
    {
        return CallActivityAsync<TResult>(name, null, options);
    }

    /// <summary>Runs an activity.</summary>
    /// <param name="name">The activity function.</param>
    /// <param name="input">Its input.</param>
    /// <param name="options">How to call it.</param>
    /// <exception cref="TaskFailedException">The activity failed, and so did its retries.</exception>
    public virtual Task CallActivityAsync(TaskName name, object? input = null, TaskOptions? options = null)
    {
        return CallActivityAsync<object>(name, input, options);
    }

    /// <summary>Runs an activity without input.</summary>
    /// <param name="name">The activity function.</param>
    /// <param name="options">How to call it.</param>
    /// <exception cref="TaskFailedException">The activity failed, and so did its retries.</exception>
    public virtual Task CallActivityAsync(TaskName name, TaskOptions options)
    {
        return CallActivityAsync(name, null, options);
    }

    /// <summary>Runs another orchestration and gives its result.</summary>
    /// <typeparam name="TResult">The result's type.</typeparam>
    /// <param name="orchestratorName">The orchestrator function.</param>
    /// <param name="input">Its input.</param>
    /// <param name="options">How to call it; <see cref="SubOrchestrationOptions"/> may give the child's id.</param>
    /// <exception cref="TaskFailedException">The child failed or was terminated, and so were its retries.</exception>
    public abstract Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null);

    /// <summary>Runs another orchestration without input and gives its result.</summary>
    /// <typeparam name="TResult">The result's type.</typeparam>
    /// <param name="orchestratorName">The orchestrator function.</param>
    /// <param name="options">How to call it.</param>
    /// <exception cref="TaskFailedException">The child failed or was terminated, and so were its retries.</exception>
    public virtual Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, TaskOptions options)
    {
        return CallSubOrchestratorAsync<TResult>(orchestratorName, null, options);
    }

    /// <summary>Runs another orchestration.</summary>
    /// <param name="orchestratorName">The orchestrator function.</param>
    /// <param name="input">Its input.</param>
    /// <param name="options">How to call it.</param>
    /// <exception cref="TaskFailedException">The child failed or was terminated, and so were its retries.</exception>
    public virtual Task CallSubOrchestratorAsync(TaskName orchestratorName, object? input = null, TaskOptions? options = null)
    {
        return CallSubOrchestratorAsync<object>(orchestratorName, input, options);
    }

    /// <summary>Runs another orchestration without input.</summary>
    /// <param name="orchestratorName">The orchestrator function.</param>
    /// <param name="options">How to call it.</param>
    /// <exception cref="TaskFailedException">The child failed or was terminated, and so were its retries.</exception>
    public virtual Task CallSubOrchestratorAsync(TaskName orchestratorName, TaskOptions options)
    {
        return CallSubOrchestratorAsync(orchestratorName, null, options);
    }

    /// <summary>Completes after a time.</summary>
    /// <param name="delay">How long.</param>
    /// <param name="cancellationToken">Stops waiting; the task is then cancelled.</param>
    public virtual Task CreateTimer(TimeSpan delay, CancellationToken cancellationToken)
    {
        return CreateTimer(CurrentUtcDateTime.Add(delay), cancellationToken);
    }

    /// <summary>Completes at a time.</summary>
    /// <param name="fireAt">When.</param>
    /// <param name="cancellationToken">Stops waiting; the task is then cancelled.</param>
    public abstract Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken);

    /// <summary>Completes with the payload of the next event of a name; one that came before the call counts.</summary>
    /// <typeparam name="T">The payload's type.</typeparam>
    /// <param name="eventName">The name, compared without regard to case.</param>
    /// <param name="cancellationToken">Stops waiting; the task is then cancelled.</param>
    public abstract Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default);

    /// <summary>Completes with the payload of the next event of a name, or is cancelled when none comes in time.</summary>
    /// <typeparam name="T">The payload's type.</typeparam>
    /// <param name="eventName">The name, compared without regard to case.</param>
    /// <param name="timeout">How long to wait.</param>
    public Task<T> WaitForExternalEvent<T>(string eventName, TimeSpan timeout)
    {
        return WaitForExternalEvent<T>(eventName, timeout, CancellationToken.None);
    }

    /// <summary>Completes with the payload of the next event of a name, or is cancelled when none comes in time.</summary>
    /// <typeparam name="T">The payload's type.</typeparam>
    /// <param name="eventName">The name, compared without regard to case.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="cancellationToken">Stops waiting; the task is then cancelled.</param>
    public async Task<T> WaitForExternalEvent<T>(string eventName, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using CancellationTokenSource timer = new();
        using CancellationTokenSource waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task timedOut = CreateTimer(timeout, timer.Token);
        Task<T> received = WaitForExternalEvent<T>(eventName, waiting.Token);

        // Continuations of an orchestrator stay on its thread: no ConfigureAwait(false) here.
        CancellationTokenSource loser = await Task.WhenAny(timedOut, received) == received ? timer : waiting;
        loser.Cancel();
        return await received;
    }

    /// <summary>Raises an event in another orchestration.</summary>
    /// <param name="instanceId">The other instance.</param>
    /// <param name="eventName">The event's name.</param>
    /// <param name="payload">The event's payload.</param>
    public abstract void SendEvent(string instanceId, string eventName, object payload);

    /// <summary>Sets the state that clients read beside the runtime status.</summary>
    /// <param name="customStatus">The state, written as JSON; null = none.</param>
    public abstract void SetCustomStatus(object? customStatus);

    /// <summary>Starts over with an empty history and a new input when the orchestrator returns.</summary>
    /// <param name="newInput">The input of the next round.</param>
    /// <param name="preserveUnprocessedEvents">Whether external events nobody waited for are kept for the next round.</param>
    public abstract void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true);

    /// <summary>Starts over with an empty history when the orchestrator returns.</summary>
    /// <param name="options">How.</param>
    public virtual void ContinueAsNew(ContinueAsNewOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ContinueAsNew(options.NewInput, options.PreserveUnprocessedEvents);
    }

    /// <summary>A new id that is the same whenever the code is replayed.</summary>
    public abstract Guid NewGuid();

    /// <summary>A logger that is silent while the code is being replayed.</summary>
    /// <param name="categoryName">The logger's category.</param>
    public virtual ILogger CreateReplaySafeLogger(string categoryName)
    {
        return new ReplaySafeLogger(this, LoggerFactory.CreateLogger(categoryName));
    }

    /// <summary>A logger that is silent while the code is being replayed.</summary>
    /// <param name="type">Its name is the logger's category.</param>
    public virtual ILogger CreateReplaySafeLogger(Type type)
    {
        return new ReplaySafeLogger(this, LoggerFactory.CreateLogger(type));
    }

    /// <summary>A logger that is silent while the code is being replayed.</summary>
    /// <typeparam name="T">Its name is the logger's category.</typeparam>
    public virtual ILogger CreateReplaySafeLogger<T>()
    {
        return new ReplaySafeLogger(this, LoggerFactory.CreateLogger<T>());
    }

    private sealed class ReplaySafeLogger(TaskOrchestrationContext context, ILogger logger) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            return logger.BeginScope(state);
        }

        public bool IsEnabled(LogLevel logLevel)
        {
            return !context.IsReplaying && logger.IsEnabled(logLevel);
        }

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!context.IsReplaying)
            {
                logger.Log(logLevel, eventId, state, exception, formatter);
            }
        }
    }
}
