using System.Globalization;
using NCrontab;

namespace CellStitch.EmbeddedHost.Hosting;

/// <summary>When a timer is due: a cron expression of five or six fields in UTC, or a fixed time between runs.</summary>
internal sealed class TimerSchedule
{
    private readonly CrontabSchedule? _cron;
    private readonly TimeSpan _interval;

    private TimerSchedule(CrontabSchedule? cron, TimeSpan interval)
    {
        (_cron, _interval) = (cron, interval);
    }

    /// <summary>Reads a schedule.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static TimerSchedule Parse(string schedule)
    {
        if (schedule.Contains(':', StringComparison.Ordinal)
            && TimeSpan.TryParse(schedule, CultureInfo.InvariantCulture, out TimeSpan interval) && interval > TimeSpan.Zero)
        {
            return new TimerSchedule(null, interval);
        }

        bool seconds = schedule.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == 6;
        CrontabSchedule? cron = CrontabSchedule.TryParse(schedule, new CrontabSchedule.ParseOptions { IncludingSeconds = seconds });
        return cron is null
            ? throw new FormatException($"the schedule '{schedule}' is neither a cron expression of five or six fields nor a time like 01:00:00.")
            : new TimerSchedule(cron, default);
    }

    /// <summary>The first time after another.</summary>
    public DateTime After(DateTime utc)
    {
        return _cron?.GetNextOccurrence(utc) ?? utc + _interval;
    }
}
