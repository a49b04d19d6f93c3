namespace CellStitch.EmbeddedHost.Engine;

/// <summary>The timers of one generation of an orchestration. A long wait is cut into days: timers of the runtime end at 49.</summary>
internal sealed class DurableTimers(TimeProvider time)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly List<ITimer> _timers = [];

    /// <summary>Does something at a time, UTC, or at once when it is past.</summary>
    public void At(DateTime due, Action fire)
    {
        ITimer? timer = null;
        timer = time.CreateTimer(
            _ =>
            {
                TimeSpan left = Left(due);
                if (left > TimeSpan.Zero)
                {
                    timer?.Change(left, Timeout.InfiniteTimeSpan);
                }
                else
                {
                    fire();
                }
            },
            null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        _timers.Add(timer);
        timer.Change(Left(due), Timeout.InfiniteTimeSpan);
    }

    /// <summary>Stops all timers; new ones may follow.</summary>
    public void Stop()
    {
        _timers.ForEach(timer => timer.Dispose());
        _timers.Clear();
    }

    private TimeSpan Left(DateTime due)
    {
        // Timers count in milliseconds.
        TimeSpan left = due - time.GetUtcNow().UtcDateTime;
        return left <= TimeSpan.Zero ? TimeSpan.Zero : left < Shortest ? Shortest : left < Longest ? left : Longest;
    }
}
