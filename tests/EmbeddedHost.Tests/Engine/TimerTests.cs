using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace CellStitch.EmbeddedHost.Tests.Engine;

/// <summary>Timers and retries on a clock that the test turns.</summary>
public sealed class TimerTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Retries_ComeAfterGrowingPauses_UpToTheLongest()
    {
        var clock = new TurnedClock(Start);
        List<double> attempts = [];
        await using TestApp app = new TestApp { Time = clock }.Activity("Fail", _ =>
        {
            attempts.Add((clock.GetUtcNow() - Start).TotalSeconds);
            throw new IOException($"attempt {attempts.Count}");
        }).Orchestrator("Retry", async context =>
        {
            var policy = new RetryPolicy(6, TimeSpan.FromSeconds(5), 2, TimeSpan.FromSeconds(30));
            return await context.CallActivityAsync<int>("Fail", TaskOptions.FromRetryPolicy(policy));
        });
        await app.StartAsync();

        string id = await app.Client.ScheduleNewOrchestrationInstanceAsync("Retry", TestContext.Current.CancellationToken);
        OrchestrationMetadata end = await TurnUntilEndAsync(app, clock, id);

        Assert.Equal([0, 5, 15, 35, 65, 95], attempts);
        Assert.Equal("System.IO.IOException: attempt 6", end.FailureDetails!.InnerFailure!.ToString());
    }

    [Fact]
    public async Task Retries_EndWithTheRetryTimeout_AndByTheKindOfFailure()
    {
        var clock = new TurnedClock(Start);
        await using TestApp app = new TestApp { Time = clock }
            .Activity("Slow", _ => throw new IOException("busy"))
            .Activity("Bad", _ => throw new InvalidDataException("no TIFF"))
            .Orchestrator("Retry", async context =>
            {
                var policy = new RetryPolicy(100, TimeSpan.FromSeconds(10), retryTimeout: TimeSpan.FromSeconds(25))
                {
                    HandleFailure = failure => failure.IsCausedBy<IOException>(),
                };
                return await context.CallActivityAsync<int>(context.GetInput<string>()!, TaskOptions.FromRetryPolicy(policy));
            });
        await app.StartAsync();

        foreach (string name in new[] { "Slow", "Bad" })
        {
            string id = await app.Client.ScheduleNewOrchestrationInstanceAsync("Retry", (object)name, TestContext.Current.CancellationToken);
            await TurnUntilEndAsync(app, clock, id);
        }

        Assert.Equal((4, 1), (app.Runs("Slow"), app.Runs("Bad")));
    }

    [Fact]
    public async Task RetryHandler_DecidesAfterEachFailure()
    {
        List<int> asked = [];
        await using TestApp app = new TestApp().Activity("Fail", _ => throw new IOException("busy")).Orchestrator("Retry", async context =>
            await context.CallActivityAsync<int>("Fail", TaskOptions.FromRetryHandler(retry =>
            {
                asked.Add(retry.LastAttemptNumber);
                return retry.LastFailure.IsCausedBy<IOException>() && retry.LastAttemptNumber < 3;
            })));
        await app.StartAsync();

        OrchestrationMetadata end = await app.RunAsync("Retry");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Equal([1, 2, 3], asked);
    }

    [Fact]
    public async Task Timer_LongerThanTheRuntimesTimers_OutlivesACrash()
    {
        var clock = new TurnedClock(Start);
        await using TestApp app = new TestApp { Time = clock }.Orchestrator("Sleep", async context =>
        {
            await context.CreateTimer(TimeSpan.FromDays(60), CancellationToken.None);
            return context.CurrentUtcDateTime;
        });
        await app.StartAsync();
        string id = await app.Client.ScheduleNewOrchestrationInstanceAsync("Sleep", TestContext.Current.CancellationToken);
        await app.Client.WaitForInstanceStartAsync(id, TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromDays(20));

        await app.CrashAndStartAsync();
        OrchestrationMetadata end = await TurnUntilEndAsync(app, clock, id, TimeSpan.FromHours(12));

        Assert.Equal(Start.UtcDateTime.AddDays(60), end.ReadOutputAs<DateTime>());
    }

    [Fact]
    public async Task StartAt_WaitsForItsTime_AlsoAcrossACrash()
    {
        var clock = new TurnedClock(Start);
        await using TestApp app = new TestApp { Time = clock }.Orchestrator("Later", context => Task.FromResult<object?>(context.CurrentUtcDateTime));
        await app.StartAsync();
        string id = await app.Client.ScheduleNewOrchestrationInstanceAsync(
            "Later", new StartOrchestrationOptions(StartAt: Start.AddHours(2)), TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromHours(1));
        await app.CrashAndStartAsync();
        OrchestrationMetadata waiting = (await app.Client.GetInstanceAsync(id, TestContext.Current.CancellationToken))!;

        OrchestrationMetadata end = await TurnUntilEndAsync(app, clock, id, TimeSpan.FromMinutes(30));

        Assert.Equal(OrchestrationRuntimeStatus.Pending, waiting.RuntimeStatus);
        Assert.Equal(Start.UtcDateTime.AddHours(2), end.ReadOutputAs<DateTime>());
    }

    [Fact]
    public async Task CancelledTimer_IsCancelledForItsAwaiter()
    {
        await using TestApp app = new TestApp().Orchestrator("Cancel", async context =>
        {
            using var cancel = new CancellationTokenSource();
            Task timer = context.CreateTimer(TimeSpan.FromDays(1), cancel.Token);
            cancel.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => timer);
            return "cancelled";
        });
        await app.StartAsync();

        Assert.Equal("cancelled", (await app.RunAsync("Cancel")).ReadOutputAs<string>());
    }

    /// <summary>Turns the clock second by second, whenever the orchestration waits for it.</summary>
    private static async Task<OrchestrationMetadata> TurnUntilEndAsync(TestApp app, TurnedClock clock, string id, TimeSpan? turn = null)
    {
        Task<OrchestrationMetadata> end = app.EndAsync(id);
        await Poll.UntilAsync(
            () =>
            {
                clock.AdvanceIfAwaited(turn ?? TimeSpan.FromSeconds(1));
                return Task.FromResult(end.IsCompleted);
            },
            "the orchestration ends");
        return await end;
    }
}
