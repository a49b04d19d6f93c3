using CellStitch.Functions.Jobs;
using CellStitch.Functions.Orchestrators;
using CellStitch.Functions.Storage;
using Microsoft.Azure.Functions.Worker;

namespace CellStitch.Functions.Activities;

/// <summary>Whether the last results of the job are of the same contents, once the ranges of large files are hashed.</summary>
public sealed class CompareContents(ActivityEdge edge)
{
    [Function(nameof(CompareContents))]
    public Task<Inspection> Run([ActivityTrigger] Part part, CancellationToken cancellation) => edge.RunAsync(
        part.Run,
        async (plan, work) => Inspect.Of(plan, hashRanges: 0, await CompareAsync(edge.Data, plan, work, cancellation)),
        cancellation);

    /// <summary>Hashes the inputs, keeps the hashes for the manifest, and compares them with the last manifest.</summary>
    internal static async Task<bool> CompareAsync(DataAccount data, JobPlan plan, BlobWork work, CancellationToken cancellation)
    {
        var inputs = new List<ManifestInput>();
        int range = 0;
        foreach (FileVersion file in plan.Files.Where(file => file.Name is not (DropFile.Options or DropFile.Defaults)))
        {
            string hash;
            if (file.Bytes > ContentHashes.LargestWhole)
            {
                var ranges = new List<byte[]>();
                for (int end = range + ContentHashes.Count(file.Bytes); range < end; range++)
                {
                    ranges.Add((await work.ReadAsync(WorkName.HashRange(range), cancellation)).ToArray());
                }

                hash = ContentHashes.OfRanges(ranges);
            }
            else
            {
                using var whole = new BlobRangeStream(data.Drop.GetBlobClient(file.Blob), file, cancellation);
                hash = ContentHashes.Of(whole);
            }

            inputs.Add(new ManifestInput(file.Name, hash, file.ETag, file.Bytes));
        }

        await work.WriteAsync(WorkName.Contents, PlanJson.Write(inputs), cancellation);
        Manifest? last = await ResultsFolder.ManifestAsync(data.Results, plan.Job, cancellation);
        return last is not null && last.IsOf(inputs, plan.Options);
    }
}
