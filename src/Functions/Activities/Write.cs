using CellStitch.Functions.Orchestrators;
using CellStitch.Functions.Storage;
using Microsoft.Azure.Functions.Worker;

namespace CellStitch.Functions.Activities;

/// <summary>Fan-out: the final labels of the layers of one part, as pages of labels.tif, and the measurements of their cells.</summary>
public sealed class Write(ActivityEdge edge)
{
    [Function(nameof(Write))]
    public Task Run([ActivityTrigger] Part part, CancellationToken cancellation) =>
        edge.StepAsync(part.Run, async (steps, plan) =>
        {
            using var labels = new LabelBlocks(edge.Data.Results, plan, ResultFile.Labels, cancellation);
            using LabelBlocks? layers = edge.LayersOf(plan, part.Index, cancellation);
            await steps.WriteAsync(part.Index, labels, layers);
        }, cancellation);
}
