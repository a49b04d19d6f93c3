using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace CellStitch.EmbeddedHost.Hosting;

/// <summary>
/// Runs a function when it is due, one run after the other. The schedule's state is kept in the host's account, so that a run missed while the host
/// was down is made up for once.
/// </summary>
internal sealed class TimerListener(
    FunctionDescription function,
    TimerTriggerAttribute trigger,
    TimerSchedule schedule,
    BlobContainerClient hosts,
    FunctionInvoker invoker,
    TimeProvider time,
    ILogger log)
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);

    // Longer delays than 49 days are not possible.
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(1);

    private readonly BlobClient _stored = hosts.GetBlobClient($"timers/{function.Name}/status");
    private ScheduleStatus _status = new();

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Runs until the host stops.</summary>
    /// <param name="stopping">No more runs begin.</param>
    /// <param name="graceEnded">A run under way is cancelled.</param>
    public async Task Run(CancellationToken stopping, CancellationToken graceEnded)
    {
        try
        {
            bool known = trigger.UseMonitor && await Persistently(Read, stopping);
            if (!known)
            {
                _status.Next = schedule.After(Now);
                await Store(stopping);
            }

            // A changed schedule must not wait for a time that the old one named.
            DateTime next = schedule.After(Now);
            _status.Next = _status.Next < next ? _status.Next : next;
            bool missed = known && _status.Next <= Now;
            if (missed || trigger.RunOnStartup)
            {
                await RunOnce(missed, graceEnded);
            }

            while (true)
            {
                await WaitUntil(_status.Next, stopping);
                await RunOnce(pastDue: false, graceEnded);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
    }

    private async Task RunOnce(bool pastDue, CancellationToken graceEnded)
    {
        DateTime due = Now < _status.Next ? Now : _status.Next;
        var info = new TimerInfo { IsPastDue = pastDue, ScheduleStatus = trigger.UseMonitor ? _status : null };
        try
        {
            await invoker.Run(function, info, null, graceEnded);
        }
        catch (Exception error) when (!graceEnded.IsCancellationRequested)
        {
            log.TimerFailed(error, function.Name);
        }

        // The next time comes after the run: runs that were due during it are not made up for.
        _status = new ScheduleStatus { Last = due, Next = schedule.After(Now), LastUpdated = Now };
        await Store(graceEnded);
    }

    private async Task WaitUntil(DateTime utc, CancellationToken stopping)
    {
        for (TimeSpan left = utc - Now; left > TimeSpan.Zero; left = utc - Now)
        {
            await Task.Delay(left < LongestDelay ? left : LongestDelay, time, stopping);
        }
    }

    private async Task<bool> Read(CancellationToken cancellation)
    {
        try
        {
            BinaryData json = (await _stored.DownloadContentAsync(cancellation)).Value.Content;
            _status = json.ToObjectFromJson<ScheduleStatus>() ?? new();
            return true;
        }
        catch (RequestFailedException error) when (error.Status == 404)
        {
            return false;
        }
    }

    private async Task Store(CancellationToken cancellation)
    {
        if (trigger.UseMonitor)
        {
            await Persistently(
                async token =>
                {
                    await hosts.CreateIfNotExistsAsync(cancellationToken: token);
                    await _stored.UploadAsync(BinaryData.FromString(JsonSerializer.Serialize(_status)), overwrite: true, token);
                    return true;
                },
                cancellation);
        }
    }

    private async Task<bool> Persistently(Func<CancellationToken, Task<bool>> action, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await action(cancellation);
            }
            catch (Exception error) when (StorageFault.Is(error, cancellation))
            {
                log.ScheduleNotStored(function.Name, error.Message);
                await Task.Delay(RetryPause, time, cancellation);
            }
        }
    }
}
