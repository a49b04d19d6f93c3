using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace CellStitch.EmbeddedHost.Tests.Engine;

public sealed class ChildTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Children_RunAsInstancesOfTheirOwn()
    {
        await using TestApp app = new TestApp().Increment()
            .Orchestrator("Child", async context => $"{context.Parent!.InstanceId}.{context.Parent.Name}.{await context.CallActivityAsync<int>("Increment", context.GetInput<int>())}")
            .Orchestrator("Parent", async context => await Task.WhenAll(
                context.CallSubOrchestratorAsync<string>("Child", 1),
                context.CallSubOrchestratorAsync<string>("Child", 2, new SubOrchestrationOptions(instanceId: "named"))));
        await app.StartAsync();

        OrchestrationMetadata end = await app.RunAsync("Parent", instanceId: "p");

        Assert.Equal(["p.Parent.2", "p.Parent.3"], end.ReadOutputAs<string[]>()!);
        List<OrchestrationMetadata> all = await app.Client.GetAllInstancesAsync().ToListAsync(Cancellation);
        Assert.Equal(3, all.Count);
        Assert.All(all, instance => Assert.Equal(OrchestrationRuntimeStatus.Completed, instance.RuntimeStatus));
        Assert.Single(all, instance => instance.InstanceId == "named");
        Assert.Single(all, instance => instance.Name == "Child" && Guid.TryParseExact(instance.InstanceId, "N", out _));
    }

    [Fact]
    public async Task ChildFailure_ReachesTheParent_AndIsRetried()
    {
        int attempts = 0;
        await using TestApp app = new TestApp()
            .Activity("Fail", _ => throw new IOException($"attempt {++attempts}"))
            .Orchestrator("Child", async context => await context.CallActivityAsync<int>("Fail"))
            .Orchestrator("Parent", async context =>
            {
                var retry = new SubOrchestrationOptions(new RetryPolicy(3, TimeSpan.FromMilliseconds(1)), "child");
                return await context.CallSubOrchestratorAsync<int>("Child", null, retry);
            });
        await app.StartAsync();

        OrchestrationMetadata end = await app.RunAsync("Parent");

        Assert.Equal(3, attempts);
        TaskFailureDetails child = end.FailureDetails!.InnerFailure!;
        Assert.True(child.IsCausedBy<TaskFailedException>());
        Assert.Equal("System.IO.IOException: attempt 3", child.InnerFailure!.ToString());
    }

    [Fact]
    public async Task Terminate_Recursive_EndsChildrenToo()
    {
        await using TestApp app = Family();
        await app.StartAsync();
        string id = await StartFamilyAsync(app);

        await app.Client.TerminateInstanceAsync(id, new TerminateInstanceOptions("stopped", Recursive: true), Cancellation);

        OrchestrationMetadata end = await app.EndAsync(id);
        Assert.Equal((OrchestrationRuntimeStatus.Terminated, "stopped"), (end.RuntimeStatus, end.ReadOutputAs<string>()));
        Assert.Equal(OrchestrationRuntimeStatus.Terminated, (await app.EndAsync("child")).RuntimeStatus);
        Assert.Equal(OrchestrationRuntimeStatus.Terminated, (await app.EndAsync("grandchild")).RuntimeStatus);
    }

    [Fact]
    public async Task Terminate_NotRecursive_LeavesChildrenRunning()
    {
        await using TestApp app = Family();
        await app.StartAsync();
        string id = await StartFamilyAsync(app);

        await app.Client.TerminateInstanceAsync(id, Cancellation);

        Assert.Equal(OrchestrationRuntimeStatus.Terminated, (await app.EndAsync(id)).RuntimeStatus);
        await app.Client.RaiseEventAsync("grandchild", "end", "went on", Cancellation);
        Assert.Equal("went on", (await app.EndAsync("child")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task TerminatedChild_FailsItsParentsCall()
    {
        await using TestApp app = Family();
        await app.StartAsync();
        string id = await StartFamilyAsync(app);

        await app.Client.TerminateInstanceAsync("child", Cancellation);

        Assert.Contains("'Child' (child) was terminated", (await app.EndAsync(id)).FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Purge_RemovesWhatHasEnded_AndNothingElse()
    {
        await using TestApp app = Family();
        await app.StartAsync();
        string running = await StartFamilyAsync(app);
        await app.RunAsync("Nothing", new string('x', 100_000), "done/1");
        await app.RunAsync("Nothing", null, "done/2");

        Assert.Equal(0, (await app.Client.PurgeInstanceAsync(running, Cancellation)).PurgedInstanceCount);
        Assert.Equal(1, (await app.Client.PurgeInstanceAsync("done/1", Cancellation)).PurgedInstanceCount);
        Assert.Equal(0, (await app.Client.PurgeInstanceAsync("done/1", Cancellation)).PurgedInstanceCount);
        var future = new PurgeInstancesFilter(CreatedFrom: DateTimeOffset.UtcNow.AddHours(1));
        Assert.Equal(0, (await app.Client.PurgeAllInstancesAsync(future, Cancellation)).PurgedInstanceCount);
        Assert.Equal(1, (await app.Client.PurgeAllInstancesAsync(new PurgeInstancesFilter(), Cancellation)).PurgedInstanceCount);

        Assert.Equal(3, await app.Client.GetAllInstancesAsync().CountAsync(Cancellation));
        await app.Client.TerminateInstanceAsync(running, new TerminateInstanceOptions(Recursive: true), Cancellation);
        foreach (string id in new[] { running, "child", "grandchild" })
        {
            await app.EndAsync(id);
        }

        Assert.Equal(3, (await app.Client.PurgeInstanceAsync(running, new PurgeInstanceOptions(Recursive: true), Cancellation)).PurgedInstanceCount);
        Assert.Equal(0, await app.Container.GetBlobsAsync(cancellationToken: Cancellation).CountAsync(Cancellation));
    }

    [Fact]
    public async Task Query_FindsByPrefixStatusAndPage()
    {
        await using TestApp app = Family();
        await app.StartAsync();
        await StartFamilyAsync(app);
        for (int n = 0; n < 5; n++)
        {
            await app.RunAsync("Nothing", n, $"run {n}");
        }

        DurableTaskClient client = app.Client;
        List<OrchestrationMetadata> runs = await client.GetAllInstancesAsync(
            new OrchestrationQuery(InstanceIdPrefix: "run ", FetchInputsAndOutputs: true, PageSize: 2)).ToListAsync(Cancellation);
        Assert.Equal([0, 1, 2, 3, 4], runs.Select(run => run.ReadInputAs<int>()));
        Assert.Equal(3, await client.GetAllInstancesAsync(new OrchestrationQuery(Statuses: [OrchestrationRuntimeStatus.Running])).CountAsync(Cancellation));
        Page<OrchestrationMetadata> first = await client.GetAllInstancesAsync().AsPages(pageSizeHint: 3).FirstAsync(Cancellation);
        Page<OrchestrationMetadata> rest = await client.GetAllInstancesAsync().AsPages(first.ContinuationToken, 10).FirstAsync(Cancellation);
        Assert.Equal((3, 5, null), (first.Values.Count, rest.Values.Count, rest.ContinuationToken));
    }

    [Fact]
    public async Task Restart_RunsItAgainWithItsInput()
    {
        await using TestApp app = new TestApp().Increment().Orchestrator("One", async context =>
            await context.CallActivityAsync<int>("Increment", context.GetInput<int>()));
        await app.StartAsync();
        await app.RunAsync("One", 5, "one");

        string same = await app.Client.RestartAsync("one", cancellation: Cancellation);
        Assert.Equal(6, (await app.EndAsync(same)).ReadOutputAs<int>());
        string other = await app.Client.RestartAsync("one", restartWithNewInstanceId: true, Cancellation);
        Assert.Equal(6, (await app.EndAsync(other)).ReadOutputAs<int>());

        Assert.Equal(("one", 3), (same, app.Begun.Count));
        Assert.NotEqual("one", other);
        await Assert.ThrowsAsync<ArgumentException>(() => app.Client.RestartAsync("nobody", cancellation: Cancellation));
    }

    private static TestApp Family()
    {
        return new TestApp()
            .Orchestrator("Nothing", _ => Task.FromResult<object?>(null))
            .Orchestrator("Grandchild", async context => await context.WaitForExternalEvent<string>("end"))
            .Orchestrator("Child", async context =>
                await context.CallSubOrchestratorAsync<string>("Grandchild", new SubOrchestrationOptions(instanceId: "grandchild")))
            .Orchestrator("Parent", async context =>
                await context.CallSubOrchestratorAsync<string>("Child", new SubOrchestrationOptions(instanceId: "child")));
    }

    private static async Task<string> StartFamilyAsync(TestApp app)
    {
        string id = await app.Client.ScheduleNewOrchestrationInstanceAsync("Parent", Cancellation);
        await app.Client.WaitForInstanceStartAsync("grandchild", Cancellation);
        return id;
    }
}
