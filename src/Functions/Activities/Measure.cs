using CellStitch.Functions.Orchestrators;
using Microsoft.Azure.Functions.Worker;

namespace CellStitch.Functions.Activities;

/// <summary>Fan-out: overlaps, votes, areas and costs of one block.</summary>
public sealed class Measure(ActivityEdge edge)
{
    [Function(nameof(Measure))]
    public Task Run([ActivityTrigger] Part part, CancellationToken cancellation) =>
        edge.StepAsync(part.Run, (steps, _) => steps.MeasureAsync(part.Index), cancellation);
}
