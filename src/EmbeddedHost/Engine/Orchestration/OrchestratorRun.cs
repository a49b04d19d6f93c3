using System.Globalization;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace CellStitch.EmbeddedHost.Engine;

/// <summary>How an orchestration stands after a step.</summary>
internal enum OrchestratorOutcome
{
    Waiting,
    Completed,
    Failed,
    Terminated,
    ContinuedAsNew,
}

/// <summary>
/// One generation of an orchestration: the orchestrator's code, driven by the "in" events of its history. Each event is applied by itself and the
/// code runs until it waits again, so the order of what the code asks for depends on the order of the events only, and a replay over the stored
/// events asks for the same things with the same numbers.
/// </summary>
internal sealed class OrchestratorRun
{
    private readonly FunctionCalls _functions;
    private readonly OrchestratorThread _thread = new();
    private readonly OrchestrationContext _context;
    private readonly List<OrchestratorAction> _actions = [];
    private readonly List<HistoryEvent> _recorded = [];
    private readonly Dictionary<int, TaskCompletionSource<string?>> _open = [];
    private readonly HashSet<string> _received = [];
    private readonly List<HistoryEvent> _deferred = [];
    private Task<object?>? _code;
    private int _written;
    private bool _continues;
    private bool _keepsEvents;
    private string? _nextInput;

    public OrchestratorRun(InstanceState instance, HistoryEvent head, FunctionCalls functions, ILoggerFactory loggers)
    {
        (Instance, _functions) = (instance, functions);
        (Generation, Input, CustomStatus, Now) = (head.Id, head.Data, head.CustomStatus, head.Time);
        _context = new OrchestrationContext(this, loggers);
    }

    public InstanceState Instance { get; }

    public int Generation { get; }

    public string? Input { get; }

    public string? CustomStatus { get; set; }

    public DateTime Now { get; private set; }

    public bool IsReplaying { get; private set; }

    public bool HasBegun => _code is not null;

    /// <summary>Whether the code awaited something that is not in its history.</summary>
    public bool Intruded => _thread.Intruded;

    public bool IsSuspended { get; private set; }

    public OrchestratorOutcome Outcome { get; private set; }

    public string? Output { get; private set; }

    public TaskFailureDetails? Failure { get; private set; }

    public ExternalEvents Events { get; } = new();

    public int NextId => _actions.Count;

    /// <summary>What the code asked for and has no answer yet.</summary>
    public IEnumerable<OrchestratorAction> OpenActions => _actions.Where(action => IsUnanswered(action.Id));

    /// <summary>Events sent to other instances.</summary>
    public IEnumerable<OrchestratorAction> SentEvents => _actions.Where(action => action.Kind == HistoryEventKind.EventSent);

    /// <summary>Called on a foreign thread when the code awaited something that is not in its history.</summary>
    public Action OnIntrusion
    {
        init => _thread.OnIntrusion = value;
    }

    /// <summary>Records of what was asked for since the last call; they go into the history before the next "in" event.</summary>
    public List<HistoryEvent> TakeUnwritten()
    {
        List<HistoryEvent> records = [.. _actions.Skip(Math.Max(_written, _recorded.Count)).Select(action => action.ToRecord())];
        _written = _actions.Count;
        return records;
    }

    /// <summary>The head of the next generation's history, when this one continued as new.</summary>
    public IEnumerable<HistoryEvent> NextHead()
    {
        yield return new HistoryEvent(HistoryEventKind.ExecutionStarted)
        {
            Id = Generation + 1,
            Name = Instance.Name,
            Data = _nextInput,
            CustomStatus = CustomStatus,
            Time = Now,
        };
        foreach (HistoryEvent kept in _keepsEvents ? Events.Kept.Concat(_deferred.Where(e => e.Kind == HistoryEventKind.EventRaised)) : [])
        {
            yield return kept;
        }
    }

