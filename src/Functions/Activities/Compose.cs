using CellStitch.Functions.Orchestrators;
using CellStitch.Functions.Storage;
using Microsoft.Azure.Functions.Worker;

namespace CellStitch.Functions.Activities;

/// <summary>Fan-out: the layers of the gaps of one part, as pages of labels_isotropic.tif.</summary>
public sealed class Compose(ActivityEdge edge)
{
    [Function(nameof(Compose))]
    public Task Run([ActivityTrigger] Part part, CancellationToken cancellation) => edge.InterpolateAsync(
        part.Run,
        async (steps, plan) =>
        {
            using var isotropic = new LabelBlocks(edge.Data.Results, plan, ResultFile.Isotropic, cancellation);
            await steps.ComposeAsync(part.Index, isotropic);
        },
        cancellation);
}
