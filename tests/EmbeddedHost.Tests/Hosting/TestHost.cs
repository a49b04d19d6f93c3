using System.Collections.Concurrent;
using System.Diagnostics;
using CellStitch.EmbeddedHost.Hosting;
using CellStitch.Tests;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CellStitch.EmbeddedHost.Tests.Hosting;

/// <summary>A real host on a free port and an account of its own, with the functions of a few classes.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly string _folder;
    private readonly StoppableHost _app;

    private TestHost(StoppableHost app, string folder, Calls calls, LogLines log)
    {
        (_app, _folder, Calls, Log) = (app, folder, calls, log);
    }

    /// <summary>What the functions wrote down; they get it by their constructors.</summary>
    public Calls Calls { get; }

    public LogLines Log { get; }

    public IServiceProvider Services => _app.Services;

    public IHostApplicationLifetime Lifetime => _app.App.Lifetime;

    public HttpClient Http { get; private set; } = null!;

    public static async Task<TestHost> Start(Type[] functions, string? account = null, Options? options = null)
    {
        TestHost host = Build(functions, account, options);
        await host.Start();
        return host;
    }

    public static TestHost Build(Type[] functions, string? account = null, Options? options = null)
    {
        options ??= new Options();
        string folder = Directory.CreateTempSubdirectory("host-").FullName;
        File.WriteAllText(Path.Combine(folder, "host.json"), options.HostJson);
        if (options.LocalSettings is { } local)
        {
            File.WriteAllText(Path.Combine(folder, "local.settings.json"), local);
        }

        string[] args = [.. options.Args, .. account == "" ? Array.Empty<string>() : [$"--AzureWebJobsStorage={account ?? Azurite.NewAccount()}"]];
        var builder = new FunctionsApplicationBuilder(["--port=0", .. args], functions, folder);
        builder.ConfigureFunctionsWebApplication();
        var calls = new Calls();
        var log = new LogLines();
        builder.Services.AddSingleton(calls);
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(log);
        options.Configure?.Invoke(builder);
        return new TestHost((StoppableHost)builder.Build(), folder, calls, log);
    }

    public async Task Start()
    {
        await _app.StartAsync(TestContext.Current.CancellationToken);
        if (!Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            Http = new HttpClient { BaseAddress = new Uri(_app.App.Urls.Single()) };
        }
    }

    public Task Stop()
    {
        return _app.StopAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Polls until something holds.</summary>
    public static async Task Until(Func<bool> holds, string what)
    {
        await Until(() => Task.FromResult(holds()), what);
    }

    public static async Task Until(Func<Task<bool>> holds, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!await holds())
        {
            Assert.True(clock.Elapsed < Limit, $"Not within {Limit.TotalSeconds:0} s: {what}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Directory.Exists(_folder))
        {
            Http?.Dispose();
            await _app.StopAsync(CancellationToken.None);
            await _app.DisposeAsync();
            Directory.Delete(_folder, recursive: true);
        }
    }

    internal sealed record Options
    {
        public string HostJson { get; init; } = """{ "version": "2.0" }""";

        public string? LocalSettings { get; init; }

        public string[] Args { get; init; } = [];

        public Action<FunctionsApplicationBuilder>? Configure { get; init; }
    }
}

/// <summary>What functions wrote down, in order.</summary>
public sealed class Calls
{
    private readonly ConcurrentQueue<string> _calls = new();

    public string[] All => [.. _calls];

    public void Add(string call)
    {
        _calls.Enqueue(call);
    }
}

/// <summary>The log lines of a host.</summary>
internal sealed class LogLines : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();

    public string[] All => [.. _lines];

    public ILogger CreateLogger(string categoryName)
    {
        return new Logger(this, categoryName);
    }

    public void Dispose()
    {
    }

    private sealed class Logger(LogLines lines, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            return null;
        }

        public bool IsEnabled(LogLevel logLevel)
        {
            return true;
        }

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lines._lines.Enqueue($"{logLevel} {category}: {formatter(state, exception)} {exception}");
        }
    }
}
