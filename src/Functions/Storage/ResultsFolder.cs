using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using CellStitch.Functions.Jobs;

namespace CellStitch.Functions.Storage;

/// <summary>The files of <c>results/{job}/</c>.</summary>
internal static class ResultFile
{
    /// <summary>Folder of the masks that were made of a raw stack.</summary>
    public const string Masks = "masks";

    public const string Labels = "labels.tif";
    public const string Isotropic = "labels_isotropic.tif";
    public const string Cells = "cells.csv";
    public const string Metrics = "metrics.json";
    public const string Manifest = "manifest.json";
    public const string Error = "error.json";

    /// <summary>What a user may fetch.</summary>
    public static readonly string[] All = [Labels, Isotropic, Cells, Metrics, Manifest, Error, MaskFile(DropFile.Xy), MaskFile(DropFile.Xz), MaskFile(DropFile.Yz)];

    /// <summary>Masks that were made of a raw stack.</summary>
    public static string MaskFile(string file) => $"{Masks}/{file}";
}

/// <summary>Reads what was published.</summary>
internal static class ResultsFolder
{
    /// <summary>The manifest of a job; null while there are no complete results, and where another version wrote what this one cannot read.</summary>
    public static async Task<Manifest?> ManifestAsync(BlobContainerClient results, string job, CancellationToken cancellation)
    {
        BinaryData? json = await Blobs.ReadIfThereAsync(results.GetBlobClient($"{job}/{ResultFile.Manifest}"), cancellation);
        try
        {
            return json?.ToObjectFromJson<Manifest>(Manifest.Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Why a job has no results; null when it has, or none was tried.</summary>
    public static async Task<RunFault?> ErrorAsync(BlobContainerClient results, string job, CancellationToken cancellation) =>
        (await Blobs.ReadIfThereAsync(results.GetBlobClient($"{job}/{ResultFile.Error}"), cancellation))?.ToObjectFromJson<ErrorFile>(Manifest.Json)!.Error;

    /// <summary>The files a user may fetch.</summary>
    public static async Task<IReadOnlyList<(string Name, long Bytes)>> FilesAsync(BlobContainerClient results, string job, CancellationToken cancellation)
    {
        var files = new List<(string, long)>();
        await foreach (BlobItem blob in results.GetBlobsAsync(BlobTraits.None, BlobStates.None, $"{job}/", cancellation))
        {
            string name = blob.Name[(job.Length + 1)..];
            if (ResultFile.All.Contains(name))
            {
                files.Add((name, blob.Properties.ContentLength!.Value));
            }
        }

        return files;
    }
}

/// <summary>error.json (docs/schemas/error.schema.json).</summary>
/// <param name="Error">Why there are no results.</param>
internal sealed record ErrorFile(RunFault Error);
