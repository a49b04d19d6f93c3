using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using CellStitch.Core.IO;
using CellStitch.Core.Stitching;
using CellStitch.Functions.Jobs;

namespace CellStitch.Functions.Storage;

/// <summary>The mask stacks of a run, read from blobs by range.</summary>
internal sealed class MaskBlobs : IDisposable
{
    private readonly List<TiffStack> _open;

    private MaskBlobs(List<TiffStack> open)
    {
        _open = open;
        Stacks = open is [var xy, var xz, var yz] ? new MaskStacks(xy.Masks, xz.Masks, yz.Masks) : new MaskStacks(open[0].Masks);
    }

    /// <summary>The stacks, on the axes of the result.</summary>
    public MaskStacks Stacks { get; }

    /// <summary>What to tell the user about the masks, as far as they have been read.</summary>
    public IEnumerable<string> Notes => _open.SelectMany(stack => stack.Notes);

    /// <summary>Opens the stacks that a plan names; rewritten projections in place of the dropped ones.</summary>
    public static async Task<MaskBlobs> OpenAsync(DataAccount data, JobPlan plan, TiffLimits limits, CancellationToken cancellation)
    {
        var open = new List<TiffStack> { new(data, plan.File(DropFile.Xy), limits, cancellation) };
        if (plan.Projections is var (xz, yz))
        {
            open.Add(await ProjectionAsync(DropFile.Xz, xz));
            open.Add(await ProjectionAsync(DropFile.Yz, yz));
        }

        return new MaskBlobs(open);

        async Task<TiffStack> ProjectionAsync(string file, AxisOrder order)
        {
            if (order == AxisOrder.ZYX)
            {
                return new TiffStack(data, plan.File(file), limits, cancellation);
            }

            BlobClient blob = new BlobWork(data.Work, plan.Run).Blob(WorkName.Repacked(file));
            BlobProperties properties = await blob.GetPropertiesAsync(cancellationToken: cancellation);
            var version = new FileVersion(file, blob.Name, properties.ETag.ToString(), properties.ContentLength, properties.LastModified);
            return new TiffStack(new BlobRangeStream(blob, version, cancellation), file, limits);
        }
    }

    public void Dispose() => _open.ForEach(stack => stack.Dispose());
}
