using CellStitch.Core.IO;
using CellStitch.Core.Stitching;
using CellStitch.Functions.Jobs;

namespace CellStitch.Functions.Storage;

/// <summary>The mask stacks of a run, read from blobs by range.</summary>
internal sealed class MaskBlobs : IDisposable
{
    private MaskBlobs(List<TiffStack> open)
    {
        Open = open;
        Stacks = open is [var xy, var xz, var yz] ? new MaskStacks(xy.Masks, xz.Masks, yz.Masks) : new MaskStacks(open[0].Masks);
    }

    /// <summary>The stacks, on the axes of the result.</summary>
    public MaskStacks Stacks { get; }

    /// <summary>The files behind them.</summary>
    public IReadOnlyList<TiffStack> Open { get; }

    /// <summary>Opens the stacks that a plan names; rewritten projections in place of the dropped ones.</summary>
    public static async Task<MaskBlobs> OpenAsync(DataAccount data, JobPlan plan, CancellationToken cancellation)
    {
        var work = new BlobWork(data.Work, plan.Run);
        if (plan.FromRaw)
        {
            var made = new List<TiffStack>();
            foreach (string file in plan.MaskFiles)
            {
                made.Add(await OwnAsync(file, WorkName.Masks(file)));
            }

            return new MaskBlobs(made);
        }

        var open = new List<TiffStack> { await DroppedAsync(DropFile.Xy) };
        if (plan.Projections is var (xz, yz))
        {
            open.Add(xz == AxisOrder.ZYX ? await DroppedAsync(DropFile.Xz) : await OwnAsync(DropFile.Xz, WorkName.Repacked(DropFile.Xz)));
            open.Add(yz == AxisOrder.ZYX ? await DroppedAsync(DropFile.Yz) : await OwnAsync(DropFile.Yz, WorkName.Repacked(DropFile.Yz)));
        }

        return new MaskBlobs(open);

        async Task<TiffStack> DroppedAsync(string file)
        {
            FileVersion version = plan.File(file);
            return await TiffStack.OpenIndexedAsync(new BlobRangeStream(data.Drop.GetBlobClient(version.Blob), version, cancellation), file, work, cancellation);
        }

        async Task<TiffStack> OwnAsync(string file, string blob) =>
            await TiffStack.OpenIndexedAsync(await BlobRangeStream.OpenAsync(work.Blob(blob), file, cancellation), file, work, cancellation);
    }

    public void Dispose()
    {
        foreach (TiffStack stack in Open)
        {
            stack.Dispose();
        }
    }
}
