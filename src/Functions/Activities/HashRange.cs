using CellStitch.Functions.Orchestrators;
using CellStitch.Functions.Storage;
using Microsoft.Azure.Functions.Worker;

namespace CellStitch.Functions.Activities;

/// <summary>Fan-out: the content hash of one range of a large file.</summary>
public sealed class HashRange(ActivityEdge edge)
{
    [Function(nameof(HashRange))]
    public Task Run([ActivityTrigger] Part part, CancellationToken cancellation) => edge.RunAsync(
        part.Run,
        async (plan, work) =>
        {
            string name = WorkName.HashRange(part.Index);
            if (!await work.ExistsAsync(name, cancellation))
            {
                (Jobs.FileVersion file, long from, long bytes) = ContentHashes.Ranges(plan.Files)[part.Index];
                await work.WriteAsync(name, new BinaryData(ContentHashes.OfRange(edge.Data, file, from, bytes, cancellation)), cancellation);
            }
        },
        cancellation);
}
