using System.Globalization;
using CellStitch.EmbeddedHost.Engine;
using Microsoft.Extensions.Configuration;

namespace CellStitch.EmbeddedHost.Hosting;

/// <summary>What host.json says, as far as this host heeds it. Defaults are the official ones unless the doc says otherwise.</summary>
internal sealed record HostJson
{
    /// <summary>How long a function may run before its token is cancelled; infinite when host.json says -1.</summary>
    public TimeSpan FunctionTimeout { get; private init; } = TimeSpan.FromMinutes(30);

    /// <summary>How many blobs a blob trigger handles at the same time.</summary>
    public int BlobsAtOnce { get; private init; } = Math.Max(1, 8 * Environment.ProcessorCount);

    /// <summary>After how many failures a blob is given up.</summary>
    public int PoisonBlobThreshold { get; private init; } = 5;

    /// <summary>The longest time between two looks into a container. The official container scan takes 10 s.</summary>
    public TimeSpan PollingInterval { get; private init; } = TimeSpan.FromSeconds(10);

    /// <summary>What stands before the routes of HTTP functions.</summary>
    public string RoutePrefix { get; private init; } = "api";

    /// <summary>What concerns the durable engine.</summary>
    public DurableEngineOptions Durable { get; private init; } = new();

    /// <summary>Keys below <c>extensions</c> that neither this host nor the official schema has: spelling mistakes, mostly.</summary>
    public IReadOnlyList<string> UnknownKeys { get; private init; } = [];

    /// <summary>Reads the section that holds host.json.</summary>
    /// <exception cref="InvalidOperationException">A value is not what its key needs.</exception>
    public static HostJson Read(IConfiguration host)
    {
        var defaults = new HostJson();
        string? version = host["version"];
        if (version is not (null or "2.0" or "2"))
        {
            throw new InvalidOperationException($"host.json has version '{version}'; this host reads version '2.0'.");
        }

        const string Durable = "extensions:durableTask";
        return new HostJson
        {
            FunctionTimeout = host["functionTimeout"] is "-1"
                ? Timeout.InfiniteTimeSpan
                : Time(host, "functionTimeout", defaults.FunctionTimeout),
            BlobsAtOnce = Count(host, "extensions:blobs:maxDegreeOfParallelism", defaults.BlobsAtOnce),
            PoisonBlobThreshold = Count(host, "extensions:blobs:poisonBlobThreshold", defaults.PoisonBlobThreshold),
            PollingInterval = Time(host, $"{Durable}:storageProvider:maxQueuePollingInterval", defaults.PollingInterval),
            RoutePrefix = (host["extensions:http:routePrefix"] ?? defaults.RoutePrefix).Trim('/'),
            Durable = new DurableEngineOptions
            {
                HubName = host[$"{Durable}:hubName"] ?? defaults.Durable.HubName,
                ActivitiesAtOnce = Count(host, $"{Durable}:maxConcurrentActivityFunctions", defaults.Durable.ActivitiesAtOnce),
                OrchestratorsAtOnce = Count(host, $"{Durable}:maxConcurrentOrchestratorFunctions", defaults.Durable.OrchestratorsAtOnce),
                ExtendedSessions = Flag(host, $"{Durable}:extendedSessionsEnabled", defaults.Durable.ExtendedSessions),
                ExtendedSessionIdle = TimeSpan.FromSeconds(Count(
                    host, $"{Durable}:extendedSessionIdleTimeoutInSeconds", (int)defaults.Durable.ExtendedSessionIdle.TotalSeconds)),
            },
            UnknownKeys = OfficialHostJson.UnknownKeys(host),
        };
    }

    private static int Count(IConfiguration host, string key, int otherwise)
    {
        return host[key] is not { } text ? otherwise
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0 ? count
            : throw Wrong(key, text, "a whole number above 0");
    }

    private static TimeSpan Time(IConfiguration host, string key, TimeSpan otherwise)
    {
        return host[key] is not { } text ? otherwise
            : TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan time) && time > TimeSpan.Zero ? time
            : throw Wrong(key, text, "a time like 00:30:00");
    }

    private static bool Flag(IConfiguration host, string key, bool otherwise)
    {
        return host[key] is not { } text ? otherwise
            : bool.TryParse(text, out bool flag) ? flag
            : throw Wrong(key, text, "true or false");
    }

    private static InvalidOperationException Wrong(string key, string found, string expected)
    {
        return new InvalidOperationException($"host.json: {key.Replace(':', '.')} is '{found}'; it must be {expected}.");
    }
}
