using System.ComponentModel;
using Microsoft.DurableTask.Internal;

namespace Microsoft.DurableTask.Client;

/// <summary>Starts orchestrations, reads and changes their state.</summary>
public abstract class DurableTaskClient : IOrchestrationSubmitter, IAsyncDisposable
{
    /// <summary>A client.</summary>
    /// <param name="name">Its name.</param>
    protected DurableTaskClient(string name)
    {
        Name = name;
    }

    /// <summary>The client's name.</summary>
    public string Name { get; }

    /// <summary>Starts an orchestration.</summary>
    /// <param name="orchestratorName">The orchestrator function.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>The instance id.</returns>
    public virtual Task<string> ScheduleNewOrchestrationInstanceAsync(TaskName orchestratorName, CancellationToken cancellation)
    {
        return ScheduleNewOrchestrationInstanceAsync(orchestratorName, null, null, cancellation);
    }

    /// <summary>Starts an orchestration.</summary>
    /// <param name="orchestratorName">The orchestrator function.</param>
    /// <param name="input">Its input.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>The instance id.</returns>
    public virtual Task<string> ScheduleNewOrchestrationInstanceAsync(TaskName orchestratorName, object? input, CancellationToken cancellation)
    {
        return ScheduleNewOrchestrationInstanceAsync(orchestratorName, input, null, cancellation);
    }

