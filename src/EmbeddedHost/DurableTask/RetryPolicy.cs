namespace Microsoft.DurableTask;

/// <summary>Tries a failed call again after a growing pause, which is a durable timer.</summary>
public class RetryPolicy
{
    /// <summary>A policy.</summary>
    /// <param name="maxNumberOfAttempts">How often to try in all, 1 or more.</param>
    /// <param name="firstRetryInterval">The first pause.</param>
    /// <param name="backoffCoefficient">How much longer each pause is than the one before, 1 or more.</param>
    /// <param name="maxRetryInterval">The longest pause; null = one hour.</param>
    /// <param name="retryTimeout">After this time no new attempt begins; null = no limit.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    public RetryPolicy(
        int maxNumberOfAttempts,
        TimeSpan firstRetryInterval,
        double backoffCoefficient = 1.0,
        TimeSpan? maxRetryInterval = null,
        TimeSpan? retryTimeout = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxNumberOfAttempts);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(firstRetryInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(backoffCoefficient, 1.0);
        ThrowIfShorter(maxRetryInterval, firstRetryInterval, nameof(maxRetryInterval));
        ThrowIfShorter(retryTimeout, firstRetryInterval, nameof(retryTimeout));
        MaxNumberOfAttempts = maxNumberOfAttempts;
        FirstRetryInterval = firstRetryInterval;
        BackoffCoefficient = backoffCoefficient;
        MaxRetryInterval = maxRetryInterval ?? TimeSpan.FromHours(1);
        RetryTimeout = retryTimeout ?? Timeout.InfiniteTimeSpan;
    }

    /// <summary>How often to try in all.</summary>
    public int MaxNumberOfAttempts { get; }

    /// <summary>The first pause.</summary>
    public TimeSpan FirstRetryInterval { get; }

    /// <summary>How much longer each pause is than the one before.</summary>
    public double BackoffCoefficient { get; }

    /// <summary>The longest pause.</summary>
    public TimeSpan MaxRetryInterval { get; }

    /// <summary>After this time no new attempt begins; infinite = no limit.</summary>
    public TimeSpan RetryTimeout { get; }

    /// <summary>Which failures are tried again; all, unless set.</summary>
    public Func<TaskFailureDetails, bool> HandleFailure
    {
        init => Handles = value;
    }

    /// <summary>Which failures are tried again.</summary>
    internal Func<TaskFailureDetails, bool> Handles { get; private init; } = static _ => true;

    /// <summary>The pause after an attempt, or null when there is no further one.</summary>
    /// <param name="attempt">How many attempts have failed, 1 or more.</param>
    /// <param name="elapsed">Time since the first attempt began.</param>
    internal TimeSpan? PauseAfter(int attempt, TimeSpan elapsed)
    {
        if (attempt >= MaxNumberOfAttempts || (RetryTimeout != Timeout.InfiniteTimeSpan && elapsed >= RetryTimeout))
        {
            return null;
        }

        double pause = FirstRetryInterval.TotalMilliseconds * Math.Pow(BackoffCoefficient, attempt - 1);
        double longest = MaxRetryInterval == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue.TotalMilliseconds : MaxRetryInterval.TotalMilliseconds;
        return pause < longest ? TimeSpan.FromMilliseconds(pause) : MaxRetryInterval;
    }

    private static void ThrowIfShorter(TimeSpan? value, TimeSpan firstRetryInterval, string name)
    {
        if (value < firstRetryInterval && value != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(name, value, $"must not be shorter than the first retry interval, {firstRetryInterval}");
        }
    }
}
