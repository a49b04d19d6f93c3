using System.Text.Json;
using System.Threading.Channels;
using Azure;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace CellStitch.EmbeddedHost.Engine;

/// <summary>
/// An unfinished orchestration: takes what happens to it from its inbox, appends it to the history, and only then shows it to the orchestrator's code.
/// What the code asks for is done at once and recorded with the next thing that happens: a replay asks for it again.
/// </summary>
internal sealed class Instance
{
    private readonly Channel<Message> _inbox = Channel.CreateUnbounded<Message>(new UnboundedChannelOptions { SingleReader = true });
    private readonly DurableEngine _engine;
    private readonly HistoryBlob _history;
    private readonly bool _isNew;
    private readonly HashSet<int> _inFlight = [];
    private readonly DurableTimers _timers;
    private readonly List<Task> _childStarts = [];
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private OrchestratorRun? _run;
    private List<HistoryEvent> _unwritten = [];
    private ETag _tag;
    private volatile InstanceState _state;

    /// <param name="engine">The engine it belongs to.</param>
    /// <param name="state">Its stored state.</param>
    /// <param name="tag">ETag of the stored state.</param>
    /// <param name="isNew">Whether this engine has just started it, so that it has no history.</param>
    public Instance(DurableEngine engine, InstanceState state, ETag tag, bool isNew)
    {
        (_engine, _state, _tag, _isNew) = (engine, state, tag, isNew);
        _timers = new DurableTimers(engine.Time);
        _history = new HistoryBlob(engine.Store, state, engine.Epoch, engine.Options.AppendsPerSegment);
    }

    /// <summary>As clients see it now.</summary>
    public InstanceState State => _state;

    public bool HasEnded => _ended.Task.IsCompletedSuccessfully;

    /// <summary>Completes when the code has begun; fails when the host stops before.</summary>
    public Task Started => _started.Task;

    /// <summary>Completes when the end is stored; fails when the host stops before.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Lets something happen. What belongs to an earlier generation, or comes after the end, is dropped.</summary>
    public void Post(HistoryEvent happened, int? generation = null)
    {
        _inbox.Writer.TryWrite(new Message(happened, generation, Recursive: false, Stored: null));
    }

    /// <summary>Lets something happen; completes when it is stored, or dropped because the end came first.</summary>
    /// <exception cref="InvalidOperationException">The host is stopping.</exception>
    public async Task PostAsync(HistoryEvent happened, bool recursive, CancellationToken cancellation)
    {
        var stored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_inbox.Writer.TryWrite(new Message(happened, null, recursive, stored)) && !HasEnded)
        {
            throw Stopping();
        }

