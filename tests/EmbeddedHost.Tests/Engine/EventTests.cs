using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace CellStitch.EmbeddedHost.Tests.Engine;

public sealed class EventTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_AreKeptUntilWaitedFor_InOrder_WhateverTheirCase()
    {
        await using TestApp app = new TestApp().Orchestrator("Listen", async context =>
        {
            await context.WaitForExternalEvent<string>("go");
            string first = await context.WaitForExternalEvent<string>("NAME");
            string second = await context.WaitForExternalEvent<string>("name");
            return first + second;
        });
        await app.StartAsync();
        string id = await app.Client.ScheduleNewOrchestrationInstanceAsync("Listen", Cancellation);

        await app.Client.RaiseEventAsync(id, "Name", "a", Cancellation);
        await app.Client.RaiseEventAsync(id, "nAME", "b", Cancellation);
        await app.Client.RaiseEventAsync(id, "go", Cancellation);

        Assert.Equal("ab", (await app.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task WaitWithTimeout_IsCancelled_AndTheEventGoesToTheNextWaiter()
    {
        await using TestApp app = new TestApp().Orchestrator("Listen", async context =>
        {
            try
            {
                return await context.WaitForExternalEvent<string>("name", TimeSpan.FromMilliseconds(10));
            }
            catch (OperationCanceledException)
            {
                context.SetCustomStatus("late");
                return await context.WaitForExternalEvent<string>("name", TimeSpan.FromHours(1));
            }
        });
        await app.StartAsync();
        string id = await app.Client.ScheduleNewOrchestrationInstanceAsync("Listen", Cancellation);
        await Poll.UntilAsync(async () => (await app.Client.GetInstanceAsync(id, true, Cancellation))!.SerializedCustomStatus is not null, "the wait ends");

        await app.Client.RaiseEventAsync(id, "name", "x", Cancellation);

        Assert.Equal("x", (await app.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task SendEvent_ReachesTheOtherInstance()
    {
        await using TestApp app = new TestApp()
            .Orchestrator("Listen", async context => await context.WaitForExternalEvent<int>("n"))
            .Orchestrator("Send", context =>
            {
                context.SendEvent("listener", "N", 42);
                return Task.FromResult<object?>(null);
            });
        await app.StartAsync();
        await app.Client.ScheduleNewOrchestrationInstanceAsync("Listen", new StartOrchestrationOptions("listener"), Cancellation);

        await app.RunAsync("Send");

        Assert.Equal(42, (await app.EndAsync("listener")).ReadOutputAs<int>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ContinueAsNew_StartsOverAndKeepsEvents(bool keep)
    {
        await using TestApp app = new TestApp().Increment().Orchestrator("Loop", async context =>
        {
            int round = context.GetInput<int>();
            if (round == 0)
            {
                await context.WaitForExternalEvent<string>("go");
            }

            if (round < 20)
            {
                context.SetCustomStatus(round);
                context.ContinueAsNew(await context.CallActivityAsync<int>("Increment", round), keep);
                return "dropped";
            }

            using var cancel = new CancellationTokenSource();
            Task<string> kept = context.WaitForExternalEvent<string>("kept");
            return await Task.WhenAny(kept, context.CreateTimer(TimeSpan.FromMilliseconds(50), cancel.Token)) == kept ? await kept : "none";
        });
        await app.StartAsync();
        string id = await app.Client.ScheduleNewOrchestrationInstanceAsync("Loop", (object)0, Cancellation);
        await app.Client.RaiseEventAsync(id, "kept", "event", Cancellation);
        await app.Client.RaiseEventAsync(id, "go", Cancellation);

        OrchestrationMetadata end = await app.EndAsync(id);

        Assert.Equal(keep ? "event" : "none", end.ReadOutputAs<string>());
        Assert.Equal((20, 20, 19), (app.Begun.Count, end.ReadInputAs<int>(), end.ReadCustomStatusAs<int>()));
        Assert.DoesNotContain("\"Increment\"", await History.ReadAsync(app), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Suspended_MakesNoStepUntilResumed_AlsoAcrossACrash()
    {
        var gate = new TaskCompletionSource<object?>();
        await using TestApp app = new TestApp().Activity("Wait", _ => gate.Task).Increment().Orchestrator("Two", async context =>
        {
            await context.CallActivityAsync("Wait");
            return await context.CallActivityAsync<int>("Increment", await context.WaitForExternalEvent<int>("n"));
        });
        await app.StartAsync();
        string id = await app.Client.ScheduleNewOrchestrationInstanceAsync("Two", Cancellation);
        await Poll.UntilAsync(() => app.Runs("Wait") == 1, "the activity begins");

        await app.Client.SuspendInstanceAsync(id, "a pause", Cancellation);
        gate.SetResult(null);
        await app.Client.RaiseEventAsync(id, "n", 1, Cancellation);
        await Poll.UntilAsync(async () => (await History.ReadAsync(app)).Contains("\"k\":6", StringComparison.Ordinal), "the completion is stored");
        await app.CrashAndStartAsync();
        await Poll.UntilAsync(
            async () => (await app.Client.GetInstanceAsync(id, Cancellation))!.RuntimeStatus == OrchestrationRuntimeStatus.Suspended, "it is suspended again");
        Assert.Equal(0, app.Runs("Increment"));
        await app.Client.ResumeInstanceAsync(id, Cancellation);

        Assert.Equal(2, (await app.EndAsync(id)).ReadOutputAs<int>());
        Assert.Equal(1, app.Runs("Wait"));
    }

    [Fact]
    public async Task EventForNoInstance_IsDropped()
    {
        await using TestApp app = new();
        await app.StartAsync();

        await app.Client.RaiseEventAsync("nobody", "n", 1, Cancellation);

        Assert.Null(await app.Client.GetInstanceAsync("nobody", Cancellation));
    }
}
