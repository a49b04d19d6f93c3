using CellStitch.Functions.Jobs;
using CellStitch.Functions.Orchestrators;
using Microsoft.Azure.Functions.Worker;

namespace CellStitch.Functions.Activities;

/// <summary>Lists the units of the interpolation, cells in the gaps between layers, from the labels of the layers.</summary>
public sealed class ListUnits(ActivityEdge edge)
{
    [Function(nameof(ListUnits))]
    public Task<Listed> Run([ActivityTrigger] Part part, CancellationToken cancellation) => edge.InterpolateAsync(
        part.Run,
        async (steps, _) =>
        {
            InterpolationPlan listed = await steps.ListAsync();
            return new Listed(listed.Batches, listed.ComposedParts);
        },
        cancellation);
}
