namespace CellStitch.EmbeddedHost.Engine;

/// <summary>The orchestrator's code asked for something else than its history says it did, or awaited what the history cannot know.</summary>
internal sealed class NonDeterministicOrchestrationException(string orchestrator, string instanceId, string what)
    : Exception(
        $"Orchestrator '{orchestrator}' (instance '{instanceId}') is not deterministic: {what}. Its code may depend on nothing but its input and "
        + "the results of its TaskOrchestrationContext, and must not change while instances of it run.");
