using System.Globalization;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using CellStitch.Functions.Jobs;

namespace CellStitch.Functions.Storage;

/// <summary>Which run of a job is the newest: the metadata of <c>results/{job}/.run</c>. Only the newest publishes.</summary>
internal static class RunClaim
{
    private const string RunKey = "run";
    private const string StartedKey = "started";

    /// <summary>Says that a run is the newest of its job.</summary>
    /// <exception cref="RunFaultException">A newer one has said so.</exception>
    public static async Task TakeAsync(BlobContainerClient results, string job, string run, DateTime startedUtc, CancellationToken cancellation)
    {
        BlobClient blob = Blob(results, job);
        (string Run, DateTime Started, ETag Version)? holder = await HolderAsync(blob, cancellation);
        if (holder is { } other && other.Run != run && (other.Started, other.Run).CompareTo((startedUtc, run)) > 0)
        {
            throw Overtaken(other.Run);
        }

        var mine = new Dictionary<string, string>
        {
            // Metadata travel as headers, which are ASCII; names of jobs need not be.
            [RunKey] = Uri.EscapeDataString(run),
            [StartedKey] = startedUtc.ToString("O", CultureInfo.InvariantCulture),
        };

        // Whoever loses the race for this write fails here, is tried again, and then sees the winner.
        var conditions = new BlobRequestConditions { IfMatch = holder?.Version, IfNoneMatch = holder is null ? ETag.All : null };
        await blob.UploadAsync(BinaryData.FromString(""), new BlobUploadOptions { Metadata = mine, Conditions = conditions }, cancellation);
    }

    /// <summary>Checks that a run still is the newest of its job.</summary>
    /// <exception cref="RunFaultException">A newer one has taken over.</exception>
    public static async Task CheckAsync(BlobContainerClient results, string job, string run, CancellationToken cancellation)
    {
        if (await HolderAsync(Blob(results, job), cancellation) is { } holder && holder.Run != run)
        {
            throw Overtaken(holder.Run);
        }
    }

    /// <summary>The newest run of a job; null when none ever began.</summary>
    public static async Task<string?> NewestAsync(BlobContainerClient results, string job, CancellationToken cancellation) =>
        (await HolderAsync(Blob(results, job), cancellation))?.Run;

    private static BlobClient Blob(BlobContainerClient results, string job) => results.GetBlobClient($"{job}/.run");

    private static RunFaultException Overtaken(string run) => new(FaultCode.Superseded, file: null, $"The newer run {run} of the same job took over.");

    private static async Task<(string Run, DateTime Started, ETag Version)?> HolderAsync(BlobClient blob, CancellationToken cancellation)
    {
        try
        {
            BlobProperties properties = await blob.GetPropertiesAsync(cancellationToken: cancellation);
            return (
                Uri.UnescapeDataString(properties.Metadata[RunKey]),
                DateTime.Parse(properties.Metadata[StartedKey], CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind),
                properties.ETag);
        }
        catch (RequestFailedException fault) when (fault.Status == 404)
        {
            return null;
        }
    }
}
