using CellStitch.Functions.Orchestrators;
using Microsoft.Azure.Functions.Worker;

namespace CellStitch.Functions.Activities;

/// <summary>Fan-out: what the cells of one batch claim of the layers of their gap.</summary>
public sealed class Interpolate(ActivityEdge edge)
{
    [Function(nameof(Interpolate))]
    public Task Run([ActivityTrigger] Part part, CancellationToken cancellation) =>
        edge.InterpolateAsync(part.Run, (steps, _) => steps.InterpolateAsync(part.Index), cancellation);
}
