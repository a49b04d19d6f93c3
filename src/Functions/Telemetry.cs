using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Text;
using Azure.Monitor.OpenTelemetry.Exporter;
using CellStitch.Functions.Jobs;
using CellStitch.Functions.Orchestrators;
using CellStitch.Functions.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Resources;

namespace CellStitch.Functions;

/// <summary>
/// What the app measures of itself (docs/azure.md): a trace per run, with a span for every stage and every activity, and figures. Costs nothing while
/// nobody listens.
/// </summary>
internal static class Telemetry
{
    /// <summary>Name of the source of spans and of the meter.</summary>
    public const string Name = "CellStitch";

    private const string StageTag = "cellstitch.stage";

    private static readonly ActivitySource Spans = new(Name);
    private static readonly Meter Meter = new(Name);

    private static readonly Histogram<double> ActivitySeconds = Meter.CreateHistogram<double>("cellstitch.activity.duration", "s", "Time of an activity, by stage and outcome.");
    private static readonly Counter<long> Voxels = Meter.CreateCounter<long>("cellstitch.voxels", "{voxel}", "Voxels of completed runs.");
    private static readonly Histogram<double> Rate = Meter.CreateHistogram<double>("cellstitch.run.rate", "{voxel}/s", "Voxels of a completed run over its duration.");
    private static readonly Counter<long> Cells = Meter.CreateCounter<long>("cellstitch.cells", "{cell}", "Cells of completed runs.");
    private static readonly Counter<long> Retries = Meter.CreateCounter<long>("cellstitch.activity.retries", "{retry}", "Attempts of activities beyond the first, by stage; known when the run is published.");
    private static readonly Histogram<double> QueueAge = Meter.CreateHistogram<double>("cellstitch.queue.age", "s", "Time from the last upload of a job to the start of its run.");
    private static readonly Counter<long> Runs = Meter.CreateCounter<long>("cellstitch.runs", "{run}", "Runs that ended, by state.");

    /// <summary>Sends spans, figures and log lines to Application Insights, or to an OTLP collector, where one is configured.</summary>
    public static void AddTelemetry(this FunctionsApplicationBuilder builder)
    {
        string? insights = builder.Configuration["APPLICATIONINSIGHTS_CONNECTION_STRING"];
        bool collector = builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 };
        if (string.IsNullOrEmpty(insights) && !collector)
        {
            return;
        }

        OpenTelemetryBuilder telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("cellstitch", serviceVersion: Manifest.ThisProgram))
            .WithTracing(traces => traces.AddSource(Name))
            .WithMetrics(metrics => metrics.AddMeter(Name))
            .WithLogging();
        if (string.IsNullOrEmpty(insights))
        {
            telemetry.UseOtlpExporter();
        }
        else
        {
            telemetry.UseAzureMonitorExporter(options =>
            {
                options.ConnectionString = insights;
                // "ClientId=…;Authorization=AAD", as for the Functions host. Without it the connection string is all that is needed.
                if (!string.IsNullOrEmpty(builder.Configuration["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"]))
                {
                    options.Credential = DataAccount.Credential(builder.Configuration);
                }

                options.DisableOfflineStorage = true;
                // A run has a few spans per block: all of them, since one lost is a hole in the picture.
                options.SamplingRatio = 1;
                options.TracesPerSecond = null;
            });
        }

        // The host would send each log line a second time, without its fields.
        builder.Services.Configure<WorkerOptions>(options => options.Capabilities["WorkerOpenTelemetryEnabled"] = bool.TrueString);
    }

    /// <summary>The span of an activity; null while nobody listens.</summary>
    public static Activity? Start(string stage, string run) =>
        Spans.StartActivity(stage, ActivityKind.Internal, RunContext(run), [new(StageTag, stage), new("cellstitch.run", run), new("cellstitch.job", JobName.OfRun(run))]);

    /// <summary>An activity ended.</summary>
    public static void ActivityEnded(string stage, TimeSpan took, bool done) =>
        ActivitySeconds.Record(took.TotalSeconds, new KeyValuePair<string, object?>(StageTag, stage), new("outcome", done ? "done" : "failed"));

    /// <summary>A run began on files of which the youngest came at a given time.</summary>
    public static void RunBegan(DateTimeOffset uploaded, DateTime startedUtc) => QueueAge.Record(Math.Max(0, (startedUtc - uploaded.UtcDateTime).TotalSeconds));

    /// <summary>A run was published.</summary>
    public static void RunPublished(string run, long voxels, int cells, IEnumerable<StageRecord> stages, DateTime startedUtc, DateTime finishedUtc)
    {
        Voxels.Add(voxels);
        Cells.Add(cells);
        Rate.Record(voxels / Math.Max(1e-3, (finishedUtc - startedUtc).TotalSeconds));
        Span(run, nameof(StitchVolume), startedUtc, finishedUtc);
        DateTime at = startedUtc;
        foreach (StageRecord stage in stages)
        {
            DateTime end = at + TimeSpan.FromSeconds(stage.Seconds);
            Span(run, stage.Name, at, end);
            at = end;
            if (stage.Retries > 0)
            {
                Retries.Add(stage.Retries, new KeyValuePair<string, object?>(StageTag, stage.Name));
            }
        }
    }

    /// <summary>A run ended.</summary>
    public static void RunEnded(RunState state) => Runs.Add(1, new KeyValuePair<string, object?>("state", state.ToString()));

    private static void Span(string run, string name, DateTime start, DateTime end)
    {
        using Activity? span = Spans.StartActivity(
            name, ActivityKind.Internal, RunContext(run), [new(StageTag, name), new("cellstitch.run", run), new("cellstitch.job", JobName.OfRun(run))], startTime: start);
        span?.SetEndTime(end);
    }

    /// <summary>Activities run on many instances, which know nothing of each other but the id of the run: the trace follows from it.</summary>
    private static ActivityContext RunContext(string run)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(run));
        return new ActivityContext(
            ActivityTraceId.CreateFromBytes(hash.AsSpan(0, 16)), ActivitySpanId.CreateFromBytes(hash.AsSpan(16, 8)), ActivityTraceFlags.Recorded, isRemote: true);
    }
}
