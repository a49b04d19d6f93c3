using CellStitch.Functions.Jobs;
using Microsoft.DurableTask;

namespace CellStitch.Functions.Orchestrators;

/// <summary>Which failed activities are tried again: storage faults and time-outs, never bad input.</summary>
internal sealed class Retries
{
    // 2 + 4 + 8 + 16 + 32 + 60 + 60 s: outlasts a minute without storage, whatever share of it the storage client's own retries took.
    private const int Attempts = 8;
    private static readonly TimeSpan First = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    // Saying that a run failed goes on for hours: else nobody would learn of it.
    private const int ReportAttempts = 200;

    public Retries()
    {
        Options = From(Attempts);
        ReportOptions = From(ReportAttempts);
    }

    /// <summary>For work.</summary>
    public TaskOptions Options { get; }

    /// <summary>For reports.</summary>
    public TaskOptions ReportOptions { get; }

    /// <summary>Failures that were, or are about to be, tried again. Replay counts them anew, so it always tells the same.</summary>
    public int Count { get; private set; }

    private TaskOptions From(int attempts) => TaskOptions.FromRetryPolicy(new RetryPolicy(attempts, First, backoffCoefficient: 2, maxRetryInterval: Longest)
    {
        HandleFailure = failure =>
        {
            bool again = Failures.IsTransient(failure);
            Count += again ? 1 : 0;
            return again;
        },
    });
}
