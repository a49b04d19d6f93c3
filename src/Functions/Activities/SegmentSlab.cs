using CellStitch.Core.IO;
using CellStitch.Core.Volumes;
using CellStitch.Functions.Jobs;
using CellStitch.Functions.Orchestrators;
using CellStitch.Functions.Storage;
using CellStitch.Segmentation.Stacks;
using Microsoft.Azure.Functions.Worker;

namespace CellStitch.Functions.Activities;

/// <summary>Masks of neighbouring slices of a raw stack, of one direction.</summary>
public sealed class SegmentSlab(ActivityEdge edge)
{
    [Function(nameof(SegmentSlab))]
    public Task Run([ActivityTrigger] Part part, CancellationToken cancellation) => edge.RunAsync(
        part.Run,
        async (plan, work) =>
        {
            if (await work.ExistsAsync(WorkName.Slab(part.Index), cancellation))
            {
                return;
            }

            SegmentationSetup setup = PlanJson.Read<SegmentationSetup>(await work.ReadAsync(WorkName.Setup, cancellation));
            using RawBlob raw = await RawBlob.OpenAsync(edge, plan, cancellation);
            LabelVolume masks = RawBlob.Slabs(plan)[part.Index].Segment(
                raw.Stack, setup, raw.Network, edge.Settings.ThreadsPerActivity, done: null, cancellation);
            using var tiff = new MemoryStream();
            using (var writer = new TiffWriter(tiff, edge.Settings.ThreadsPerActivity))
            {
                masks.CopyTo(writer, masks.LargestLabel(), cancellation);
            }

            tiff.Position = 0;
            await work.Blob(WorkName.Slab(part.Index)).UploadAsync(tiff, overwrite: true, cancellation);
        },
        cancellation);
}
