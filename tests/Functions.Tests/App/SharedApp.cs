using CellStitch.Functions.Tests.App;

[assembly: AssemblyFixture(typeof(SharedApp))]
// The tests wait for another process most of the time.
[assembly: Xunit.v3.Parallelization(MaxThreads = 6)]

namespace CellStitch.Functions.Tests.App;

/// <summary>The app and the account that most tests use at the same time, each with jobs of its own; started by the first test that asks.</summary>
public sealed class SharedApp : IAsyncLifetime
{
    /// <summary>Its function key; the client sends it.</summary>
    public const string Key = "the tests' key";

    /// <summary>How long xy.tif alone waits in this app.</summary>
    public static readonly TimeSpan ProjectionWait = TimeSpan.FromSeconds(3);

    private readonly Lazy<Task<AppProcess>> _app;

    public SharedApp()
    {
        _app = new Lazy<Task<AppProcess>>(StartAsync);
        Account = new Lazy<TestAccount>(() => new TestAccount());
    }

    internal Lazy<TestAccount> Account { get; }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_app.IsValueCreated)
        {
            await (await _app.Value).DisposeAsync();
        }
    }

    internal async Task<(AppProcess App, TestAccount Account)> GetAsync() => (await _app.Value, Account.Value);

    private async Task<AppProcess> StartAsync()
    {
        AppProcess app = await AppProcess.StartAsync(Account.Value.Connection, new Dictionary<string, string>
        {
            ["EmbeddedHost__FunctionKey"] = Key,
            ["CellStitch__SettleSeconds"] = "1",
            ["CellStitch__ProjectionWaitSeconds"] = $"{ProjectionWait.TotalSeconds:0}",
            ["CellStitch__WebhookHosts"] = "127.0.0.1, elsewhere.example",
        });
        app.Http.DefaultRequestHeaders.Add("x-functions-key", Key);
        return app;
    }
}
