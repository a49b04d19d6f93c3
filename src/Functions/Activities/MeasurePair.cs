using CellStitch.Functions.Orchestrators;
using Microsoft.Azure.Functions.Worker;

namespace CellStitch.Functions.Activities;

/// <summary>Fan-out: one layer pair across empty layers, which the trace of a run found missing.</summary>
public sealed class MeasurePair(ActivityEdge edge)
{
    [Function(nameof(MeasurePair))]
    public Task Run([ActivityTrigger] Part part, CancellationToken cancellation) =>
        edge.StepAsync(part.Run, (steps, _) => steps.MeasurePairAsync(part.Round, part.Index), cancellation);
}
