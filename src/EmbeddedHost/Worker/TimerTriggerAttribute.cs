namespace Microsoft.Azure.Functions.Worker;

/// <summary>Runs the function at times.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class TimerTriggerAttribute : Attribute
{
    /// <summary>A timer.</summary>
    /// <param name="schedule">A cron expression of six fields (seconds first) or five, in UTC, or a <see cref="TimeSpan"/> between runs.</param>
    public TimerTriggerAttribute(string schedule)
    {
        Schedule = schedule;
    }

    /// <summary>The schedule; <c>%Setting%</c> stands for the value of a setting.</summary>
    public string Schedule { get; }

    /// <summary>Whether it also runs whenever the host starts.</summary>
    public bool RunOnStartup { get; set; }

    /// <summary>Whether the last run is remembered, so that one missed while the host was down is made up for.</summary>
    public bool UseMonitor { get; set; } = true;
}
