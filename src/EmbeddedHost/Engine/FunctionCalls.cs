using Microsoft.DurableTask;

namespace CellStitch.EmbeddedHost.Engine;

/// <summary>How the engine runs the app's functions.</summary>
/// <param name="Orchestrator">Runs an orchestrator function's code by name; returns its result, not yet serialised.</param>
/// <param name="Activity">Runs an activity function by name, with the instance id and the input as JSON; returns its result, not yet serialised.</param>
internal sealed record FunctionCalls(
    Func<string, TaskOrchestrationContext, Task<object?>> Orchestrator,
    Func<string, string, string?, CancellationToken, Task<object?>> Activity);
