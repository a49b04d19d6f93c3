namespace Microsoft.Azure.Functions.Worker;

/// <summary>What a timer-triggered function is told.</summary>
public class TimerInfo
{
    /// <summary>When it last ran and runs next; null when the schedule is not monitored.</summary>
    public ScheduleStatus? ScheduleStatus { get; set; }

    /// <summary>Whether this run makes up for one that was missed.</summary>
    public bool IsPastDue { get; set; }
}

/// <summary>The state of a timer's schedule, in UTC.</summary>
public class ScheduleStatus
{
    /// <summary>The last time it was due and ran; the smallest date before the first run.</summary>
    public DateTime Last { get; set; }

    /// <summary>The next time it is due.</summary>
    public DateTime Next { get; set; }

    /// <summary>When this state was written.</summary>
    public DateTime LastUpdated { get; set; }
}
