using System.Collections.Concurrent;
using Azure;
using Azure.Storage.Blobs;
using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace CellStitch.EmbeddedHost.Engine;

/// <summary>
/// Runs orchestrations over histories in blob storage. What has happened to an orchestration is stored before its code sees it, so a new process
/// that replays the stored history comes to the same point; activities whose completion is stored are never run again.
/// One engine owns a hub at a time (the host holds a lease); an engine that is no longer the owner notices at its next append and stops.
/// </summary>
internal sealed class DurableEngine : IAsyncDisposable
{
    private const int RecoveriesAtOnce = 16;
    private const int ChildStartsAtOnce = 16;

    private readonly ConcurrentDictionary<string, Instance> _instances = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Task, bool> _lives = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly SemaphoreSlim _orchestrators;
    private readonly SemaphoreSlim _childStarts = new(ChildStartsAtOnce);
    private readonly TaskCompletionSource _ownershipLost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ActivityPool? _activities;
    private volatile bool _isAccepting;

    public DurableEngine(BlobServiceClient storage, DurableEngineOptions options, FunctionCalls functions, TimeProvider time, ILoggerFactory loggers)
    {
        (Options, Functions, Time, Loggers) = (options, functions, time, loggers);
        Logger = loggers.CreateLogger("Host.Triggers.DurableTask");
        _orchestrators = new SemaphoreSlim(options.OrchestratorsAtOnce);
        BlobContainerClient container = storage.GetBlobContainerClient($"{options.HubName.ToLowerInvariant()}-durable");
        Store = new InstanceStore(container, new StorageFaults(Logger, _abort.Token));
        Client = new EngineClient(this);
    }

    /// <summary>What functions get. It reads, and stores starts, before the engine is started too.</summary>
    public EngineClient Client { get; }

    /// <summary>Completes when a newer owner has taken over; fails when storage refuses what the engine needs. Then the host must stop.</summary>
    public Task OwnershipLost => _ownershipLost.Task;

    public DurableEngineOptions Options { get; }

    public FunctionCalls Functions { get; }

    public TimeProvider Time { get; }

    public ILoggerFactory Loggers { get; }

    public ILogger Logger { get; }

    public InstanceStore Store { get; }

    public long Epoch { get; private set; }

    public ActivityPool Activities => _activities ?? throw new InvalidOperationException("The durable engine has not been started.");

    /// <summary>Takes over every unfinished orchestration and goes on with it.</summary>
    /// <param name="epoch">This owner's number, greater than that of any owner before.</param>
    /// <param name="cancellation">Stops the attempt.</param>
    public async Task StartAsync(long epoch, CancellationToken cancellation)
    {
        Epoch = epoch;
        _activities = new ActivityPool(Functions, Options.ActivitiesAtOnce, Logger);
        await Store.CreateContainerAsync(cancellation).ConfigureAwait(false);

        // From now on a start brings its instance to life itself; one stored before is found by the listing.
        _isAccepting = true;
        List<string> unfinished = [];
        await foreach ((IReadOnlyList<InstanceState> states, _) in Store.ListAsync(null, null, null, cancellation).ConfigureAwait(false))
        {
            unfinished.AddRange(states.Where(state => !state.HasEnded).Select(state => state.InstanceId));
        }

        ConcurrentBag<Instance> found = [];
        var options = new ParallelOptions { MaxDegreeOfParallelism = RecoveriesAtOnce, CancellationToken = cancellation };
        await Parallel.ForEachAsync(
            unfinished,
            options,
            async (instanceId, token) =>
            {
                if (await Store.ReadAsync(instanceId, token).ConfigureAwait(false) is { State.HasEnded: false } stored)
                {
                    var instance = new Instance(this, stored.State, stored.Tag, isNew: false);
                    if (_instances.TryAdd(instanceId, instance))
                    {
                        found.Add(instance);
                    }
                }
            }).ConfigureAwait(false);
        Logger.Recovered(found.Count, epoch);

        // All are known before the first one lives: a child that ends at once finds its parent.
        foreach (Instance instance in found)
        {
            Live(instance);
        }
    }

