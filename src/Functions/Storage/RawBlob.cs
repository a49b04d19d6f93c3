using CellStitch.Core.IO;
using CellStitch.Functions.Activities;
using CellStitch.Functions.Jobs;
using CellStitch.Segmentation.Flows;
using CellStitch.Segmentation.Stacks;

namespace CellStitch.Functions.Storage;

/// <summary>The raw stack of a run and the network for it, open in the versions of the run.</summary>
internal sealed class RawBlob : IDisposable
{
    // At 12 bytes per voxel held, 100 MiB; at 512 × 512 pixels 32 slices, about a minute of one activity.
    private const long SlabVoxels = 8 << 20;

    private readonly BlobRangeStream _stream;

    private RawBlob(BlobRangeStream stream, RawReader stack, FlowNetwork? network) => (_stream, Stack, Network) = (stream, stack, network);

    /// <summary>The stack.</summary>
    public RawReader Stack { get; }

    /// <summary>The network; null for the method that needs none.</summary>
    public FlowNetwork? Network { get; }

    /// <summary>What the slices of all directions are cut into: one activity each.</summary>
    public static IReadOnlyList<Slab> Slabs(JobPlan plan) =>
        [.. Slab.Axes.Take(plan.MaskFiles.Count).SelectMany(axis => Slab.Of(plan.Shape, axis, SlabVoxels))];

    /// <summary>Opens both.</summary>
    public static async Task<RawBlob> OpenAsync(ActivityEdge edge, JobPlan plan, CancellationToken cancellation)
    {
        FlowNetwork? network = plan.Options switch
        {
            { Method: SegmentationMethod.Classic } => null,
            { Model: { } model } => FlowNetwork.Open(await ModelAsync(model), model),
            _ => FlowNetwork.Open(FlowNetwork.DefaultModelPath),
        };
        FileVersion file = plan.File(DropFile.Raw);
        var stream = new BlobRangeStream(edge.Data.Drop.GetBlobClient(file.Blob), file, cancellation);
        return new RawBlob(stream, RawReader.Open(stream, DropFile.Raw, plan.Options.Channel, edge.Settings.Limits), network);

        async Task<byte[]> ModelAsync(string model)
        {
            FileVersion version = plan.File(model);
            using var bytes = new BlobRangeStream(edge.Data.Drop.GetBlobClient(version.Blob), version, cancellation);
            return (await BinaryData.FromStreamAsync(bytes, cancellation)).ToArray();
        }
    }

    public void Dispose()
    {
        Network?.Dispose();
        Stack.Dispose();
        _stream.Dispose();
    }
}
