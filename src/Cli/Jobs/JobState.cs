using CellStitch.Functions.Jobs;

namespace CellStitch.Cli.Jobs;

/// <summary>The states of a job, as the API names them, and what they mean to somebody who waits.</summary>
internal static class JobState
{
    /// <summary>Files are missing, or have just arrived.</summary>
    public const string Waiting = "waiting";
    public const string Running = "running";
    public const string Completed = "completed";
    public const string Failed = "failed";

    /// <summary>The same input as last time: the results stand.</summary>
    public const string Unchanged = "unchanged";
    public const string Cancelled = "cancelled";

    /// <summary>A newer run took over, which the API tells of next.</summary>
    public const string Superseded = "superseded";

    /// <summary>Whether nothing more will happen.</summary>
    public static bool HasEnded(this JobStatus status) => status.State is Completed or Unchanged or Failed or Cancelled;

    /// <summary>Whether there are results that belong to what was dropped.</summary>
    public static bool HasResults(this JobStatus status) => status.State is Completed or Unchanged;

    /// <summary>Why there are none: one sentence.</summary>
    public static string WhyNone(this JobStatus status) => $"{status.Job}: {status.Error?.Message ?? status.Message ?? $"the job is {status.State}."}";
}
