using CellStitch.Functions.Orchestrators;
using CellStitch.Functions.Storage;
using Microsoft.Azure.Functions.Worker;

namespace CellStitch.Functions.Activities;

/// <summary>The interpolation of a small volume in one activity: the same steps as in parts, over memory.</summary>
public sealed class InterpolateWhole(ActivityEdge edge)
{
    [Function(nameof(InterpolateWhole))]
    public Task Run([ActivityTrigger] Part part, CancellationToken cancellation) => edge.RunAsync(
        part.Run,
        async (plan, work) =>
        {
            var memory = new MemoryWork();
            foreach (string name in new[] { WorkName.Summary, WorkName.Slices(0) })
            {
                await memory.WriteAsync(name, await work.ReadAsync(name, cancellation), cancellation);
            }

            using var labels = new WrittenLabels(work, plan, cancellation);
            var steps = new InterpolateSteps(plan, labels, memory, edge.Settings.ThreadsPerActivity, cancellation);
            await steps.ListAsync();
            using var isotropic = new LabelBlocks(edge.Data.Results, plan, ResultFile.Isotropic, cancellation);
            await steps.ComposeAsync(part: 0, isotropic, async batch =>
            {
                // The claims of all gaps would be several times the volume.
                memory.Forget(WorkName.Claims(batch - 1));
                await steps.InterpolateAsync(batch);
            });
            foreach (string name in new[] { WorkName.UnitCounts, WorkName.Composed(0) })
            {
                await work.WriteAsync(name, await memory.ReadAsync(name, cancellation), cancellation);
            }
        },
        cancellation);
}
