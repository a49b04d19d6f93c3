using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace CellStitch.EmbeddedHost.Tests.Engine;

/// <summary>A new engine over the same storage goes on where the old one was broken off.</summary>
public sealed class ReplayTests
{
    private const string Expected = "sum 21, go, child 31, retried 3, times equal True";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Crash_AtEveryWrite_EndsInTheSameResult(bool extendedSessions)
    {
        int writes = await CountWritesAsync(extendedSessions);
        Assert.InRange(writes, 15, 100);
        for (int crash = 1; crash <= writes; crash++)
        {
            // Half of the crashes come before the write reaches storage, half when the answer is on its way.
            await CrashAtAsync(crash, afterwards: false, extendedSessions);
            await CrashAtAsync(crash, afterwards: true, extendedSessions);
        }
    }

    [Fact]
    public async Task CompletedActivities_AreNotRunAgain()
    {
        var gate = new TaskCompletionSource<object?>();
        await using TestApp app = new TestApp().Increment().Activity("Wait", async _ => await gate.Task).Orchestrator("Two", async context =>
        {
            int[] first = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => context.CallActivityAsync<int>("Increment", n)));
            context.SetCustomStatus("waiting");
            await context.CallActivityAsync("Wait");
            return first.Sum();
        });
        await app.StartAsync();
        string id = await app.Client.ScheduleNewOrchestrationInstanceAsync("Two", TestContext.Current.CancellationToken);
        await Poll.UntilAsync(() => app.Runs("Wait") == 1, "the waiting activity begins");

        await app.CrashAndStartAsync();
        await Poll.UntilAsync(() => app.Runs("Wait") == 2, "the waiting activity begins again");
        OrchestrationMetadata recovered = (await app.Client.GetInstanceAsync(id, true, TestContext.Current.CancellationToken))!;
        gate.SetResult(null);
        OrchestrationMetadata end = await app.EndAsync(id);

        Assert.Equal("waiting", recovered.ReadCustomStatusAs<string>());
        Assert.Equal(210, end.ReadOutputAs<int>());
        Assert.Equal(20, app.Runs("Increment"));
    }

    [Fact]
    public async Task Stop_StoresWhatCompletes()
    {
        var gate = new TaskCompletionSource<object?>();
        await using TestApp app = new TestApp().Activity("Wait", async _ => await gate.Task)
            .Orchestrator("One", async context => await context.CallActivityAsync<string>("Wait"));
        await app.StartAsync();
        string id = await app.Client.ScheduleNewOrchestrationInstanceAsync("One", TestContext.Current.CancellationToken);
        await Poll.UntilAsync(() => app.Runs("Wait") == 1, "the activity begins");

        Task stopped = app.Engine.StopAsync(TestContext.Current.CancellationToken);
        gate.SetResult("done");
        await stopped;
        await app.CrashAndStartAsync();
        OrchestrationMetadata end = await app.EndAsync(id);

        Assert.Equal("done", end.ReadOutputAs<string>());
        Assert.Equal(1, app.Runs("Wait"));
    }

    [Fact]
    public async Task Stop_WhenTheGraceEnds_CancelsActivitiesWithoutFailingThem()
    {
        await using TestApp app = new TestApp().Activity("Wait", async (_, cancellation) =>
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            return null;
        }).Orchestrator("One", async context => await context.CallActivityAsync<string>("Wait"));
        await app.StartAsync();
        string id = await app.Client.ScheduleNewOrchestrationInstanceAsync("One", TestContext.Current.CancellationToken);
        await Poll.UntilAsync(() => app.Runs("Wait") == 1, "the activity begins");

        await app.Engine.StopAsync(new CancellationToken(canceled: true));
        app.Activity("Wait", _ => Task.FromResult<object?>("second"));
        await app.CrashAndStartAsync();

        Assert.Equal("second", (await app.EndAsync(id)).ReadOutputAs<string>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LongHistory_MovesToNewBlobs(bool extendedSessions)
    {
        await using TestApp app = new TestApp().Increment().Orchestrator("Chain", async context =>
        {
            int sum = 0;
            for (int n = 0; n < 30; n++)
            {
                sum = await context.CallActivityAsync<int>("Increment", sum);
            }

            return sum + await context.WaitForExternalEvent<int>("more");
        });
        app.Options = app.Options with { ExtendedSessions = extendedSessions, AppendsPerSegment = 4 };
        await app.StartAsync();
        string id = await app.Client.ScheduleNewOrchestrationInstanceAsync("Chain", TestContext.Current.CancellationToken);
        await Poll.UntilAsync(() => app.Begun.Count == 30, "the chain ends");
        await Poll.UntilAsync(async () => (await History.ReadAsync(app)).Split("\"k\":6,").Length == 31, "its last result is stored");

        await app.CrashAndStartAsync();
        await app.Client.RaiseEventAsync(id, "more", 70, TestContext.Current.CancellationToken);

        Assert.Equal(100, (await app.EndAsync(id)).ReadOutputAs<int>());
        Assert.Equal(30, app.Begun.Count);
    }

    [Fact]
    public async Task StartBeforeTheEngine_IsFoundByIt()
    {
        await using TestApp app = new TestApp().Increment().Orchestrator("One", async context => await context.CallActivityAsync<int>("Increment", 1));
        app.NewEngine();
        string id = await app.Client.ScheduleNewOrchestrationInstanceAsync("One", TestContext.Current.CancellationToken);
        OrchestrationMetadata waiting = (await app.Client.GetInstanceAsync(id, TestContext.Current.CancellationToken))!;
        await app.Engine.StartAsync(1, TestContext.Current.CancellationToken);

        Assert.Equal(OrchestrationRuntimeStatus.Pending, waiting.RuntimeStatus);
        Assert.Equal(2, (await app.EndAsync(id)).ReadOutputAs<int>());
    }

    private static async Task<int> CountWritesAsync(bool extendedSessions)
    {
        int writes = 0;
        await using TestApp app = Scenario(extendedSessions);
        app.Storage = new StorageTap((message, next) =>
        {
            writes += StorageTap.IsWrite(message) ? 1 : 0;
            return next();
        });
        await app.StartAsync();
        writes = 0;
        await DriveAsync(app);
        return writes;
    }

    private static async Task CrashAtAsync(int crash, bool afterwards, bool extendedSessions)
    {
        int writes = 0;
        var crashed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestApp app = Scenario(extendedSessions);
        bool armed = false;
        app.Storage = new StorageTap(async (message, next) =>
        {
            bool isLast = armed && StorageTap.IsWrite(message) && Interlocked.Increment(ref writes) == crash;
            if (crashed.Task.IsCompleted || (isLast && !afterwards))
            {
                crashed.TrySetResult();
                throw StorageTap.NoAnswer();
            }

            await next();
            if (isLast)
            {
                crashed.TrySetResult();
                throw StorageTap.NoAnswer();
            }
        });
        await app.StartAsync();
        armed = true;
        Task driving = DriveAsync(app);
        await Task.WhenAny(crashed.Task, driving);
        app.Storage = null;
        await app.CrashAndStartAsync();
        await DriveAsync(app);
        int completed = app.Runs("Increment");

        // Six calls. One whose completion was not stored yet may run again, and six can be under way at once.
        Assert.InRange(completed, 6, 12);
        await driving.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    /// <summary>Starts the scenario if it is not there, raises its event if it waits for it, and sees it end well. May be called again after a crash.</summary>
    private static async Task DriveAsync(TestApp app)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        if (await app.Client.GetInstanceAsync("scenario", cancellation) is null)
        {
            await app.Client.ScheduleNewOrchestrationInstanceAsync("Scenario", 0, new StartOrchestrationOptions("scenario"), cancellation);
        }

        await app.Client.RaiseEventAsync("scenario", "GO", "go", cancellation);
        OrchestrationMetadata end = await app.EndAsync("scenario");
        Assert.Equal(Expected, end.ReadOutputAs<string>());
        Assert.Equal("done", end.ReadCustomStatusAs<string>());
    }

    private static TestApp Scenario(bool extendedSessions)
    {
        int failures = 0;
        TestApp app = new TestApp().Increment()
            .Activity("Flaky", input => Task.FromResult<object?>(Interlocked.Increment(ref failures) < 3 ? throw new IOException("later") : 3))
            .Orchestrator("Child", async context => 1 + await context.CallActivityAsync<int>("Increment", context.GetInput<int>()))
            .Orchestrator("Scenario", async context =>
            {
                DateTime before = context.CurrentUtcDateTime;
                Guid first = context.NewGuid();
                int[] sums = await Task.WhenAll(Enumerable.Range(0, 5).Select(n => context.CallActivityAsync<int>("Increment", n + 1)));
                int sum = sums.Sum() + 1;
                context.SetCustomStatus("summed");
                string go = await context.WaitForExternalEvent<string>("go");
                await context.CreateTimer(TimeSpan.FromMilliseconds(20), CancellationToken.None);
                int child = await context.CallSubOrchestratorAsync<int>("Child", 29);
                int retried = await context.CallActivityAsync<int>(
                    "Flaky", new TaskOptions(new RetryPolicy(10, TimeSpan.FromMilliseconds(10))));
                context.SetCustomStatus("done");
                bool equal = before < context.CurrentUtcDateTime && first != context.NewGuid();
                return $"sum {sum}, {go}, child {child}, retried {retried}, times equal {equal}";
            });
        app.Options = app.Options with { ExtendedSessions = extendedSessions };
        return app;
    }
}
