using Microsoft.Extensions.Time.Testing;

namespace CellStitch.EmbeddedHost.Tests.Engine;

/// <summary>A clock that the test turns, and only while a durable timer waits for it: however slow the machine is, nothing that is due is passed over.</summary>
internal sealed class TurnedClock(DateTimeOffset start) : TimeProvider
{
    private readonly FakeTimeProvider _time = new(start);
    private int _waiting;

    public override DateTimeOffset GetUtcNow() => _time.GetUtcNow();

    public void Advance(TimeSpan by) => _time.Advance(by);

    /// <summary>Turns the clock if a durable timer waits.</summary>
    public void AdvanceIfAwaited(TimeSpan by)
    {
        if (Volatile.Read(ref _waiting) > 0)
        {
            _time.Advance(by);
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        // Durable timers are made first and set then; what is made with its time is a pause of the engine.
        return dueTime == Timeout.InfiniteTimeSpan ? new DurableTimer(this, callback, state) : _time.CreateTimer(callback, state, dueTime, period);
    }

    private sealed class DurableTimer : ITimer
    {
        private readonly TurnedClock _clock;
        private readonly ITimer _timer;
        private int _isWaiting;

        public DurableTimer(TurnedClock clock, TimerCallback callback, object? state)
        {
            _clock = clock;
            _timer = clock._time.CreateTimer(
                given =>
                {
                    Settle();
                    callback(given);
                },
                state,
                Timeout.InfiniteTimeSpan,
                Timeout.InfiniteTimeSpan);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (Interlocked.Exchange(ref _isWaiting, 1) == 0)
            {
                Interlocked.Increment(ref _clock._waiting);
            }

            return _timer.Change(dueTime, period);
        }

        public void Dispose()
        {
            Settle();
            _timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Settle()
        {
            if (Interlocked.Exchange(ref _isWaiting, 0) == 1)
            {
                Interlocked.Decrement(ref _clock._waiting);
            }
        }
    }
}
