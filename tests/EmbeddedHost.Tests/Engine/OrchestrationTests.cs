using System.Diagnostics;
using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace CellStitch.EmbeddedHost.Tests.Engine;

public sealed class OrchestrationTests
{
    [Fact]
    public async Task Chain_OfActivities_GivesEachTheResultOfTheOneBefore()
    {
        await using TestApp app = new TestApp().Increment().Orchestrator("Chain", async context =>
        {
            int sum = context.GetInput<int>();
            for (int n = 0; n < 5; n++)
            {
                sum = await context.CallActivityAsync<int>("Increment", sum);
            }

            return sum;
        });
        await app.StartAsync();

        OrchestrationMetadata end = await app.RunAsync("Chain", 10, "the/chain 1");

        Assert.Equal(OrchestrationRuntimeStatus.Completed, end.RuntimeStatus);
        Assert.Equal(("Chain", "the/chain 1", 10, 15), (end.Name, end.InstanceId, end.ReadInputAs<int>(), end.ReadOutputAs<int>()));
        Assert.Equal(["Increment 10", "Increment 11", "Increment 12", "Increment 13", "Increment 14"], app.Begun);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FanOut_OfAThousandActivities_KeepsTheOrderOfTheCalls(bool extendedSessions)
    {
        await using TestApp app = new TestApp().Increment().Orchestrator("Fan", async context =>
            await Task.WhenAll(Enumerable.Range(0, 1000).Select(n => context.CallActivityAsync<int>("Increment", n))));
        app.Options = app.Options with { ExtendedSessions = extendedSessions };
        await app.StartAsync();

        var clock = Stopwatch.StartNew();
        OrchestrationMetadata end = await app.RunAsync("Fan");

        Assert.Equal(Enumerable.Range(1, 1000), end.ReadOutputAs<int[]>()!);
        Assert.Equal(1000, app.Begun.Distinct().Count());
        Assert.Equal(1000, app.Begun.Count);
        TestContext.Current.TestOutputHelper!.WriteLine($"{clock.ElapsedMilliseconds} ms");
    }

    [Fact]
    public async Task FailedActivity_IsSeenByItsType()
    {
        await using TestApp app = new TestApp()
            .Activity("Fail", _ => throw new InvalidDataException("bad page", new ArgumentException("inner")))
            .Orchestrator("Catch", async context =>
            {
                try
                {
                    return await context.CallActivityAsync<int>("Fail");
                }
                catch (TaskFailedException failed) when (failed.FailureDetails.IsCausedBy<SystemException>())
                {
                    return $"{failed.TaskName} #{failed.TaskId}: {failed.FailureDetails}, {failed.FailureDetails.InnerFailure}";
                }
            })
            .Orchestrator("Leave", async context => await context.CallActivityAsync<int>("Fail"));
        await app.StartAsync();

        OrchestrationMetadata caught = await app.RunAsync("Catch");
        OrchestrationMetadata left = await app.RunAsync("Leave");

        Assert.Equal("Fail #0: System.IO.InvalidDataException: bad page, System.ArgumentException: inner", caught.ReadOutputAs<string>());
        Assert.Equal(OrchestrationRuntimeStatus.Failed, left.RuntimeStatus);
        Assert.True(left.FailureDetails!.IsCausedBy<TaskFailedException>());
        Assert.True(left.FailureDetails.InnerFailure!.IsCausedBy<InvalidDataException>());
    }

    [Fact]
    public async Task ActivityOutOfMemory_FailsLikeAnyOther_AndTheNextOneRuns()
    {
        await using TestApp app = new TestApp().Increment().Activity("Fill", _ => Task.FromResult<object?>(new long[int.MaxValue, int.MaxValue])).Orchestrator("Fill", async context =>
        {
            TaskFailedException failure = await Assert.ThrowsAsync<TaskFailedException>(() => context.CallActivityAsync("Fill"));
            return failure.FailureDetails.ErrorType + await context.CallActivityAsync<int>("Increment", 1);
        });
        app.Options = app.Options with { ActivitiesAtOnce = 1 };
        await app.StartAsync();

        Assert.Equal("System.OutOfMemoryException2", (await app.RunAsync("Fill")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task ThrowingOrchestrator_Fails()
    {
        await using TestApp app = new TestApp().Orchestrator("Throw", _ => throw new InvalidOperationException("at once"));
        await app.StartAsync();

        OrchestrationMetadata end = await app.RunAsync("Throw");

        Assert.Equal("System.InvalidOperationException: at once", end.FailureDetails!.ToString());
    }

    [Fact]
    public async Task LongPayloads_ComeBackWhole()
    {
        string text = new('x', 300_000);
        await using TestApp app = new TestApp()
            .Activity("Echo", input => Task.FromResult<object?>(input!.Length))
            .Activity("Long", _ => Task.FromResult<object?>(text))
            .Orchestrator("Payloads", async context =>
            {
                string given = await context.CallActivityAsync<string>("Long");
                return new[] { given, context.GetInput<string>()! };
            });
        app.Options = app.Options with { ExtendedSessions = false };
        await app.StartAsync();

        OrchestrationMetadata end = await app.RunAsync("Payloads", text);

        Assert.Equal([text, text], end.ReadOutputAs<string[]>()!);
    }

    [Fact]
    public async Task Start_OfAnExistingInstance_FailsUnlessItHasEnded()
    {
        var gate = new TaskCompletionSource<object?>();
        await using TestApp app = new TestApp().Activity("Wait", _ => gate.Task)
            .Orchestrator("Once", async context => await context.CallActivityAsync<string>("Wait"));
        await app.StartAsync();
        var options = new StartOrchestrationOptions("once");
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await app.Client.ScheduleNewOrchestrationInstanceAsync("Once", options, cancellation);

        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() => app.Client.ScheduleNewOrchestrationInstanceAsync("Once", options, cancellation));
        gate.SetResult("done");
        await app.EndAsync("once");
        StartOrchestrationOptions never = options.WithDedupeStatuses(OrchestrationRuntimeStatus.Completed);
        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() => app.Client.ScheduleNewOrchestrationInstanceAsync("Once", never, cancellation));
        await app.Client.ScheduleNewOrchestrationInstanceAsync("Once", options, cancellation);
        Assert.Equal("done", (await app.EndAsync("once")).ReadOutputAs<string>());
        Assert.Equal(2, app.Begun.Count);
    }

    [Fact]
    public async Task ManyStartsOfOneInstance_OneWins()
    {
        await using TestApp app = new TestApp().Increment().Orchestrator("Once", async context => await context.CallActivityAsync<int>("Increment", 1));
        await app.StartAsync();
        StartOrchestrationOptions once = new StartOrchestrationOptions("race").WithDedupeStatuses(Enum.GetValues<OrchestrationRuntimeStatus>());

        Task<string>[] starts = [.. Enumerable.Range(0, 20).Select(_ => app.Client.ScheduleNewOrchestrationInstanceAsync("Once", once, TestContext.Current.CancellationToken))];
        await Task.WhenAll(starts.Select(start => start.ContinueWith(_ => { }, TestContext.Current.CancellationToken)));

        _ = Assert.Single(starts, start => start.IsCompletedSuccessfully);
        await app.EndAsync("race");
        Assert.Single(app.Begun);
    }

    [Fact]
    public async Task CustomStatus_IsSeenWhileItRunsAndAfterwards()
    {
        var gate = new TaskCompletionSource<object?>();
        await using TestApp app = new TestApp().Activity("Wait", _ => gate.Task).Orchestrator("Status", async context =>
        {
            context.SetCustomStatus(new { stage = "first", Percent = 10 });
            await context.CallActivityAsync("Wait");
            context.SetCustomStatus(new { stage = "last", Percent = 100 });
            return null;
        });
        await app.StartAsync();

        string id = await app.Client.ScheduleNewOrchestrationInstanceAsync("Status", TestContext.Current.CancellationToken);
        await Poll.UntilAsync(() => app.Runs("Wait") == 1, "the activity begins");
        await Poll.UntilAsync(
            async () => (await app.Client.GetInstanceAsync(id, true, TestContext.Current.CancellationToken))!.SerializedCustomStatus is not null, "status");
        OrchestrationMetadata running = (await app.Client.GetInstanceAsync(id, true, TestContext.Current.CancellationToken))!;
        gate.SetResult(null);
        OrchestrationMetadata end = await app.EndAsync(id);

        Assert.Equal((OrchestrationRuntimeStatus.Running, """{"stage":"first","Percent":10}"""), (running.RuntimeStatus, running.SerializedCustomStatus));
        Assert.Equal("""{"stage":"last","Percent":100}""", end.SerializedCustomStatus);
    }

    [Fact]
    public async Task Activities_RunNoMoreThanAllowedAtOnce()
    {
        const int Allowed = 3;
        int now = 0;
        int most = 0;
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestApp app = new TestApp().Activity("Count", async _ =>
        {
            int running = Interlocked.Increment(ref now);
            InterlockedMax(ref most, running);
            if (running == Allowed)
            {
                full.TrySetResult();
            }

            // As many as are allowed are certain to meet, however slow the machine; the pause is for one more to come if it could.
            await full.Task.WaitAsync(TestContext.Current.CancellationToken);
            await Task.Delay(20, TestContext.Current.CancellationToken);
            Interlocked.Decrement(ref now);
            return null;
        }).Orchestrator("Fan", async context =>
        {
            await Task.WhenAll(Enumerable.Range(0, 20).Select(n => context.CallActivityAsync("Count", n)));
            return null;
        });
        app.Options = app.Options with { ActivitiesAtOnce = Allowed };
        await app.StartAsync();

        await app.RunAsync("Fan");

        Assert.Equal(Allowed, most);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }
}
