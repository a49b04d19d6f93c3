using System.Net;
using CellStitch.Tests;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace CellStitch.EmbeddedHost.Tests.Hosting;

public class StopTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private TestHost.Options Options => new()
    {
        HostJson = """{ "version": "2.0", "functionTimeout": "00:05:00" }""",
        Configure = builder => builder.Services.AddSingleton<TimeProvider>(_time),
    };

    [Fact]
    public async Task Stop_FunctionRuns_IsCancelledOnlyAfterTheGrace()
    {
        TestHost host = await TestHost.Start([typeof(Endless)], options: Options);
        Task<HttpResponseMessage> request = host.Http.GetAsync("/api/Endless", Cancellation);
        await TestHost.Until(() => host.Calls.All.Length == 1, "the function runs");

        Task stopping = host.Stop();
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(["began"], host.Calls.All);
        _time.Advance(TimeSpan.FromSeconds(1));

        await stopping;
        Assert.Equal(["began", "cancelled"], host.Calls.All);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await request).StatusCode);
        await host.DisposeAsync();
    }

    [Fact]
    public async Task Stop_Afterwards_TheLockIsFree()
    {
        string account = Azurite.NewAccount();
        await using (await TestHost.Start([], account))
        {
        }

        await using TestHost second = await TestHost.Start([], account);

        Assert.DoesNotContain(second.Log.All, line => line.Contains("Waiting", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stop_WhileWaitingForTheLock_EndsTheStartWithoutFailure()
    {
        string account = Azurite.NewAccount();
        await using TestHost owner = await TestHost.Start([], account);
        TestHost waiting = TestHost.Build([], account);
        Task starting = waiting.Start();
        await TestHost.Until(() => waiting.Log.All.Any(line => line.Contains("Waiting", StringComparison.Ordinal)), "the second host waits");

        waiting.Lifetime.StopApplication();

        await starting;
        await waiting.DisposeAsync();
    }

    [Fact]
    public async Task Start_PortTaken_FailsAndGivesTheLockBack()
    {
        string account = Azurite.NewAccount();
        await using TestHost other = await TestHost.Start([]);
        await using TestHost host = TestHost.Build([], account, new() { Args = [$"--port={other.Http.BaseAddress!.Port}"] });

        var error = await Assert.ThrowsAsync<IOException>(host.Start);
        await host.DisposeAsync();

        Assert.Contains("address already in use", error.Message, StringComparison.Ordinal);
        await using TestHost next = await TestHost.Start([], account);
        Assert.DoesNotContain(next.Log.All, line => line.Contains("taking over", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Function_RunsLongerThanHostJsonAllows_IsCancelledAndSaysSo()
    {
        await using TestHost host = await TestHost.Start([typeof(Endless)], options: Options);
        Task<HttpResponseMessage> request = host.Http.GetAsync("/api/Endless", Cancellation);
        await TestHost.Until(() => host.Calls.All.Length == 1, "the function runs");

        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(HttpStatusCode.InternalServerError, (await request).StatusCode);
        Assert.Contains(host.Log.All, line => line.Contains("Function Endless ran longer than the 00:05:00 that host.json allows", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Function_WithServicesToDispose_DisposesThemAfterTheRun()
    {
        await using TestHost host = await TestHost.Start(
            [typeof(Disposing)], options: new() { Configure = builder => builder.Services.AddScoped<Scoped>() });

        await host.Http.GetAsync("/api/Disposing", Cancellation);

        Assert.Equal(["ran", "instance disposed", "scope disposed"], host.Calls.All);
    }

    public sealed class Endless(Calls calls)
    {
        [Function("Endless")]
        public async Task Run([HttpTrigger("get")] HttpRequest request, CancellationToken cancellation)
        {
            calls.Add(request.Method == "GET" ? "began" : "");
            using (cancellation.Register(() => calls.Add("cancelled")))
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            }
        }
    }

    public sealed class Scoped(Calls calls) : IDisposable
    {
        public Calls Calls { get; } = calls;

        public void Dispose()
        {
            Calls.Add("scope disposed");
        }
    }

    public sealed class Disposing(Scoped scoped) : IAsyncDisposable
    {
        [Function("Disposing")]
        public string Run([HttpTrigger("get")] HttpRequest request)
        {
            scoped.Calls.Add("ran");
            return request.Method;
        }

        public ValueTask DisposeAsync()
        {
            scoped.Calls.Add("instance disposed");
            return ValueTask.CompletedTask;
        }
    }
}
