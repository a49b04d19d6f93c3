using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace CellStitch.EmbeddedHost.Engine;

internal static partial class Logs
{
    [LoggerMessage(1, LogLevel.Information, "{Count} unfinished orchestrations found, epoch {Epoch}")]
    public static partial void Recovered(this ILogger logger, int count, long epoch);

    [LoggerMessage(2, LogLevel.Information, "Orchestration {Name} {InstanceId} ended: {Status} {Failure}")]
    public static partial void OrchestrationEnded(
        this ILogger logger, string name, string instanceId, OrchestrationRuntimeStatus status, string? failure);

    [LoggerMessage(3, LogLevel.Warning, "Activity {Name} of {InstanceId} (call {TaskId}) failed")]
    public static partial void ActivityFailed(this ILogger logger, string name, string instanceId, int taskId, Exception fault);

    [LoggerMessage(4, LogLevel.Warning, "Storage fault, attempt {Attempt}: {Message}")]
    public static partial void StorageFault(this ILogger logger, int attempt, string message);

    [LoggerMessage(5, LogLevel.Error, "Orchestration {Name} {InstanceId} cannot be replayed")]
    public static partial void HistoryDamaged(this ILogger logger, string name, string instanceId, Exception fault);

    [LoggerMessage(6, LogLevel.Critical, "The durable engine stops")]
    public static partial void EngineBroken(this ILogger logger, Exception fault);

    [LoggerMessage(7, LogLevel.Debug, "Activity {Name} of {InstanceId} (call {TaskId}) begins")]
    public static partial void ActivityBegins(this ILogger logger, string name, string instanceId, int taskId);
}