    /// <summary>Whether an event means something to this run: not an answer to a question already answered, not an event received before.</summary>
    public bool Accepts(HistoryEvent happened)
    {
        return happened.Kind switch
        {
            HistoryEventKind.TaskCompleted or HistoryEventKind.TaskFailed or HistoryEventKind.TimerFired =>
                IsUnanswered(happened.Id),
            HistoryEventKind.EventRaised => happened.Target is null || !_received.Contains(happened.Target),
            HistoryEventKind.Begun => !HasBegun && !_deferred.Exists(deferred => deferred.Kind == HistoryEventKind.Begun),
            HistoryEventKind.Suspended => !IsSuspended,
            HistoryEventKind.Resumed => IsSuspended,
            _ => true,
        };
    }

    /// <summary>Runs the code over a stored history.</summary>
    public void Replay(IReadOnlyList<HistoryEvent> history)
    {
        IsReplaying = true;
        _recorded.AddRange(history.Where(record => record.IsOutput));
        foreach (HistoryEvent happened in history)
        {
            if (Outcome == OrchestratorOutcome.Waiting)
            {
                Apply(happened);
            }
        }

        IsReplaying = false;
        FailIfLessWasAsked();
    }

    /// <summary>Lets something happen and runs the code until it waits again.</summary>
    public void Apply(HistoryEvent happened)
    {
        switch (happened.Kind)
        {
            case HistoryEventKind.OrchestratorStarted:
                Now = happened.Time;
                break;
            case HistoryEventKind.Terminated:
                (Outcome, Output) = (OrchestratorOutcome.Terminated, happened.Data);
                break;
            case HistoryEventKind.ExecutionCompleted:
                (Outcome, Output) = (OrchestratorOutcome.Completed, happened.Data);
                break;
            case HistoryEventKind.ExecutionFailed:
                (Outcome, Failure) = (OrchestratorOutcome.Failed, happened.Failure);
                break;
            case HistoryEventKind.Suspended:
                IsSuspended = true;
                break;
            case HistoryEventKind.Resumed:
                IsSuspended = false;
                HistoryEvent[] waiting = [.. _deferred];
                _deferred.Clear();
                foreach (HistoryEvent deferred in waiting)
                {
                    Step(deferred);
                }

                break;
            case HistoryEventKind.Begun or HistoryEventKind.TaskCompleted or HistoryEventKind.TaskFailed
                or HistoryEventKind.TimerFired or HistoryEventKind.EventRaised:
                if (happened.Target is { } sender && happened.Kind == HistoryEventKind.EventRaised)
                {
                    _received.Add(sender);
                }

                if (IsSuspended)
                {
                    _deferred.Add(happened);
                }
                else
                {
                    Step(happened);
                }

                break;
        }
    }

    /// <summary>Ends the run because its code awaited what is not in its history.</summary>
    public void FailIntruded()
    {
        Fail(NotDeterministic(
            $"after {_actions.Count.ToString(CultureInfo.InvariantCulture)} calls it awaited something that is not a task of its context (or used ConfigureAwait(false))"));
    }

    public (int Id, TaskCompletionSource<string?> Answer) Schedule(OrchestratorAction action)
    {
        ThrowUnlessStepping();
        _actions.Add(action);
        if (action.Id < _recorded.Count)
        {
            HistoryEvent asked = action.ToRecord();
            HistoryEvent recorded = _recorded[action.Id];
            if ((asked.Kind, asked.Name, asked.Target, asked.Time) != (recorded.Kind, recorded.Name, recorded.Target, recorded.Time))
            {
                NonDeterministicOrchestrationException fault = NotDeterministic(
                    $"at position {action.Id} the history has {OrchestratorAction.Describe(recorded)} but the code asks for {OrchestratorAction.Describe(asked)}");
                Fail(fault);
                throw fault;
            }
        }

        var answer = new TaskCompletionSource<string?>();
        if (action.Kind != HistoryEventKind.EventSent)
        {
            _open.Add(action.Id, answer);
        }

        return (action.Id, answer);
    }

