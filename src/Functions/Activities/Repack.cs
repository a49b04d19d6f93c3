using CellStitch.Core.IO;
using CellStitch.Functions.Orchestrators;
using CellStitch.Functions.Storage;
using Microsoft.Azure.Functions.Worker;

namespace CellStitch.Functions.Activities;

/// <summary>Rewrites a projection that is stored slice by slice into a tiled TIFF on the axes of the volume, once, so that blocks can read it by layer.</summary>
public sealed class Repack(ActivityEdge edge)
{
    [Function(nameof(Repack))]
    public Task Run([ActivityTrigger] Part part, CancellationToken cancellation) => edge.RunAsync(
        part.Run,
        async (plan, work) =>
        {
            (string file, AxisOrder order) = plan.ToRepack.ElementAt(part.Index);
            string name = WorkName.Repacked(file);
            if (await work.ExistsAsync(name, cancellation))
            {
                return;
            }

            using var slices = new TiffStack(edge.Data, plan.File(file), edge.Settings.Limits, cancellation);
            using FileStream repacked = new(
                Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
            SliceRepacker.RepackTo(slices.Masks, order, repacked, edge.Settings.ThreadsPerActivity, cancellation);
            // The file comes last: its presence says that the part is done.
            await MaskNotes.WriteAsync(work, [slices], cancellation);
            using (TiffReader reader = TiffReader.Open(repacked, file, TiffLimits.OwnFile))
            {
                await TiffStack.WriteIndexAsync(reader, work, cancellation);
            }

            repacked.Position = 0;
            await work.Blob(name).UploadAsync(repacked, overwrite: true, cancellation);
        },
        cancellation);
}
