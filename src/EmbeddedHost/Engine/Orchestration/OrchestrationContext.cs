using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace CellStitch.EmbeddedHost.Engine;

/// <summary>What the engine gives to orchestrators.</summary>
internal sealed class OrchestrationContext(OrchestratorRun run, ILoggerFactory loggers) : TaskOrchestrationContext
{
    private int _guids;

    public override TaskName Name => run.Instance.Name;

    public override string InstanceId => run.Instance.InstanceId;

    public override ParentOrchestrationInstance? Parent { get; } =
        run.Instance.Parent is { } parent ? new ParentOrchestrationInstance(parent.Name, parent.InstanceId) : null;

    public override DateTime CurrentUtcDateTime => run.Now;

    public override bool IsReplaying => run.IsReplaying;

    protected override ILoggerFactory LoggerFactory => loggers;

    public override T? GetInput<T>()
        where T : default
    {
        return PayloadConverter.Instance.Deserialize<T>(run.Input);
    }

    public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        if (input is TaskOptions && options is null)
        {
            throw new ArgumentException($"The input of activity '{name}' is a {nameof(TaskOptions)}: name the argument, options: …", nameof(input));
        }

        string? data = PayloadConverter.Instance.Serialize(input);
        return CallAsync<TResult>(name, options, () => run.Schedule(new OrchestratorAction(HistoryEventKind.TaskScheduled, run.NextId) { Name = name, Input = data }));
    }

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null)
    {
        string? data = PayloadConverter.Instance.Serialize(input);
        string child = (options as SubOrchestrationOptions)?.InstanceId ?? NewGuid().ToString("N");
        return CallAsync<TResult>(
            orchestratorName,
            options,
            () => run.Schedule(new OrchestratorAction(HistoryEventKind.ChildScheduled, run.NextId) { Name = orchestratorName, InstanceId = child, Input = data }));
    }

    public override async Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        DateTime utc = fireAt.Kind == DateTimeKind.Local ? fireAt.ToUniversalTime() : DateTime.SpecifyKind(fireAt, DateTimeKind.Utc);
        (_, TaskCompletionSource<string?> fired) = run.Schedule(new OrchestratorAction(HistoryEventKind.TimerCreated, run.NextId) { FireAt = utc });
        using (cancellationToken.Register(() => fired.TrySetCanceled(cancellationToken)))
        {
            await fired.Task;
        }
    }

    public override async Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        run.ThrowUnlessStepping();
        return PayloadConverter.Instance.Deserialize<T>(await run.Events.WaitAsync(eventName, cancellationToken))!;
    }

    public override void SendEvent(string instanceId, string eventName, object payload)
    {
        run.Schedule(new OrchestratorAction(HistoryEventKind.EventSent, run.NextId)
        {
            Name = eventName,
            InstanceId = instanceId,
            Input = PayloadConverter.Instance.Serialize(payload),
        });
    }

    public override void SetCustomStatus(object? customStatus)
    {
        run.ThrowUnlessStepping();
        run.CustomStatus = PayloadConverter.Instance.Serialize(customStatus);
    }

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true)
    {
        run.ThrowUnlessStepping();
        run.ContinueAsNew(PayloadConverter.Instance.Serialize(newInput), preserveUnprocessedEvents);
    }

    public override Guid NewGuid()
    {
        run.ThrowUnlessStepping();
        string name = string.Create(CultureInfo.InvariantCulture, $"{InstanceId}_{CurrentUtcDateTime:o}_{_guids++}");
        Span<byte> bytes = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), bytes);

        // RFC 9562: version 8 (own layout), variant 10.
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes[..16], bigEndian: true);
    }

    /// <summary>Calls, and calls again as the options say. Its continuations stay on the orchestrator's thread: no ConfigureAwait(false) here.</summary>
    private async Task<T> CallAsync<T>(TaskName name, TaskOptions? options, Func<(int Id, TaskCompletionSource<string?> Answer)> call)
    {
        DateTime began = CurrentUtcDateTime;
        for (int attempt = 1; ; attempt++)
        {
            (int id, TaskCompletionSource<string?> answer) = call();
            try
            {
                return PayloadConverter.Instance.Deserialize<T>(await answer.Task)!;
            }
            catch (CallFailedException failed)
            {
                if (!await WaitForRetryAsync(options?.Retry, attempt, failed.Failure, CurrentUtcDateTime - began))
                {
                    throw new TaskFailedException(name, id, failed.Failure);
                }
            }
        }
    }

    /// <summary>Whether a failed call is tried again; waits as long as it has to be waited before.</summary>
    private async Task<bool> WaitForRetryAsync(TaskRetryOptions? retry, int attempt, TaskFailureDetails failure, TimeSpan elapsed)
    {
        if (retry?.Handler is { } handler)
        {
            return await handler(new RetryContext(this, attempt, failure, elapsed, CancellationToken.None));
        }

        if (retry?.Policy is not { } policy || !policy.Handles(failure) || policy.PauseAfter(attempt, elapsed) is not { } pause)
        {
            return false;
        }

        await CreateTimer(pause, CancellationToken.None);
        return true;
    }
}

/// <summary>How a failed activity or child reaches <see cref="OrchestrationContext"/>, which makes a TaskFailedException of it.</summary>
internal sealed class CallFailedException(TaskFailureDetails failure) : Exception(failure.ErrorMessage)
{
    public TaskFailureDetails Failure => failure;
}