    public void ContinueAsNew(string? input, bool keepsEvents)
    {
        (_continues, _nextInput, _keepsEvents) = (true, input, keepsEvents);
    }

    /// <exception cref="InvalidOperationException">The caller is not the orchestrator's code in a step.</exception>
    public void ThrowUnlessStepping()
    {
        if (!_thread.IsCurrent)
        {
            throw new InvalidOperationException(
                $"The context of orchestrator '{Instance.Name}' was used outside of its steps: after an await of something that is not a task of the context, or from another thread");
        }
    }

    private void Step(HistoryEvent happened)
    {
        if (Outcome != OrchestratorOutcome.Waiting)
        {
            return;
        }

        try
        {
            _thread.Run(() => Answer(happened));
        }
        catch (Exception fault)
        {
            // Thrown by an async void of the orchestrator's code.
            Fail(fault);
        }

        if (_code is { IsCompleted: true })
        {
            Conclude(_code);
        }
        else if (_thread.Intruded || (_code is not null && !_open.Values.Any(answer => !answer.Task.IsCompleted) && !Events.HasWaiters))
        {
            FailIntruded();
        }
    }

    private async Task<object?> RunCodeAsync()
    {
        // An async method turns a synchronous throw into a failed task. The continuation stays on the orchestrator's thread: no ConfigureAwait(false).
        return await _functions.Orchestrator(Instance.Name, _context);
    }

    /// <summary>Whether a call waits for its answer, which may have come but not been shown to suspended code.</summary>
    private bool IsUnanswered(int id)
    {
        return _open.TryGetValue(id, out TaskCompletionSource<string?>? answer) && !answer.Task.IsCompleted
            && !_deferred.Exists(deferred => deferred.Id == id && deferred.Kind is not (HistoryEventKind.EventRaised or HistoryEventKind.Begun));
    }

    private void Answer(HistoryEvent happened)
    {
        switch (happened.Kind)
        {
            case HistoryEventKind.Begun:
                _code = RunCodeAsync();
                break;
            case HistoryEventKind.EventRaised:
                Events.Raise(happened);
                break;
            default:
                AnswerCall(happened);
                break;
        }
    }

    private void AnswerCall(HistoryEvent happened)
    {
        if (happened.Id >= _actions.Count)
        {
            Fail(NotDeterministic($"the history answers the call at position {happened.Id} but the code has made {_actions.Count} calls only"));
        }
        else if (_open.Remove(happened.Id, out TaskCompletionSource<string?>? answer))
        {
            // A cancelled timer stays cancelled.
            _ = happened.Kind == HistoryEventKind.TaskFailed
                ? answer.TrySetException(new CallFailedException(happened.Failure!))
                : answer.TrySetResult(happened.Data);
        }
    }

    private void FailIfLessWasAsked()
    {
        if (_actions.Count < _recorded.Count)
        {
            HistoryEvent missing = _recorded[_actions.Count];
            Fail(NotDeterministic($"at position {missing.Id} the history has {OrchestratorAction.Describe(missing)} but the code asks for nothing"));
        }
    }

    private void Conclude(Task<object?> code)
    {
        FailIfLessWasAsked();
        if (Outcome != OrchestratorOutcome.Waiting)
        {
            return;
        }

        if (_continues && code.IsCompletedSuccessfully)
        {
            Outcome = OrchestratorOutcome.ContinuedAsNew;
            return;
        }

        try
        {
            Output = PayloadConverter.Instance.Serialize(code.GetAwaiter().GetResult());
            Outcome = OrchestratorOutcome.Completed;
        }
        catch (Exception fault)
        {
            Fail(fault);
        }
    }

    private void Fail(Exception fault)
    {
        if (Outcome == OrchestratorOutcome.Waiting)
        {
            (Outcome, Failure) = (OrchestratorOutcome.Failed, TaskFailureDetails.FromException(fault));
        }
    }

    private NonDeterministicOrchestrationException NotDeterministic(string what)
    {
        return new NonDeterministicOrchestrationException(Instance.Name, Instance.InstanceId, what);
    }
}