    /// <summary>Begins no further activity, waits for the running ones until the grace ends, and stores what has completed.</summary>
    public async Task StopAsync(CancellationToken graceEnded)
    {
        if (_activities is null)
        {
            return;
        }

        await _activities.StopAsync(graceEnded).ConfigureAwait(false);
        _isAccepting = false;
        foreach (Instance instance in _instances.Values)
        {
            instance.Close();
        }

        try
        {
            await Task.WhenAll(_lives.Keys).WaitAsync(graceEnded).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (graceEnded.IsCancellationRequested)
        {
            // What is not stored now happens again after the next start.
        }
    }

    /// <summary>Breaks everything off as it is, as a crash would.</summary>
    public async ValueTask DisposeAsync()
    {
        _isAccepting = false;
        await _abort.CancelAsync().ConfigureAwait(false);
        _activities?.Dispose();
        await Task.WhenAll(_lives.Keys).ConfigureAwait(false);
    }

    public Instance? Find(string instanceId)
    {
        return _instances.GetValueOrDefault(instanceId);
    }

    /// <summary>Stores a start and brings the instance to life.</summary>
    /// <param name="state">The new instance.</param>
    /// <param name="mayReplace">Whether an instance of the same id may be replaced; an unfinished one is terminated first.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <exception cref="OrchestrationAlreadyExistsException">There is an instance of this id that must not be replaced.</exception>
    public async Task StartInstanceAsync(InstanceState state, Func<InstanceState, bool> mayReplace, CancellationToken cancellation)
    {
        ETag? tag = await Store.WriteAsync(state, null, cancellation).ConfigureAwait(false);
        while (tag is null)
        {
            (InstanceState State, ETag Tag)? existing = await Store.ReadAsync(state.InstanceId, cancellation).ConfigureAwait(false);
            if (existing is not { } found)
            {
                tag = await Store.WriteAsync(state, null, cancellation).ConfigureAwait(false);
                continue;
            }

            InstanceState now = Find(state.InstanceId)?.State ?? found.State;
            if (!mayReplace(now))
            {
                throw new OrchestrationAlreadyExistsException($"An orchestration instance with the id {state.InstanceId} already exists ({now.Status}).");
            }

            if (Find(state.InstanceId) is { } alive)
            {
                await alive.PostAsync(new HistoryEvent(HistoryEventKind.Terminated), recursive: false, cancellation).ConfigureAwait(false);
                await alive.Ended.WaitAsync(cancellation).ConfigureAwait(false);
                continue;
            }

            tag = await Store.WriteAsync(state, found.Tag, cancellation).ConfigureAwait(false);
            if (tag is not null)
            {
                await Store.DeleteAllAsync(HistoryBlob.Folder(found.State.InstanceId, found.State.Execution), cancellation).ConfigureAwait(false);
            }
        }

        if (_isAccepting)
        {
            var instance = new Instance(this, state, tag.Value, isNew: true);
            if (_instances.TryAdd(state.InstanceId, instance))
            {
                Live(instance);
            }
        }
    }

    /// <summary>Starts a sub-orchestration, or finds the one this call started before a crash.</summary>
    public async Task StartChildAsync(Instance parent, int generation, OrchestratorAction action)
    {
        var call = new ParentCall(parent.State.Name, parent.State.InstanceId, parent.State.Execution, generation, action.Id);
        DateTimeOffset now = Time.GetUtcNow();
        var child = new InstanceState
        {
            InstanceId = action.InstanceId!,
            Name = action.Name!,
            Execution = Guid.NewGuid().ToString("N"),
            CreatedAt = now,
            UpdatedAt = now,
            Input = action.Input,
            Parent = call,
        };
        try
        {
            await _childStarts.WaitAsync(_abort.Token).ConfigureAwait(false);
            try
            {
                await StartInstanceAsync(child, existing => existing.HasEnded && existing.Parent != call, _abort.Token).ConfigureAwait(false);
            }
            finally
            {
                _childStarts.Release();
            }
        }
        catch (OrchestrationAlreadyExistsException exists)
        {
            (InstanceState State, ETag)? stored = await Store.ReadAsync(child.InstanceId, _abort.Token).ConfigureAwait(false);
            if (stored?.State is { } own && own.Parent == call)
            {
                AnswerParent(own);
            }
            else
            {
                parent.Post(
                    new HistoryEvent(HistoryEventKind.TaskFailed) { Id = action.Id, Failure = TaskFailureDetails.FromException(exists) }, generation);
            }
        }
        catch (OperationCanceledException) when (_abort.IsCancellationRequested)
        {
        }
        catch (Exception fault)
        {
            Break(fault);
        }
    }

    /// <summary>Tells an instance of an event another one has sent. An instance that does not exist or has ended gets none.</summary>
    public void SendEvent(OrchestratorAction sent, string sender)
    {
        Find(sent.InstanceId!)?.Post(new HistoryEvent(HistoryEventKind.EventRaised) { Name = sent.Name, Data = sent.Input, Target = sender });
    }

    public async Task TerminateChildrenAsync(IEnumerable<OrchestratorAction> open, string? output, CancellationToken cancellation)
    {
        foreach (OrchestratorAction child in open.Where(action => action.Kind == HistoryEventKind.ChildScheduled).ToList())
        {
            if (Find(child.InstanceId!) is { } alive)
            {
                await alive.PostAsync(new HistoryEvent(HistoryEventKind.Terminated) { Data = output }, recursive: true, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Runs a step of an orchestrator's code; only so many run at the same time.</summary>
    public async Task StepAsync(Action step, CancellationToken cancellation)
    {
        await _orchestrators.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            step();
        }
        finally
        {
            _orchestrators.Release();
        }
    }

    /// <summary>An instance has ended and its end is stored.</summary>
    public void Forget(Instance ended)
    {
        InstanceState state = ended.State;
        _instances.TryRemove(new KeyValuePair<string, Instance>(state.InstanceId, ended));
        Logger.OrchestrationEnded(state.Name, state.InstanceId, state.Status, state.Failure?.ToString());
        AnswerParent(state);
    }

    private void AnswerParent(InstanceState child)
    {
        if (!child.HasEnded || child.Parent is not { } call || Find(call.InstanceId) is not { } parent || parent.State.Execution != call.Execution)
        {
            return;
        }

        TaskFailureDetails? failure = child.Status switch
        {
            OrchestrationRuntimeStatus.Failed => child.Failure,
            OrchestrationRuntimeStatus.Terminated => new TaskFailureDetails(
                "Terminated", $"Sub-orchestration '{child.Name}' ({child.InstanceId}) was terminated", null, null, null),
            _ => null,
        };
        HistoryEvent answer = failure is null
            ? new HistoryEvent(HistoryEventKind.TaskCompleted) { Id = call.TaskId, Data = child.Output }
            : new HistoryEvent(HistoryEventKind.TaskFailed) { Id = call.TaskId, Failure = failure };
        parent.Post(answer, call.Generation);
    }

    private void Live(Instance instance)
    {
        Task life = Task.Run(() => LiveAsync(instance));
        _lives.TryAdd(life, true);
        life.ContinueWith(ended => _lives.TryRemove(ended, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task LiveAsync(Instance instance)
    {
        try
        {
            await instance.LiveAsync(_abort.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_abort.IsCancellationRequested)
        {
        }
        catch (Exception fault)
        {
            Break(fault);
        }
    }

    private void Break(Exception fault)
    {
        if (_abort.IsCancellationRequested)
        {
            return;
        }

        Logger.EngineBroken(fault);
        _isAccepting = false;
        _abort.Cancel();
        _activities?.Dispose();
        if (fault is OwnershipLostException)
        {
            _ownershipLost.TrySetResult();
        }
        else
        {
            _ownershipLost.TrySetException(fault);
        }
    }
}
