using System.Diagnostics;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using CellStitch.EmbeddedHost.Hosting;
using CellStitch.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace CellStitch.EmbeddedHost.Tests.Hosting;

public class HostLockTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_HolderWasKilled_TakesOverAtOnce()
    {
        string account = Azurite.NewAccount();
        ChildHost child = await ChildHost.Start(account);
        long epoch = (await Holder(account)).Epoch;
        child.Kill();
        var clock = Stopwatch.StartNew();

        await using TestHost host = await TestHost.Start([], account);

        // The dead process's lease would last up to 15 s.
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"The start took {clock.Elapsed}.");
        Assert.Equal((epoch + 1, Environment.ProcessId), ((await Holder(account)).Epoch, (await Holder(account)).ProcessId));
        Assert.Contains(host.Log.All, line => line.Contains("is gone without giving its lock back; taking over", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_HolderAlive_WaitsAndSaysForWhom()
    {
        string account = Azurite.NewAccount();
        TestHost first = await TestHost.Start([], account);
        await using TestHost second = TestHost.Build([], account);

        Task starting = second.Start();

        await TestHost.Until(
            () => second.Log.All.Any(line => line.Contains(
                $"Waiting: The storage account is worked on by process {Environment.ProcessId} of {Environment.MachineName}", StringComparison.Ordinal)),
            "the second host says for whom it waits");
        Assert.False(starting.IsCompleted);
        await first.DisposeAsync();
        await starting;
    }

    [Fact]
    public async Task Start_TwoHostsAfterAKill_OnlyOneRuns()
    {
        string account = Azurite.NewAccount();
        (await ChildHost.Start(account)).Kill();
        TestHost[] hosts = [TestHost.Build([], account), TestHost.Build([], account)];

        Task[] starting = [.. hosts.Select(host => host.Start())];
        await Task.WhenAny(starting);
        await TestHost.Until(() => hosts.Any(host => host.Log.All.Any(line => line.Contains("Waiting: The storage account is worked on", StringComparison.Ordinal))), "one waits");

        _ = Assert.Single(starting, task => task.IsCompletedSuccessfully);
        int first = Array.FindIndex(starting, task => task.IsCompleted);
        await hosts[first].DisposeAsync();
        await starting[1 - first];
        await hosts[1 - first].DisposeAsync();
    }

    [Fact]
    public async Task Running_LeaseTakenByAnother_StopsAndSaysSo()
    {
        string account = Azurite.NewAccount();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using TestHost host = await TestHost.Start([], account, With(time));
        BlobLeaseClient other = new BlobClient(account, "host", "lock").GetBlobLeaseClient();
        await other.BreakAsync(TimeSpan.Zero, cancellationToken: Cancellation);
        await other.AcquireAsync(TimeSpan.FromSeconds(60), cancellationToken: Cancellation);

        time.Advance(TimeSpan.FromSeconds(5));

        await TestHost.Until(() => host.Lifetime.ApplicationStopping.IsCancellationRequested, "the host stops");
        Assert.Contains(host.Log.All, line => line.Contains("The host stops: the lease on", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_StorageDown_WaitsForIt()
    {
        string folder = Directory.CreateTempSubdirectory("azurite-").FullName;
        Azurite down = Azurite.Start(null, folder);
        string account = down.Account();
        down.Dispose();
        await using TestHost host = TestHost.Build([], account);

        Task starting = host.Start();

        await TestHost.Until(() => host.Log.All.Any(line => line.Contains("does not answer", StringComparison.Ordinal)), "the host says that storage is down");
        Assert.False(starting.IsCompleted);
        using (Azurite.Start(down.Ports, folder))
        {
            await starting;
            await host.Stop();
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Running_StorageDownForAWhile_GoesOn()
    {
        string folder = Directory.CreateTempSubdirectory("azurite-").FullName;
        Azurite first = Azurite.Start(null, folder);
        string account = first.Account();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using TestHost host = await TestHost.Start([typeof(BlobTriggerTests.Dropped)], account, With(time));
        first.Dispose();

        await AdvanceUntil(time, () => host.Log.All.Any(line => line.Contains("lock could not be renewed", StringComparison.Ordinal)));
        using (Azurite.Start(first.Ports, folder))
        {
            await new BlobContainerClient(account, "drop").CreateIfNotExistsAsync(cancellationToken: Cancellation);
            await new BlobClient(account, "drop", "a").UploadAsync(BinaryData.FromString("1"), Cancellation);
            await AdvanceUntil(time, () => host.Calls.All.Length == 1);

            Assert.False(host.Lifetime.ApplicationStopping.IsCancellationRequested);
            await host.Stop();
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void LockHolder_OtherProcessWithTheSameId_IsDead()
    {
        LockHolder here = LockHolder.ThisProcess(1);

        Assert.False(here.IsDeadHere());
        Assert.True((here with { Started = here.Started.AddMinutes(-1) }).IsDeadHere());
        Assert.False((here with { Machine = "elsewhere", Started = here.Started.AddMinutes(-1) }).IsDeadHere());
    }

    private static TestHost.Options With(FakeTimeProvider time)
    {
        return new() { Configure = builder => builder.Services.AddSingleton<TimeProvider>(time) };
    }

    private static Task AdvanceUntil(FakeTimeProvider time, Func<bool> holds)
    {
        return TestHost.Until(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return holds();
            },
            "something while time goes on");
    }

    private static async Task<LockHolder> Holder(string account)
    {
        BlobProperties properties = await new BlobClient(account, "host", "lock").GetPropertiesAsync(cancellationToken: Cancellation);
        return LockHolder.From(properties.Metadata)!;
    }
}
