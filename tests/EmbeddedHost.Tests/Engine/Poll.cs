using System.Diagnostics;

namespace CellStitch.EmbeddedHost.Tests.Engine;

internal static class Poll
{
    /// <summary>Waits until a condition holds.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!await holds())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"not within 30 s: {what}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    public static Task UntilAsync(Func<bool> holds, string what)
    {
        return UntilAsync(() => Task.FromResult(holds()), what);
    }
}
