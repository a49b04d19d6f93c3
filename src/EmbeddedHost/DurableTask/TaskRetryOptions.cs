namespace Microsoft.DurableTask;

/// <summary>How a failed call is tried again: by a policy or by a handler.</summary>
public sealed class TaskRetryOptions
{
    /// <summary>Retries by a policy.</summary>
    /// <param name="policy">The policy.</param>
    public TaskRetryOptions(RetryPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        Policy = policy;
    }

    /// <summary>Retries as long as a handler says so.</summary>
    /// <param name="handler">Decides after each failure.</param>
    public TaskRetryOptions(AsyncRetryHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Handler = handler;
    }

    /// <summary>The policy; null when a handler decides.</summary>
    public RetryPolicy? Policy { get; }

    /// <summary>The handler; null when a policy decides.</summary>
    public AsyncRetryHandler? Handler { get; }

    /// <summary>Retries by a policy.</summary>
    /// <param name="policy">The policy.</param>
    public static implicit operator TaskRetryOptions(RetryPolicy policy)
    {
        return FromRetryPolicy(policy);
    }

    /// <summary>Retries as long as a handler says so.</summary>
    /// <param name="handler">Decides after each failure.</param>
    public static implicit operator TaskRetryOptions(AsyncRetryHandler handler)
    {
        return FromRetryHandler(handler);
    }

    /// <summary>Retries as long as a handler says so.</summary>
    /// <param name="handler">Decides after each failure.</param>
    public static implicit operator TaskRetryOptions(RetryHandler handler)
    {
        return FromRetryHandler(handler);
    }

    /// <summary>Retries by a policy.</summary>
    /// <param name="policy">The policy.</param>
    public static TaskRetryOptions FromRetryPolicy(RetryPolicy policy)
    {
        return new TaskRetryOptions(policy);
    }

    /// <summary>Retries as long as a handler says so.</summary>
    /// <param name="handler">Decides after each failure.</param>
    public static TaskRetryOptions FromRetryHandler(AsyncRetryHandler handler)
    {
        return new TaskRetryOptions(handler);
    }

    /// <summary>Retries as long as a handler says so.</summary>
    /// <param name="handler">Decides after each failure.</param>
    public static TaskRetryOptions FromRetryHandler(RetryHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return new TaskRetryOptions(context => Task.FromResult(handler(context)));
    }
}
