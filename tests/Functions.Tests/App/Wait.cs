namespace CellStitch.Functions.Tests.App;

/// <summary>Waiting for what another process does.</summary>
internal static class Wait
{
    /// <summary>Far more than anything here takes on an idle machine; the tests of all assemblies may run at once.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Looks again and again until there is something to see.</summary>
    /// <param name="look">Null while there is nothing.</param>
    /// <param name="what">What is waited for, for the failure.</param>
    /// <param name="atMost">For what takes long by nature.</param>
    public static async Task<T> ForAsync<T>(Func<CancellationToken, Task<T?>> look, Func<string> what, TimeSpan? atMost = null)
        where T : class
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(atMost ?? Limit);
        try
        {
            while (true)
            {
                if (await look(limit.Token) is { } seen)
                {
                    return seen;
                }

                await Task.Delay(Pause, limit.Token);
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"Waited {(atMost ?? Limit).TotalSeconds:0} s in vain for {what()}");
        }
    }
}
