namespace CellStitch.EmbeddedHost.Engine;

/// <summary>External events and who waits for them. Names are compared without regard to case; an event goes to the newest waiter;
/// one nobody waits for is kept for the next.</summary>
internal sealed class ExternalEvents
{
    private readonly List<HistoryEvent> _kept = [];
    private readonly List<(string Name, TaskCompletionSource<string?> Source)> _waiters = [];

    /// <summary>Events nobody waited for, in order.</summary>
    public IReadOnlyList<HistoryEvent> Kept => _kept;

    public bool HasWaiters => _waiters.Exists(waiter => !waiter.Source.Task.IsCompleted);

    public void Raise(HistoryEvent raised)
    {
        int newest = _waiters.FindLastIndex(waiter => Same(waiter.Name, raised.Name!) && !waiter.Source.Task.IsCompleted);
        if (newest < 0)
        {
            _kept.Add(raised);
            return;
        }

        TaskCompletionSource<string?> source = _waiters[newest].Source;
        _waiters.RemoveAt(newest);
        source.SetResult(raised.Data);
    }

    public Task<string?> WaitAsync(string name, CancellationToken cancellation)
    {
        int first = _kept.FindIndex(kept => Same(kept.Name!, name));
        if (first >= 0)
        {
            string? data = _kept[first].Data;
            _kept.RemoveAt(first);
            return Task.FromResult(data);
        }

        var source = new TaskCompletionSource<string?>();
        _waiters.Add((name, source));
        cancellation.Register(() => source.TrySetCanceled(cancellation));
        return source.Task;
    }

    private static bool Same(string one, string other)
    {
        return string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
    }
}
