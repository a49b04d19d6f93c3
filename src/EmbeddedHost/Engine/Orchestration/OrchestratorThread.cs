namespace CellStitch.EmbeddedHost.Engine;

/// <summary>
/// Runs an orchestrator's code, and the continuations of the tasks it awaits, one at a time and in order, on the thread that calls
/// <see cref="Run"/>. A continuation that comes from another thread belongs to an await of something the history does not know.
/// </summary>
internal sealed class OrchestratorThread : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Work, object? State)> _queue = [];
    private int _thread;
    private volatile bool _intruded;

    /// <summary>Whether the caller is the orchestrator's code.</summary>
    public bool IsCurrent => Volatile.Read(ref _thread) == Environment.CurrentManagedThreadId;

    /// <summary>Whether something awaited by the orchestrator completed outside of a step.</summary>
    public bool Intruded => _intruded;

    /// <summary>Called once when <see cref="Intruded"/> becomes true; on a foreign thread.</summary>
    public Action? OnIntrusion { get; set; }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (IsCurrent)
        {
            _queue.Enqueue((d, state));
        }
        else
        {
            _intruded = true;
            OnIntrusion?.Invoke();
        }
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        throw new NotSupportedException("An orchestrator's continuations are posted, never sent.");
    }

    public override SynchronizationContext CreateCopy()
    {
        return this;
    }

    /// <summary>Does the work and everything that follows from it, until the code waits for something new.</summary>
    public void Run(Action work)
    {
        SynchronizationContext? outer = Current;
        SetSynchronizationContext(this);
        Volatile.Write(ref _thread, Environment.CurrentManagedThreadId);
        try
        {
            work();
            while (_queue.TryDequeue(out (SendOrPostCallback Work, object? State) next))
            {
                next.Work(next.State);
            }
        }
        finally
        {
            Volatile.Write(ref _thread, 0);
            SetSynchronizationContext(outer);
        }
    }
}