        Task first = await Task.WhenAny(stored.Task, _ended.Task).WaitAsync(cancellation).ConfigureAwait(false);
        await first.ConfigureAwait(false);
    }

    /// <summary>Takes nothing more; what is in the inbox is still stored.</summary>
    public void Close()
    {
        _inbox.Writer.TryComplete();
    }

    /// <summary>Lives until the orchestration has ended, the inbox is closed or the engine is broken off.</summary>
    public async Task LiveAsync(CancellationToken cancellation)
    {
        try
        {
            List<HistoryEvent>? taken = _isNew ? [] : await _history.TakeOverAsync(cancellation).ConfigureAwait(false);
            await LoadAsync(taken, cancellation).ConfigureAwait(false);
            ScheduleBegin();
            await AfterStepAsync(cancellation).ConfigureAwait(false);
            while (!HasEnded && await WaitAsync(cancellation).ConfigureAwait(false))
            {
                await TurnAsync(cancellation).ConfigureAwait(false);
            }
        }
        catch (Exception damaged) when (damaged is InvalidDataException or JsonException)
        {
            _engine.Logger.HistoryDamaged(_state.Name, _state.InstanceId, damaged);
            await EndAsync(OrchestrationRuntimeStatus.Failed, null, TaskFailureDetails.FromException(damaged), cancellation).ConfigureAwait(false);
        }
        finally
        {
            Close();
            _timers.Stop();
            _started.TrySetException(Stopping());
            _ended.TrySetException(Stopping());
            while (_inbox.Reader.TryRead(out Message? left))
            {
                _ = HasEnded ? left.Stored?.TrySetResult() : left.Stored?.TrySetException(Stopping());
            }
        }
    }

    private async Task<bool> WaitAsync(CancellationToken cancellation)
    {
        Task<bool> next = _inbox.Reader.WaitToReadAsync(cancellation).AsTask();
        if (_run is not null && !next.IsCompleted)
        {
            try
            {
                await next.WaitAsync(_engine.Options.ExtendedSessions ? _engine.Options.ExtendedSessionIdle : TimeSpan.Zero, _engine.Time, cancellation)
                    .ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                _run = null;
            }
        }

        return await next.ConfigureAwait(false);
    }

    private async Task TurnAsync(CancellationToken cancellation)
    {
        List<Message> batch = [];
        while (_inbox.Reader.TryRead(out Message? message))
        {
            batch.Add(message);
        }

        if (_run is null)
        {
            await LoadAsync(null, cancellation).ConfigureAwait(false);
        }

        List<HistoryEvent> happened = [];
        foreach (Message message in batch.Where(message => message.Generation is null || message.Generation == _run!.Generation))
        {
            if (message.Event is { } next && _run!.Accepts(next) && !happened.Exists(earlier => IsSame(earlier, next)))
            {
                if (message.Recursive)
                {
                    await Task.WhenAll(_childStarts).WaitAsync(cancellation).ConfigureAwait(false);
                    await _engine.TerminateChildrenAsync(_run.OpenActions, next.Data, cancellation).ConfigureAwait(false);
                }

                happened.Add(next);
            }
        }

        if (happened.Count > 0)
        {
            happened.Insert(0, new HistoryEvent(HistoryEventKind.OrchestratorStarted) { Time = StepTime(happened) });
            await _history.AppendAsync([.. _unwritten, .. _run!.TakeUnwritten(), .. happened], cancellation).ConfigureAwait(false);
            _unwritten = [];
        }

        foreach (Message message in batch)
        {
            message.Stored?.TrySetResult();
        }

        await _engine.StepAsync(() => happened.ForEach(_run!.Apply), cancellation).ConfigureAwait(false);
        if (_run!.Intruded)
        {
            _run.FailIntruded();
        }

        await AfterStepAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Builds the run from the stored history.</summary>
    private async Task LoadAsync(List<HistoryEvent>? history, CancellationToken cancellation)
    {
        history ??= await _history.ReadAsync(cancellation).ConfigureAwait(false);
        HistoryEvent? head = history.Find(record => record.Kind == HistoryEventKind.ExecutionStarted);
        if (head is null)
        {
            head = new HistoryEvent(HistoryEventKind.ExecutionStarted) { Name = _state.Name, Data = _state.Input, Time = _state.CreatedAt.UtcDateTime };
            _unwritten = [head, new HistoryEvent(HistoryEventKind.Owned)];
        }

        _run = NewRun(head);
        await _engine.StepAsync(() => _run.Replay(history), cancellation).ConfigureAwait(false);
    }

    private OrchestratorRun NewRun(HistoryEvent head)
    {
        return new OrchestratorRun(_state, head, _engine.Functions, _engine.Loggers)
        {
            OnIntrusion = () => _inbox.Writer.TryWrite(new Message(null, head.Id, Recursive: false, Stored: null)),
        };
    }

    private async Task AfterStepAsync(CancellationToken cancellation)
    {
        // An orchestration that failed or was terminated asks for nothing more.
        bool isAsking = _run!.Outcome is not (OrchestratorOutcome.Failed or OrchestratorOutcome.Terminated);
        foreach (OrchestratorAction action in _run.OpenActions.Concat(_run.SentEvents).Where(action => isAsking && _inFlight.Add(action.Id)).ToList())
        {
            Dispatch(action);
        }

        switch (_run.Outcome)
        {
            case OrchestratorOutcome.Waiting:
                OrchestrationRuntimeStatus status = _run.IsSuspended ? OrchestrationRuntimeStatus.Suspended
                    : _run.HasBegun ? OrchestrationRuntimeStatus.Running
                    : OrchestrationRuntimeStatus.Pending;
                _state = _state with { Status = status, CustomStatus = _run.CustomStatus, UpdatedAt = _run.Now };
                break;
            case OrchestratorOutcome.ContinuedAsNew:
                await ContinueAsync(cancellation).ConfigureAwait(false);
                break;
            case OrchestratorOutcome.Completed:
                await FinishAsync(
                    new HistoryEvent(HistoryEventKind.ExecutionCompleted) { Data = _run.Output }, OrchestrationRuntimeStatus.Completed, cancellation).ConfigureAwait(false);
                break;
            case OrchestratorOutcome.Failed:
                await FinishAsync(
                    new HistoryEvent(HistoryEventKind.ExecutionFailed) { Failure = _run.Failure }, OrchestrationRuntimeStatus.Failed, cancellation).ConfigureAwait(false);
                break;
            case OrchestratorOutcome.Terminated:
                await EndAsync(OrchestrationRuntimeStatus.Terminated, _run.Output, null, cancellation).ConfigureAwait(false);
                break;
        }

        if (_run.HasBegun)
        {
            _started.TrySetResult();
        }
    }

    private async Task ContinueAsync(CancellationToken cancellation)
    {
        List<HistoryEvent> next = [.. _run!.NextHead()];
        await _history.MoveOnAsync(next, cancellation).ConfigureAwait(false);
        _timers.Stop();
        _inFlight.Clear();
        _state = _state with { Input = next[0].Data, UpdatedAt = _run.Now };
        await LoadAsync(next, cancellation).ConfigureAwait(false);
        ScheduleBegin();
    }

    private async Task FinishAsync(HistoryEvent last, OrchestrationRuntimeStatus status, CancellationToken cancellation)
    {
        await _history.AppendAsync([.. _unwritten, .. _run!.TakeUnwritten(), last], cancellation).ConfigureAwait(false);
        await EndAsync(status, last.Data, last.Failure, cancellation).ConfigureAwait(false);
    }

    private async Task EndAsync(OrchestrationRuntimeStatus status, string? output, TaskFailureDetails? failure, CancellationToken cancellation)
    {
        InstanceState last = _state with
        {
            Status = status,
            Output = output,
            Failure = failure,
            CustomStatus = _run?.CustomStatus ?? _state.CustomStatus,
            UpdatedAt = _engine.Time.GetUtcNow(),
            Epoch = _engine.Epoch,
        };
        _tag = await _engine.Store.WriteAsync(last, _tag, cancellation).ConfigureAwait(false)
            ?? throw new OwnershipLostException($"of the state of '{last.InstanceId}'");
        _state = last;
        _engine.Forget(this);
        _started.TrySetResult();
        _ended.TrySetResult();
    }

    private void ScheduleBegin()
    {
        var begun = new HistoryEvent(HistoryEventKind.Begun);
        if (!_run!.Accepts(begun))
        {
            return;
        }

        if (_state.StartAt is { } startAt && startAt > _engine.Time.GetUtcNow() && _run.Generation == 0)
        {
            int first = _run.Generation;
            _timers.At(startAt.UtcDateTime, () => Post(begun, first));
        }
        else
        {
            Post(begun, _run.Generation);
        }
    }

    private void Dispatch(OrchestratorAction action)
    {
        int generation = _run!.Generation;
        switch (action.Kind)
        {
            case HistoryEventKind.TaskScheduled:
                _engine.Activities.Enqueue(this, generation, action);
                break;
            case HistoryEventKind.TimerCreated:
                var fired = new HistoryEvent(HistoryEventKind.TimerFired) { Id = action.Id, Time = action.FireAt };
                _timers.At(action.FireAt, () => Post(fired, generation));
                break;
            case HistoryEventKind.ChildScheduled:
                _childStarts.RemoveAll(start => start.IsCompleted);
                _childStarts.Add(_engine.StartChildAsync(this, generation, action));
                break;
            case HistoryEventKind.EventSent:
                // The receiver knows the sending action, so that sending it again after a crash does no harm.
                _engine.SendEvent(action, $"{_state.Execution}/{generation}/{action.Id}");
                break;
        }
    }

    private DateTime StepTime(List<HistoryEvent> happened)
    {
        // Never back, and never before the time a timer waited for.
        DateTime now = _engine.Time.GetUtcNow().UtcDateTime;
        DateTime least = happened.Where(next => next.Kind == HistoryEventKind.TimerFired).Select(next => next.Time).Append(_run!.Now).Max();
        return now > least ? now : least;
    }

    private static bool IsSame(HistoryEvent one, HistoryEvent other)
    {
        return one.Kind == other.Kind && one.Id == other.Id && one.Target == other.Target && (one.Kind != HistoryEventKind.EventRaised || one.Target is not null);
    }

    private static InvalidOperationException Stopping()
    {
        return new InvalidOperationException("The host is stopping.");
    }

    private sealed record Message(HistoryEvent? Event, int? Generation, bool Recursive, TaskCompletionSource? Stored);
}
