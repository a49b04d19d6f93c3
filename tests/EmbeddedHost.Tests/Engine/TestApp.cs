using System.Collections.Concurrent;
using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using CellStitch.EmbeddedHost.Engine;
using CellStitch.Tests;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging.Abstractions;

namespace CellStitch.EmbeddedHost.Tests.Engine;

/// <summary>Functions given as delegates, and engines that run them over one hub of the emulator.</summary>
internal sealed class TestApp : IAsyncDisposable
{
    private readonly string _account = Azurite.NewAccount();
    private readonly List<DurableEngine> _engines = [];
    private readonly Dictionary<string, Func<TaskOrchestrationContext, Task<object?>>> _orchestrators = [];
    private readonly Dictionary<string, Func<string?, CancellationToken, Task<object?>>> _activities = [];
    private long _epoch;

    public DurableEngineOptions Options { get; set; } = new() { HubName = "Test", ExtendedSessions = true, ActivitiesAtOnce = 16 };

    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Stands between the next engines and storage.</summary>
    public HttpPipelinePolicy? Storage { get; set; }

    /// <summary>Activities that have begun, as "name input".</summary>
    public ConcurrentQueue<string> Begun { get; } = [];

    public DurableEngine Engine => _engines[^1];

    public DurableTaskClient Client => Engine.Client;

    public BlobContainerClient Container => Blobs(null).GetBlobContainerClient("test-durable");

    public TestApp Orchestrator(string name, Func<TaskOrchestrationContext, Task<object?>> code)
    {
        _orchestrators[name] = code;
        return this;
    }

    public TestApp Activity(string name, Func<string?, Task<object?>> code)
    {
        return Activity(name, (input, _) => code(input));
    }

    public TestApp Activity(string name, Func<string?, CancellationToken, Task<object?>> code)
    {
        _activities[name] = code;
        return this;
    }

    /// <summary>An activity that returns its input, an integer, plus one.</summary>
    public TestApp Increment()
    {
        return Activity("Increment", input => Task.FromResult<object?>(JsonSerializer.Deserialize<int>(input!) + 1));
    }

    /// <summary>A new engine over the same storage, with a greater epoch; the present one is left as it is.</summary>
    public async Task<DurableEngine> StartAsync()
    {
        DurableEngine engine = NewEngine();
        await engine.StartAsync(++_epoch, TestContext.Current.CancellationToken);
        return engine;
    }

    /// <summary>An engine that is not started.</summary>
    public DurableEngine NewEngine()
    {
        var calls = new FunctionCalls((name, context) => _orchestrators[name](context), RunAsync);
        var engine = new DurableEngine(Blobs(Storage), Options, calls, Time, NullLoggerFactory.Instance);
        _engines.Add(engine);
        return engine;
    }

    /// <summary>Breaks the present engine off as a crash would, and starts a new one.</summary>
    public async Task CrashAndStartAsync()
    {
        await Engine.DisposeAsync();
        await StartAsync();
    }

    /// <summary>Runs an orchestration to its end.</summary>
    public async Task<OrchestrationMetadata> RunAsync(string orchestrator, object? input = null, string? instanceId = null)
    {
        string id = await Client.ScheduleNewOrchestrationInstanceAsync(
            orchestrator, input, new StartOrchestrationOptions(instanceId), TestContext.Current.CancellationToken);
        return await EndAsync(id);
    }

    public async Task<OrchestrationMetadata> EndAsync(string instanceId)
    {
        return await Client.WaitForInstanceCompletionAsync(instanceId, true, TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }

    public int Runs(string name)
    {
        return Begun.Count(begun => begun.StartsWith(name + " ", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (DurableEngine engine in _engines)
        {
            await engine.DisposeAsync();
        }
    }

    private BlobServiceClient Blobs(HttpPipelinePolicy? policy)
    {
        var options = new BlobClientOptions();
        options.Retry.MaxRetries = 2;
        options.Retry.Delay = TimeSpan.FromMilliseconds(20);
        if (policy is not null)
        {
            options.AddPolicy(policy, HttpPipelinePosition.PerRetry);
        }

        return new BlobServiceClient(_account, options);
    }

    private Task<object?> RunAsync(string name, string instanceId, string? input, CancellationToken cancellation)
    {
        Begun.Enqueue($"{name} {input}");
        return _activities[name](input, cancellation);
    }
}
