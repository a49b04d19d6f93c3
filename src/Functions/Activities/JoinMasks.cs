using CellStitch.Core.IO;
using CellStitch.Core.Volumes;
using CellStitch.Functions.Orchestrators;
using CellStitch.Functions.Storage;
using CellStitch.Segmentation.Stacks;
using Microsoft.Azure.Functions.Worker;

namespace CellStitch.Functions.Activities;

/// <summary>Joins the slabs of one direction into a mask file on the axes of the volume, which the run goes on with as if it had been dropped.</summary>
public sealed class JoinMasks(ActivityEdge edge)
{
    [Function(nameof(JoinMasks))]
    public Task Run([ActivityTrigger] Part part, CancellationToken cancellation) => edge.RunAsync(
        part.Run,
        async (plan, work) =>
        {
            string file = plan.MaskFiles[part.Index];
            VolumeAxis axis = Slab.Axes[part.Index];
            var slabs = new List<ILayerSource>();
            int bits = 0;
            foreach ((Slab slab, int index) in RawBlob.Slabs(plan).Select((slab, index) => (slab, index)))
            {
                if (slab.Axis == axis)
                {
                    var stored = TiffReader.Open(await BlobRangeStream.OpenAsync(work.Blob(WorkName.Slab(index)), file, cancellation), file, TiffLimits.OwnFile);
                    bits = Math.Max(bits, stored.Info.Bits);
                    slabs.Add(stored);
                }
            }

            using var masks = new JoinedSlabs(file, axis, slabs, slabs[0].VoxelSize);
            using FileStream joined = new(
                Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
            using (var writer = new TiffWriter(joined, edge.Settings.ThreadsPerActivity))
            {
                masks.CopyTo(writer, uint.MaxValue >> (32 - bits), cancellation);
            }

            using (TiffReader reader = TiffReader.Open(joined, file, TiffLimits.OwnFile))
            {
                await TiffStack.WriteIndexAsync(reader, work, cancellation);
            }

            joined.Position = 0;
            await work.Blob(WorkName.Masks(file)).UploadAsync(joined, overwrite: true, cancellation);
        },
        cancellation);
}
