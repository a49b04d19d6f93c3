using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace CellStitch.EmbeddedHost.Tests.Engine;

public sealed class DeterminismTests
{
    [Fact]
    public async Task CodeThatChanges_FailsWithWhatTheHistoryHas()
    {
        await using TestApp app = Waiting(1);
        string id = await StartAndAdvanceAsync(app);
        app.Orchestrator("Wait", async context =>
        {
            await context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
            return null;
        });

        await app.CrashAndStartAsync();
        string message = (await app.EndAsync(id)).FailureDetails!.ErrorMessage;

        Assert.StartsWith("Orchestrator 'Wait' (instance 'w') is not deterministic: at position 0 the history has activity 'Increment' (input ", message, StringComparison.Ordinal);
        Assert.Contains("but the code asks for a timer until ", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CodeWithAnotherInput_Fails()
    {
        await using TestApp app = Waiting(1);
        string id = await StartAndAdvanceAsync(app);
        app.Orchestrator("Wait", Code(2));

        await app.CrashAndStartAsync();

        Assert.Contains("is not deterministic", (await app.EndAsync(id)).FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CodeThatAsksForLess_Fails()
    {
        await using TestApp app = Waiting(1);
        string id = await StartAndAdvanceAsync(app);
        app.Orchestrator("Wait", async context => await context.WaitForExternalEvent<string>("never"));

        await app.CrashAndStartAsync();

        string message = (await app.EndAsync(id)).FailureDetails!.ErrorMessage;
        Assert.Contains("the code has made 0 calls only", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CodeThatReturnsEarlier_Fails()
    {
        await using TestApp app = Waiting(1);
        string id = await StartAndAdvanceAsync(app);
        app.Orchestrator("Wait", _ => Task.FromResult<object?>("early"));

        await app.CrashAndStartAsync();

        string message = (await app.EndAsync(id)).FailureDetails!.ErrorMessage;
        Assert.Contains("but the code asks for nothing", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ForeignAwait_Fails(bool besidesOpenCalls)
    {
        await using TestApp app = new TestApp().Activity("Never", async (_, cancellation) =>
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            return null;
        }).Orchestrator("Foreign", async context =>
        {
            Task call = besidesOpenCalls ? context.CallActivityAsync("Never") : Task.CompletedTask;
            await Task.Delay(50);
            await call;
            return null;
        });
        await app.StartAsync();

        OrchestrationMetadata end = await app.RunAsync("Foreign", instanceId: "f");

        Assert.StartsWith(
            $"Orchestrator 'Foreign' (instance 'f') is not deterministic: after {(besidesOpenCalls ? 1 : 0)} calls it awaited something that is not a task of its context",
            end.FailureDetails!.ErrorMessage,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task ContextOutsideOfAStep_Throws()
    {
        var thrown = new TaskCompletionSource<Exception>();
        await using TestApp app = new TestApp().Orchestrator("Thread", async context =>
        {
            _ = Task.Run(() =>
            {
                try
                {
                    context.SetCustomStatus(1);
                }
                catch (InvalidOperationException fault)
                {
                    thrown.SetResult(fault);
                }
            });
            await context.WaitForExternalEvent<string>("never");
            return null;
        });
        await app.StartAsync();
        await app.Client.ScheduleNewOrchestrationInstanceAsync("Thread", TestContext.Current.CancellationToken);

        Exception fault = await thrown.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.StartsWith("The context of orchestrator 'Thread' was used outside of its steps", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReplaySafeLogger_AndNewGuid_AreTheSameInAReplay()
    {
        var guids = new List<Guid>();
        var replays = new List<bool>();
        await using TestApp app = new TestApp().Increment().Orchestrator("Guids", async context =>
        {
            guids.Add(context.NewGuid());
            replays.Add(context.IsReplaying);
            await context.CallActivityAsync<int>("Increment", 1);
            return null;
        });
        app.Options = app.Options with { ExtendedSessions = false };
        await app.StartAsync();

        await app.RunAsync("Guids");

        Assert.Equal([false, true], replays);
        Assert.Single(guids.Distinct());
    }

    private static TestApp Waiting(int input)
    {
        return new TestApp().Increment().Orchestrator("Wait", Code(input));
    }

    private static Func<TaskOrchestrationContext, Task<object?>> Code(int input)
    {
        return async context =>
        {
            await context.CallActivityAsync<int>("Increment", input);
            return await context.WaitForExternalEvent<string>("go");
        };
    }

    /// <summary>Starts it and lets it come to its event, so that the activity and its result stand in the history.</summary>
    private static async Task<string> StartAndAdvanceAsync(TestApp app)
    {
        await app.StartAsync();
        string id = await app.Client.ScheduleNewOrchestrationInstanceAsync(
            "Wait", new StartOrchestrationOptions("w"), TestContext.Current.CancellationToken);
        await app.Client.WaitForInstanceStartAsync(id, TestContext.Current.CancellationToken);
        await Poll.UntilAsync(() => app.Runs("Increment") == 1, "the activity begins");
        await app.Client.RaiseEventAsync(id, "other", TestContext.Current.CancellationToken);
        await Poll.UntilAsync(async () => (await History.ReadAsync(app)).Contains("\"k\":6", StringComparison.Ordinal), "the completion is stored");
        return id;
    }
}
