using Microsoft.Extensions.Logging;

namespace CellStitch.EmbeddedHost.Hosting;

internal static partial class Logs
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "This process owns the storage account (epoch {epoch})")]
    public static partial void LockAcquired(this ILogger log, long epoch);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "Waiting: {reason}")]
    public static partial void WaitingForLock(this ILogger log, string reason);

    [LoggerMessage(
        EventId = 3, Level = LogLevel.Warning,
        Message = "The host of process {process}, started {started:u}, is gone without giving its lock back; taking over")]
    public static partial void LockTakenOver(this ILogger log, int process, DateTimeOffset started);

    [LoggerMessage(EventId = 4, Level = LogLevel.Warning, Message = "The host's lock could not be renewed, trying on: {reason}")]
    public static partial void LockNotRenewed(this ILogger log, string reason);

    [LoggerMessage(EventId = 5, Level = LogLevel.Critical, Message = "The host stops: {reason}")]
    public static partial void LockLost(this ILogger log, string reason);

    [LoggerMessage(EventId = 6, Level = LogLevel.Critical, Message = "The host stops: {part} failed")]
    public static partial void PartFailed(this ILogger log, Exception error, string part);

    [LoggerMessage(
        EventId = 7, Level = LogLevel.Warning,
        Message = "host.json: {key} is not a key of the official schema; it does nothing")]
    public static partial void UnknownHostJsonKey(this ILogger log, string key);

    [LoggerMessage(EventId = 8, Level = LogLevel.Information, Message = "Function {function} is disabled")]
    public static partial void FunctionDisabled(this ILogger log, string function);

    [LoggerMessage(
        EventId = 9, Level = LogLevel.Information,
        Message = "Function {function} is disabled here: its blob events come from Event Grid, in Azure only")]
    public static partial void EventGridFunction(this ILogger log, string function);

    [LoggerMessage(EventId = 10, Level = LogLevel.Information, Message = "{functions} functions ready; HTTP at {address}")]
    public static partial void Ready(this ILogger log, int functions, string address);

    [LoggerMessage(
        EventId = 11, Level = LogLevel.Warning,
        Message = "No function key is set (EmbeddedHost__FunctionKey) and the host listens at {address}: whoever reaches it can use it")]
    public static partial void OpenToAll(this ILogger log, string address);

    [LoggerMessage(EventId = 12, Level = LogLevel.Debug, Message = "Function {function} handled blob {blob} in {ms} ms")]
    public static partial void BlobHandled(this ILogger log, string function, string blob, long ms);

    [LoggerMessage(
        EventId = 13, Level = LogLevel.Error,
        Message = "Function {function} failed on blob {blob}, try {attempt} of {attempts}")]
    public static partial void BlobFailed(this ILogger log, Exception error, string function, string blob, int attempt, int attempts);

    [LoggerMessage(EventId = 14, Level = LogLevel.Error, Message = "Function {function} is given up for blob {blob}; see queue {queue}")]
    public static partial void BlobPoisoned(this ILogger log, string function, string blob, string queue);

    [LoggerMessage(EventId = 15, Level = LogLevel.Warning, Message = "Container {container} could not be looked at, trying on: {reason}")]
    public static partial void ContainerNotListed(this ILogger log, string container, string reason);

    [LoggerMessage(EventId = 16, Level = LogLevel.Error, Message = "Timer function {function} failed; it runs again when it is due")]
    public static partial void TimerFailed(this ILogger log, Exception error, string function);

    [LoggerMessage(
        EventId = 17, Level = LogLevel.Warning,
        Message = "The schedule of timer function {function} could not be read or stored, trying on: {reason}")]
    public static partial void ScheduleNotStored(this ILogger log, string function, string reason);
}
