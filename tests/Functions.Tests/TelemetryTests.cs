using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using CellStitch.Functions.Orchestrators;

namespace CellStitch.Functions.Tests;

/// <summary>What the app tells of itself to who listens.</summary>
public sealed class TelemetryTests
{
    private const string Run = "telemetry-0123456789abcdef";
    private static readonly DateTime Started = new(2026, 11, 25, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Start_ActivitiesOfARun_AreOneTraceNamingTheJob()
    {
        using ActivityListener listener = Listen([]);
        using Activity measure = Telemetry.Start("Measure", Run)!;
        using Activity write = Telemetry.Start("Write", Run)!;
        using Activity other = Telemetry.Start("Write", "other-0123456789abcdef")!;

        Assert.Equal(measure.TraceId, write.TraceId);
        Assert.NotEqual(measure.TraceId, other.TraceId);
        Assert.Equal("telemetry", measure.GetTagItem("cellstitch.job"));
        Assert.Equal("Measure", measure.GetTagItem("cellstitch.stage"));
    }

    [Fact]
    public void RunPublished_TwoStages_GivesSpansInTurnAndFigures()
    {
        var spans = new ConcurrentQueue<Activity>();
        using ActivityListener listener = Listen(spans);
        var figures = new ConcurrentQueue<(string Name, double Value)>();
        using MeterListener meters = Meters(figures);

        Telemetry.RunPublished(
            Run, voxels: 3000, cells: 7, [new StageRecord("measure", 10, Activities: 4, Retries: 2), new StageRecord("write", 5, Activities: 1, Retries: 0)], Started, Started.AddSeconds(20));

        Activity[] ended = [.. spans.Where(span => (string?)span.GetTagItem("cellstitch.run") == Run && span.Duration > TimeSpan.FromSeconds(1))];
        Assert.Equal(["StitchVolume", "measure", "write"], ended.Select(span => span.DisplayName));
        Assert.Equal([0.0, 0, 10], ended.Select(span => (span.StartTimeUtc - Started).TotalSeconds));
        Assert.Equal([20.0, 10, 5], ended.Select(span => span.Duration.TotalSeconds));
        Assert.Contains(("cellstitch.run.rate", 150), figures);
        Assert.Contains(("cellstitch.cells", 7), figures);
        Assert.Contains(("cellstitch.activity.retries", 2), figures);
    }

    [Fact]
    public void RunBegan_UploadBefore_GivesItsAge()
    {
        var figures = new ConcurrentQueue<(string Name, double Value)>();
        using MeterListener meters = Meters(figures);

        Telemetry.RunBegan(new DateTimeOffset(Started).AddSeconds(-12.5), Started);

        Assert.Contains(("cellstitch.queue.age", 12.5), figures);
    }

    private static ActivityListener Listen(ConcurrentQueue<Activity> ended)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Telemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static MeterListener Meters(ConcurrentQueue<(string Name, double Value)> figures)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, meters) =>
            {
                if (instrument.Meter.Name == Telemetry.Name)
                {
                    meters.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => figures.Enqueue((instrument.Name, value)));
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => figures.Enqueue((instrument.Name, value)));
        listener.Start();
        return listener;
    }
}
