using CellStitch.Core.Volumes;
using CellStitch.Functions.Orchestrators;
using Microsoft.Extensions.Logging;

namespace CellStitch.Functions;

/// <summary>What the app logs, one line an event.</summary>
internal static partial class Logs
{
    [LoggerMessage(1, LogLevel.Information, "{Blob} was dropped for job {Job}; settling as {InstanceId}")]
    public static partial void BlobDropped(this ILogger log, string blob, string job, string instanceId);

    [LoggerMessage(2, LogLevel.Information, "{Blob} was dropped and is not ours")]
    public static partial void BlobIgnored(this ILogger log, string blob);

    [LoggerMessage(3, LogLevel.Information, "Job {Job}, run {Run}: {Shape} voxels, fused {Fused}, blocks of {BlockLayers} layers and {BlockRows} rows")]
    public static partial void JobPlanned(this ILogger log, string job, string run, VolumeShape shape, bool fused, int blockLayers, int blockRows);

    [LoggerMessage(4, LogLevel.Information, "Job {Job}, run {Run}: superseded by {Newer}")]
    public static partial void RunSuperseded(this ILogger log, string job, string run, string newer);

    [LoggerMessage(5, LogLevel.Information, "Job {Job}, run {Run}: {State}, {Cells} cells. {Code} {Message}")]
    public static partial void JobEnded(this ILogger log, string job, string run, RunState state, int cells, string code, string message);

    [LoggerMessage(9, LogLevel.Information, "Job {Job}, run {Run}: started anew, since {Older} had started it")]
    public static partial void RunUpgraded(this ILogger log, string job, string run, string older);

    [LoggerMessage(10, LogLevel.Information, "Job {Job}, settling {InstanceId}: started anew, since {Older} had started it")]
    public static partial void SettlingUpgraded(this ILogger log, string job, string instanceId, string older);

    [LoggerMessage(8, LogLevel.Information, "Job {Job}, run {Run}: cancelled")]
    public static partial void RunCancelled(this ILogger log, string job, string run);

    [LoggerMessage(6, LogLevel.Warning, "Job {Job}: the webhook at {Host} was not told: {Reason}")]
    public static partial void WebhookFailed(this ILogger log, string job, string host, string reason);

    [LoggerMessage(7, LogLevel.Information, "Purged {Folders} work folders older than {WorkDays} days and {Instances} ended runs older than {HistoryDays} days")]
    public static partial void Purged(this ILogger log, int folders, int workDays, int instances, int historyDays);
}
