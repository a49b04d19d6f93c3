using CellStitch.EmbeddedHost.Engine;
using Microsoft.DurableTask.Client;

namespace CellStitch.EmbeddedHost.Tests.Engine;

public sealed class OwnershipTests
{
    [Fact]
    public async Task StaleOwner_NoticesAndWritesNothing()
    {
        var gate = new TaskCompletionSource<object?>();
        await using TestApp app = new TestApp().Activity("Wait", async _ => await gate.Task).Orchestrator("One", async context =>
        {
            await context.CallActivityAsync("Wait");
            return await context.WaitForExternalEvent<string>("go");
        });
        DurableEngine stale = await app.StartAsync();
        string id = await app.Client.ScheduleNewOrchestrationInstanceAsync("One", TestContext.Current.CancellationToken);
        await Poll.UntilAsync(() => app.Runs("Wait") == 1, "the activity begins");

        await app.StartAsync();
        await Poll.UntilAsync(() => app.Runs("Wait") == 2, "the new owner runs the activity again");
        await Assert.ThrowsAsync<InvalidOperationException>(() => stale.Client.RaiseEventAsync(id, "go", "stale", TestContext.Current.CancellationToken));
        await stale.OwnershipLost.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        gate.SetResult(null);
        await app.Client.RaiseEventAsync(id, "go", "new", TestContext.Current.CancellationToken);
        OrchestrationMetadata end = await app.EndAsync(id);

        Assert.Equal("new", end.ReadOutputAs<string>());
        Assert.DoesNotContain("stale", await History.ReadAsync(app), StringComparison.Ordinal);
        Assert.False(app.Engine.OwnershipLost.IsCompleted);
    }

    [Fact]
    public async Task OlderEpoch_DoesNotTakeOver()
    {
        await using TestApp app = new TestApp().Orchestrator("One", async context => await context.WaitForExternalEvent<string>("go"));
        DurableEngine newer = app.NewEngine();
        await newer.StartAsync(7, TestContext.Current.CancellationToken);
        string id = await newer.Client.ScheduleNewOrchestrationInstanceAsync("One", TestContext.Current.CancellationToken);
        await newer.Client.WaitForInstanceStartAsync(id, TestContext.Current.CancellationToken);

        DurableEngine older = app.NewEngine();
        await older.StartAsync(6, TestContext.Current.CancellationToken);
        await older.OwnershipLost.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await newer.Client.RaiseEventAsync(id, "go", "on", TestContext.Current.CancellationToken);

        OrchestrationMetadata end = await newer.Client.WaitForInstanceCompletionAsync(id, true, TestContext.Current.CancellationToken);
        Assert.Equal("on", end.ReadOutputAs<string>());
    }

    [Fact]
    public async Task LostAnswers_AreNotTakenForALostOwnership()
    {
        int lost = 0;
        await using TestApp app = new TestApp().Increment().Orchestrator("Chain", async context =>
        {
            int sum = 0;
            for (int n = 0; n < 5; n++)
            {
                sum = await context.CallActivityAsync<int>("Increment", sum);
            }

            return sum;
        });
        HashSet<string> spoiled = [];
        app.Storage = new StorageTap(async (message, next) =>
        {
            await next();

            // The first answer to each write is lost; the client library sends it again and is refused.
            if (StorageTap.IsWrite(message) && spoiled.Add(message.Request.ClientRequestId))
            {
                lost++;
                throw StorageTap.NoAnswer();
            }
        });
        await app.StartAsync();

        OrchestrationMetadata end = await app.RunAsync("Chain");

        Assert.Equal(5, end.ReadOutputAs<int>());
        Assert.Equal(5, app.Begun.Count);
        Assert.False(app.Engine.OwnershipLost.IsCompleted);
        Assert.True(lost >= 9, $"{lost} answers were lost");
    }

    [Theory]
    [InlineData(503)]
    [InlineData(0)]
    public async Task StorageOutage_DelaysButFailsNothing(int status)
    {
        int requests = 0;
        int refused = 0;
        await using TestApp app = new TestApp().Increment().Orchestrator("Fan", async context =>
            (await Task.WhenAll(Enumerable.Range(0, 50).Select(n => context.CallActivityAsync<int>("Increment", n)))).Sum());
        app.Storage = new StorageTap((message, next) =>
        {
            // More than the client library tries.
            int number = Interlocked.Increment(ref requests);
            if (number is >= 5 and <= 10)
            {
                Interlocked.Increment(ref refused);
                throw status == 0 ? StorageTap.NoAnswer() : new Azure.RequestFailedException(status, "the server is busy");
            }

            return next();
        });
        await app.StartAsync();

        OrchestrationMetadata end = await app.RunAsync("Fan");

        Assert.Equal(1275, end.ReadOutputAs<int>());
        Assert.Equal(50, app.Begun.Count);
        Assert.True(refused == 6, $"{refused} requests were refused");
    }

    [Fact]
    public async Task DamagedHistory_FailsItsInstanceOnly()
    {
        await using TestApp app = new TestApp().Increment().Orchestrator("One", async context => await context.WaitForExternalEvent<string>("go"));
        await app.StartAsync();
        string id = await app.Client.ScheduleNewOrchestrationInstanceAsync("One", TestContext.Current.CancellationToken);
        await app.Client.WaitForInstanceStartAsync(id, TestContext.Current.CancellationToken);
        await app.Engine.DisposeAsync();
        await History.DamageAsync(app);
        await app.StartAsync();

        OrchestrationMetadata end = await app.EndAsync(id);

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Matches("^History history/.* the record at byte [0-9]+ is damaged", end.FailureDetails!.ErrorMessage);
        string next = await app.Client.ScheduleNewOrchestrationInstanceAsync("One", TestContext.Current.CancellationToken);
        await app.Client.RaiseEventAsync(next, "go", "on", TestContext.Current.CancellationToken);
        Assert.Equal("on", (await app.EndAsync(next)).ReadOutputAs<string>());
    }
}