    /// <summary>Starts an orchestration.</summary>
    /// <param name="orchestratorName">The orchestrator function.</param>
    /// <param name="options">How to start it.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>The instance id.</returns>
    /// <exception cref="global::DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException">The instance exists and must not be replaced.</exception>
    public virtual Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, StartOrchestrationOptions options, CancellationToken cancellation = default)
    {
        return ScheduleNewOrchestrationInstanceAsync(orchestratorName, null, options, cancellation);
    }

    /// <summary>Starts an orchestration. The start is stored when this returns.</summary>
    /// <param name="orchestratorName">The orchestrator function.</param>
    /// <param name="input">Its input.</param>
    /// <param name="options">How to start it.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>The instance id.</returns>
    /// <exception cref="global::DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException">The instance exists and must not be replaced.</exception>
    public abstract Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default);

    /// <summary>Raises an event without payload. An event for an instance that does not exist or has ended is dropped.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="eventName">The event's name.</param>
    /// <param name="cancellation">Cancels the request.</param>
    public virtual Task RaiseEventAsync(string instanceId, string eventName, CancellationToken cancellation)
    {
        return RaiseEventAsync(instanceId, eventName, null, cancellation);
    }

    /// <summary>Raises an event. One for an instance that does not exist or has ended is dropped.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="eventName">The event's name.</param>
    /// <param name="eventPayload">The event's payload.</param>
    /// <param name="cancellation">Cancels the request.</param>
    public abstract Task RaiseEventAsync(
        string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default);

    /// <summary>Completes when the instance has begun.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public virtual Task<OrchestrationMetadata> WaitForInstanceStartAsync(string instanceId, CancellationToken cancellation)
    {
        return WaitForInstanceStartAsync(instanceId, false, cancellation);
    }

    /// <summary>Completes when the instance has begun.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="getInputsAndOutputs">Whether to read its payloads too.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public abstract Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default);

    /// <summary>Completes when the instance has ended.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public virtual Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(string instanceId, CancellationToken cancellation)
    {
        return WaitForInstanceCompletionAsync(instanceId, false, cancellation);
    }

    /// <summary>Completes when the instance has ended.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="getInputsAndOutputs">Whether to read its payloads too.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public abstract Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default);

    /// <summary>Terminates an instance.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="cancellation">Cancels the request.</param>
    public virtual Task TerminateInstanceAsync(string instanceId, CancellationToken cancellation)
    {
        return TerminateInstanceAsync(instanceId, null, cancellation);
    }

    /// <summary>Terminates an instance.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="output">Its output.</param>
    /// <param name="cancellation">Cancels the request.</param>
    public virtual Task TerminateInstanceAsync(string instanceId, object? output, CancellationToken cancellation = default)
    {
        return TerminateInstanceAsync(instanceId, output is null ? null : new TerminateInstanceOptions(output), cancellation);
    }

    /// <summary>Terminates an instance. Activities that run are not interrupted, but their results are dropped.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <exception cref="NotSupportedException">The client cannot terminate.</exception>
    public virtual Task TerminateInstanceAsync(
        string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        throw new NotSupportedException($"{GetType()} does not support orchestration termination.");
    }

    /// <summary>Lets an instance make no step until it is resumed.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="cancellation">Cancels the request.</param>
    public virtual Task SuspendInstanceAsync(string instanceId, CancellationToken cancellation)
    {
        return SuspendInstanceAsync(instanceId, null, cancellation);
    }

    /// <summary>Lets an instance make no step until it is resumed.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellation">Cancels the request.</param>
    public abstract Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default);

    /// <summary>Lets a suspended instance go on.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="cancellation">Cancels the request.</param>
    public virtual Task ResumeInstanceAsync(string instanceId, CancellationToken cancellation)
    {
        return ResumeInstanceAsync(instanceId, null, cancellation);
    }

    /// <summary>Lets a suspended instance go on.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellation">Cancels the request.</param>
    public abstract Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default);

    /// <summary>The state of an instance without its payloads; null when there is none of that id.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="cancellation">Cancels the request.</param>
    public virtual Task<OrchestrationMetadata?> GetInstanceAsync(string instanceId, CancellationToken cancellation)
    {
        return GetInstanceAsync(instanceId, false, cancellation);
    }

    /// <summary>The state of an instance; null when there is none of that id.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="getInputsAndOutputs">Whether to read its payloads too.</param>
    /// <param name="cancellation">Cancels the request.</param>
    public virtual Task<OrchestrationMetadata?> GetInstanceAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
    {
        return GetInstancesAsync(instanceId, getInputsAndOutputs, cancellation);
    }

    /// <summary>What <see cref="GetInstanceAsync(string, bool, CancellationToken)"/> is called by older callers.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="getInputsAndOutputs">Whether to read its payloads too.</param>
    /// <param name="cancellation">Cancels the request.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public abstract Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default);

    /// <summary>The states of many instances, by id.</summary>
    /// <param name="filter">Which; null = all.</param>
    public abstract AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null);

    /// <summary>Removes an ended instance from storage.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="cancellation">Cancels the request.</param>
    public virtual Task<PurgeResult> PurgeInstanceAsync(string instanceId, CancellationToken cancellation)
    {
        return PurgeInstanceAsync(instanceId, null, cancellation);
    }

    /// <summary>Removes an ended instance from storage.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <exception cref="NotSupportedException">The client cannot purge.</exception>
    public virtual Task<PurgeResult> PurgeInstanceAsync(
        string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        throw new NotSupportedException($"{GetType()} does not support purging of orchestration instances.");
    }

    /// <summary>Removes ended instances from storage.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="cancellation">Cancels the request.</param>
    public virtual Task<PurgeResult> PurgeAllInstancesAsync(PurgeInstancesFilter filter, CancellationToken cancellation)
    {
        return PurgeAllInstancesAsync(filter, null, cancellation);
    }

    /// <summary>Removes ended instances from storage.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <exception cref="NotSupportedException">The client cannot purge.</exception>
    public virtual Task<PurgeResult> PurgeAllInstancesAsync(
        PurgeInstancesFilter filter, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        throw new NotSupportedException($"{GetType()} does not support purging of orchestration instances.");
    }

    /// <summary>Starts an ended orchestration again with the same input.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="restartWithNewInstanceId">Whether the new run gets an id of its own; otherwise it replaces the old one.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>The id of the new run.</returns>
    /// <exception cref="ArgumentException">There is no such instance.</exception>
    /// <exception cref="InvalidOperationException">It has not ended.</exception>
    /// <exception cref="NotSupportedException">The client cannot restart.</exception>
    public virtual Task<string> RestartAsync(
        string instanceId, bool restartWithNewInstanceId = false, CancellationToken cancellation = default)
    {
        throw new NotSupportedException($"{GetType()} does not support orchestration restart.");
    }

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
