using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using CellStitch.Functions.Jobs;

namespace CellStitch.Functions.Storage;

/// <summary>What lies in the drop container for a job.</summary>
internal static class DropFolder
{
    /// <summary>Most bytes of an option file: ten thousand times what one needs.</summary>
    public const int LargestOptions = 1 << 20;

    /// <summary>The files of a job, and defaults.json where there is one.</summary>
    public static async Task<IReadOnlyList<FileVersion>> ListAsync(BlobContainerClient drop, string job, CancellationToken cancellation)
    {
        var files = new List<FileVersion>();
        foreach (string prefix in new[] { $"{job}/", $"{job}.tif", DropFile.Defaults })
        {
            await foreach (BlobItem blob in drop.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellation))
            {
                if (NameIn(job, blob.Name) is { } name)
                {
                    files.Add(new FileVersion(
                        name, blob.Name, blob.Properties.ETag!.Value.ToString(), blob.Properties.ContentLength!.Value, blob.Properties.LastModified!.Value));
                }
            }
        }

        return files;
    }

    /// <summary>Reads a small file of the job under its version; null when the job has none.</summary>
    /// <exception cref="RunFaultException">It was replaced or deleted.</exception>
    public static async Task<BinaryData?> ReadAsync(
        BlobContainerClient drop, IReadOnlyList<FileVersion> files, string name, CancellationToken cancellation)
    {
        if (files.FirstOrDefault(file => file.Name == name) is not { } version)
        {
            return null;
        }

        if (version.Bytes > LargestOptions)
        {
            throw new RunFaultException(FaultCode.TooLarge, name, $"{version.Bytes} bytes; expected at most {LargestOptions}.");
        }

        using var stream = new BlobRangeStream(drop.GetBlobClient(version.Blob), version, cancellation);
        return await BinaryData.FromStreamAsync(stream, cancellation);
    }

    /// <summary>A network that a job names.</summary>
    /// <exception cref="RunFaultException">It is not there, or too large.</exception>
    public static async Task<FileVersion> ModelAsync(BlobContainerClient drop, string model, CancellationToken cancellation)
    {
        string blob = $"{DropName.Models}/{model}";
        try
        {
            BlobProperties found = await drop.GetBlobClient(blob).GetPropertiesAsync(cancellationToken: cancellation);
            return found.ContentLength <= LargestModel
                ? new FileVersion(model, blob, found.ETag.ToString(), found.ContentLength, found.LastModified)
                : throw new RunFaultException(FaultCode.TooLarge, model, $"{found.ContentLength} bytes; a network may have {LargestModel}.");
        }
        catch (RequestFailedException fault) when (fault.Status == 404)
        {
            throw new RunFaultException(FaultCode.MissingFile, model, $"there is no drop/{blob}, which job.json names.", innerException: fault);
        }
    }

    /// <summary>The options of the job: job.json over defaults.json.</summary>
    /// <exception cref="RunFaultException">One of them cannot be used, or was replaced.</exception>
    public static async Task<JobOptions> OptionsAsync(BlobContainerClient drop, IReadOnlyList<FileVersion> files, CancellationToken cancellation) =>
        JobOptions.Read(
            await ReadAsync(drop, files, DropFile.Defaults, cancellation),
            await ReadAsync(drop, files, DropFile.Options, cancellation));

    /// <summary>The same; null when they cannot be used.</summary>
    public static async Task<JobOptions?> OptionsIfSoundAsync(BlobContainerClient drop, IReadOnlyList<FileVersion> files, CancellationToken cancellation)
    {
        try
        {
            return await OptionsAsync(drop, files, cancellation);
        }
        catch (RunFaultException)
        {
            return null;
        }
    }

    // A network is held twice while it is loaded, in an activity of 2 GiB.
    private const long LargestModel = 512 << 20;

    private static string? NameIn(string job, string blob) =>
        blob == DropFile.Defaults ? DropFile.Defaults : DropName.Parse(blob) is { } name && name.Job == job ? name.File : null;
}
