using CellStitch.Core.Volumes;
using CellStitch.Functions.Tests.App;

namespace CellStitch.Functions.Tests;

/// <summary>
/// Storage fails in the middle of a run. With the environment variable CELLSTITCH_LONG_TESTS=1 for a minute, and once for longer than the retries last; else for
/// some seconds.
/// </summary>
public sealed class StorageFaultTests(StorageFaultTests.FaultyRuns runs) : IClassFixture<StorageFaultTests.FaultyRuns>
{
    private static readonly bool Long = Environment.GetEnvironmentVariable("CELLSTITCH_LONG_TESTS") == "1";
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(Long ? 60 : 10);
    private static readonly Masks Job = Masks.Random(41, new VolumeShape(60, 24, 20));
    private static readonly byte[] Options = """{ "files": ["xy.tif", "xz.tif", "yz.tif"], "blockVoxels": 1 }"""u8.ToArray();

    [Theory]
    [InlineData(StorageFault.Reset)]
    [InlineData(StorageFault.Busy)]
    [InlineData(StorageFault.Slow)]
    [InlineData(StorageFault.Silent)]
    public Task Storage_FailsForAWhile_TheResultIsTheSame(StorageFault fault) => runs.Of(fault);

    [Fact]
    public async Task Data_AwayForLongerThanTheRetries_EndsInInternalAndCanBeResumed()
    {
        Assert.SkipUnless(Long, "Takes minutes: set CELLSTITCH_LONG_TESTS=1.");
        var account = new TestAccount();
        await using var proxy = new StorageProxy(account.Connection);
        await using AppProcess app = await AppProcess.StartAsync(account.Connection, new Dictionary<string, string> { ["DataStorage"] = proxy.Connection });
        await account.DropAsync("outage", [.. Job.Files(), ("job.json", Options)]);
        await app.LineAsync("Activity Measure of ");
        proxy.Fault = StorageFault.Reset;
        await app.LineAsync("Activity ReportEnd of ", TimeSpan.FromMinutes(20));
        proxy.Fault = StorageFault.None;

        JobEnd failed = await account.EndAsync("outage", app);
        Assert.Equal("internal", failed.Error?.Code);
        await app.StateAsync("outage", "failed");
        int measured = app.Lines.Count(line => line.Contains("Activity Measure of ", StringComparison.Ordinal));
        using (HttpResponseMessage answer = await app.Http.PostAsync(new Uri("api/jobs/outage", UriKind.Relative), null, TestContext.Current.CancellationToken))
        {
            answer.EnsureSuccessStatusCode();
        }

        await app.StateAsync("outage", "completed");
        Job.Stitch().AssertEqualTo(await account.ReadEndAsync("outage"));
        TestContext.Current.TestOutputHelper?.WriteLine($"{measured} measurements began before the outage ended.");
    }

    /// <summary>One run for each fault, all at the same time.</summary>
    public sealed class FaultyRuns : IAsyncLifetime
    {
        private readonly Dictionary<StorageFault, Task> _runs = [];

        public ValueTask InitializeAsync()
        {
            foreach (StorageFault fault in Enum.GetValues<StorageFault>().Where(fault => fault != StorageFault.None))
            {
                _runs[fault] = RunAsync(fault);
            }

            return ValueTask.CompletedTask;
        }

        public async ValueTask DisposeAsync() => await Task.WhenAll(_runs.Values).ContinueWith(_ => { }, TaskScheduler.Default);

        internal Task Of(StorageFault fault) => _runs[fault];

        private static async Task RunAsync(StorageFault fault)
        {
            var account = new TestAccount();
            await using var proxy = new StorageProxy(account.Connection);
            await using AppProcess app = await AppProcess.StartAsync(proxy.Connection);
            await account.DropAsync("faulty", [.. Job.Files(), ("job.json", Options)]);
            await app.LineAsync("Activity Measure of ");
            proxy.Fault = fault;
            await Task.Delay(Window, TestContext.Current.CancellationToken);
            Assert.True(fault == StorageFault.Slow || await account.ReadAsync("faulty", "manifest.json") is null, "The run ended before the fault.");
            proxy.Fault = StorageFault.None;

            Job.Stitch().AssertEqualTo(await account.EndAsync("faulty", app));
            await app.StateAsync("faulty", "completed");
        }
    }
}
