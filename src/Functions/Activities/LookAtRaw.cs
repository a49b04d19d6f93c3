using CellStitch.Functions.Orchestrators;
using CellStitch.Functions.Storage;
using CellStitch.Segmentation.Stacks;
using Microsoft.Azure.Functions.Worker;

namespace CellStitch.Functions.Activities;

/// <summary>Decides for a whole raw stack what its slices must agree on: intensity range, diameter. Returns the number of slabs.</summary>
public sealed class LookAtRaw(ActivityEdge edge)
{
    [Function(nameof(LookAtRaw))]
    public Task<int> Run([ActivityTrigger] Part part, CancellationToken cancellation) => edge.RunAsync(
        part.Run,
        async (plan, work) =>
        {
            using RawBlob raw = await RawBlob.OpenAsync(edge, plan, cancellation);
            var setup = SegmentationSetup.Decide(raw.Stack, plan.Options.ForSegmentation(plan.VoxelSize), raw.Network, cancellation);
            await work.WriteAsync(WorkName.Setup, Jobs.PlanJson.Write(setup), cancellation);
            return RawBlob.Slabs(plan).Count;
        },
        cancellation);
}
