using Azure;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace CellStitch.EmbeddedHost.Engine;

/// <summary>The client that functions get: it talks to the engine in the same process.</summary>
internal sealed class EngineClient(DurableEngine engine) : DurableTaskClient(engine.Options.HubName)
{
    private static readonly TimeSpan PollPause = TimeSpan.FromMilliseconds(200);

    /// <summary>Where the host listens, for management URLs; null until it does.</summary>
    public Uri? HostAddress { get; set; }

    /// <summary>The key that management URLs carry; null when the host asks for none.</summary>
    public string? HostKey { get; set; }

    public override async Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
    {
        Func<InstanceState, bool> mayReplace = MayReplace(options?.DedupeStatuses);
        InstanceState start = NewInstance(orchestratorName, options?.InstanceId, PayloadConverter.Instance.Serialize(input));
        await engine.Store.CreateContainerAsync(cancellation).ConfigureAwait(false);
        await engine.StartInstanceAsync(start with { StartAt = options?.StartAt }, mayReplace, cancellation).ConfigureAwait(false);
        return start.InstanceId;
    }

    public override Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        string? data = PayloadConverter.Instance.Serialize(eventPayload);
        return PostAsync(instanceId, new HistoryEvent(HistoryEventKind.EventRaised) { Name = eventName, Data = data }, false, cancellation);
    }

    public override Task TerminateInstanceAsync(string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        string? output = PayloadConverter.Instance.Serialize(options?.Output);
        return PostAsync(instanceId, new HistoryEvent(HistoryEventKind.Terminated) { Data = output }, options?.Recursive ?? false, cancellation);
    }

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default)
    {
        return PostAsync(instanceId, new HistoryEvent(HistoryEventKind.Suspended) { Name = reason }, false, cancellation);
    }

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default)
    {
        return PostAsync(instanceId, new HistoryEvent(HistoryEventKind.Resumed) { Name = reason }, false, cancellation);
    }

    public override async Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        InstanceState? state = engine.Find(instanceId)?.State ?? (await engine.Store.ReadAsync(instanceId, cancellation).ConfigureAwait(false))?.State;
        return state?.ToMetadata(getInputsAndOutputs);
    }

    public override Microsoft.DurableTask.AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null)
    {
        return new InstanceQuery(engine, filter ?? new OrchestrationQuery());
    }

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
    {
        return WaitAsync(
            instanceId, instance => instance.Started, state => state.Status != OrchestrationRuntimeStatus.Pending, getInputsAndOutputs, cancellation);
    }

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
    {
        return WaitAsync(instanceId, instance => instance.Ended, state => state.HasEnded, getInputsAndOutputs, cancellation);
    }

    public override async Task<PurgeResult> PurgeInstanceAsync(
        string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        (InstanceState State, ETag)? stored = await engine.Store.ReadAsync(instanceId, cancellation).ConfigureAwait(false);
        return stored is not { State.HasEnded: true } ended
            ? new PurgeResult(0)
            : new PurgeResult(await PurgeAsync(ended.State, options?.Recursive ?? false, cancellation).ConfigureAwait(false), isComplete: true);
    }

    public override async Task<PurgeResult> PurgeAllInstancesAsync(
        PurgeInstancesFilter filter, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        int count = 0;
        var query = new OrchestrationQuery(filter.CreatedFrom, filter.CreatedTo, filter.Statuses);
        await foreach (InstanceState state in InstanceQuery.FindAsync(engine, query, cancellation).ConfigureAwait(false))
        {
            if (state.HasEnded)
            {
                count += await PurgeAsync(state, options?.Recursive ?? false, cancellation).ConfigureAwait(false);
            }
        }

        return new PurgeResult(count, isComplete: true);
    }

    public override async Task<string> RestartAsync(
        string instanceId, bool restartWithNewInstanceId = false, CancellationToken cancellation = default)
    {
        InstanceState old = (await engine.Store.ReadAsync(instanceId, cancellation).ConfigureAwait(false))?.State
            ?? throw new ArgumentException($"There is no orchestration instance with the id {instanceId}", nameof(instanceId));
        if (!old.HasEnded)
        {
            throw new InvalidOperationException($"Orchestration instance {instanceId} cannot be restarted: it has not ended.");
        }

        InstanceState start = NewInstance(old.Name, restartWithNewInstanceId ? null : instanceId, old.Input);
        await engine.StartInstanceAsync(start, existing => existing.HasEnded, cancellation).ConfigureAwait(false);
        return start.InstanceId;
    }

    public override ValueTask DisposeAsync()
    {
        // The engine belongs to the host.
        return ValueTask.CompletedTask;
    }

    private InstanceState NewInstance(TaskName name, string? instanceId, string? input)
    {
        ArgumentException.ThrowIfNullOrEmpty(name.Name, nameof(name));
        DateTimeOffset now = engine.Time.GetUtcNow();
        return new InstanceState
        {
            InstanceId = string.IsNullOrEmpty(instanceId) ? Guid.NewGuid().ToString("N") : instanceId,
            Name = name,
            Execution = Guid.NewGuid().ToString("N"),
            CreatedAt = now,
            UpdatedAt = now,
            Input = input,
        };
    }

    private async Task PostAsync(string instanceId, HistoryEvent happened, bool recursive, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        if (engine.Find(instanceId) is { } instance)
        {
            await instance.PostAsync(happened, recursive, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<OrchestrationMetadata> WaitAsync(
        string instanceId, Func<Instance, Task> moment, Func<InstanceState, bool> isReached, bool withPayloads, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        while (true)
        {
            if (engine.Find(instanceId) is { } instance)
            {
                await moment(instance).WaitAsync(cancellation).ConfigureAwait(false);
                return instance.State.ToMetadata(withPayloads);
            }

            if (await engine.Store.ReadAsync(instanceId, cancellation).ConfigureAwait(false) is { } stored && isReached(stored.State))
            {
                return stored.State.ToMetadata(withPayloads);
            }

            await Task.Delay(PollPause, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<int> PurgeAsync(InstanceState ended, bool recursive, CancellationToken cancellation)
    {
        int count = 1;
        if (recursive)
        {
            List<InstanceState> children = await InstanceQuery.FindAsync(engine, new OrchestrationQuery(), cancellation)
                .Where(child => child.HasEnded && child.Parent?.InstanceId == ended.InstanceId)
                .ToListAsync(cancellation).ConfigureAwait(false);
            foreach (InstanceState child in children)
            {
                count += await PurgeAsync(child, recursive, cancellation).ConfigureAwait(false);
            }
        }

        await engine.Store.DeleteAsync(ended.InstanceId, cancellation).ConfigureAwait(false);
        return count;
    }

    private static Func<InstanceState, bool> MayReplace(IReadOnlyList<string>? dedupeStatuses)
    {
        if (dedupeStatuses is null)
        {
            return existing => existing.HasEnded;
        }

        HashSet<OrchestrationRuntimeStatus> kept = [];
        foreach (string name in dedupeStatuses)
        {
            kept.Add(Enum.TryParse(name, ignoreCase: true, out OrchestrationRuntimeStatus status)
                ? status
                : throw new ArgumentException($"'{name}' is not an orchestration status", nameof(dedupeStatuses)));
        }

        return existing => !kept.Contains(existing.Status);
    }
}
