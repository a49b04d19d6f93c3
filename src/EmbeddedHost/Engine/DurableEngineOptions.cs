namespace CellStitch.EmbeddedHost.Engine;

/// <summary>What host.json says about <c>extensions.durableTask</c>. The defaults are the official ones where this host has the setting.</summary>
internal sealed record DurableEngineOptions
{
    /// <summary>Names the container of the histories: 3 to 45 letters and digits, beginning with a letter.</summary>
    public string HubName { get; init; } = "TestHubName";

    /// <summary>How many activities run at the same time (<c>maxConcurrentActivityFunctions</c>).</summary>
    public int ActivitiesAtOnce { get; init; } = 10;

    /// <summary>How many orchestrators make a step at the same time (<c>maxConcurrentOrchestratorFunctions</c>).</summary>
    public int OrchestratorsAtOnce { get; init; } = 10;

    /// <summary>Whether an orchestrator stays in memory between events, so that its code is not replayed for each (<c>extendedSessionsEnabled</c>).</summary>
    public bool ExtendedSessions { get; init; }

    /// <summary>How long it stays when no event comes (<c>extendedSessionIdleTimeoutInSeconds</c>).</summary>
    public TimeSpan ExtendedSessionIdle { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>After so many appends a history moves to a new blob: one takes 50,000. No setting; tests lower it.</summary>
    public int AppendsPerSegment { get; init; } = 45_000;
}
