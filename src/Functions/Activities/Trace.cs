using CellStitch.Functions.Orchestrators;
using Microsoft.Azure.Functions.Worker;

namespace CellStitch.Functions.Activities;

/// <summary>The ordered chain: transport, trace, vote and inheritance of one run of blocks, after the runs before it.</summary>
public sealed class Trace(ActivityEdge edge)
{
    [Function(nameof(Trace))]
    public Task<Traced> Run([ActivityTrigger] Part part, CancellationToken cancellation) => edge.RunAsync(
        part.Run,
        (plan, work) => new TableSteps(plan, work, edge.Settings.ThreadsPerActivity, cancellation).TraceAsync(part.Index, withPairs: part.Round > 0),
        cancellation);
}
