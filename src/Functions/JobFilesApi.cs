using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;
using CellStitch.Functions.Jobs;
using CellStitch.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CellStitch.Functions;

/// <summary>The files of a job over HTTP: drop and fetch.</summary>
public sealed class JobFilesApi(DataAccount data, TimeProvider time)
{
    // A link is followed at once; large files take their time, which the link must outlive.
    private static readonly TimeSpan LinkLife = TimeSpan.FromHours(4);

    /// <summary>Streams a file into the drop folder.</summary>
    [Function("UploadFile")]
    public async Task<IActionResult> Upload(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = "jobs/{job}/upload/{file}")] HttpRequest request,
        string job,
        string file,
        CancellationToken cancellation)
    {
        if (!JobName.IsValid(job))
        {
            return Problems.BadName(job);
        }

        if (!DropFile.All.Contains(file))
        {
            return Problems.Of(StatusCodes.Status400BadRequest, "Not a file of a job.", $"\"{file}\"; expected one of {string.Join(", ", DropFile.All)}.");
        }

        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        BlobContentInfo stored = await data.Drop.GetBlobClient($"{job}/{file}").UploadAsync(request.Body, overwrite: true, cancellation);
        request.HttpContext.Response.Headers.ETag = stored.ETag.ToString("H");
        return new StatusCodeResult(StatusCodes.Status201Created);
    }

    /// <summary>
    /// A result file. Where the account is reached by identity, the answer is a redirect to a signed link, since a response may last 230 seconds in
    /// Azure; else the file itself, or the range of it that was asked for.
    /// </summary>
    [Function("DownloadFile")]
    public async Task<IActionResult> Download(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "jobs/{job}/files/{*name}")] HttpRequest request,
        string job,
        string name,
        CancellationToken cancellation)
    {
        if (!JobName.IsValid(job) || !ResultFile.All.Contains(name))
        {
            return Problems.Of(StatusCodes.Status404NotFound, "No such file.", $"{job}/{name}; the files of a job are {string.Join(", ", ResultFile.All)}.");
        }

        BlobClient blob = data.Results.GetBlobClient($"{job}/{name}");
        // Results are shown as what they are called, never as what they look like.
        request.HttpContext.Response.Headers.XContentTypeOptions = "nosniff";
        try
        {
            return blob.CanGenerateSasUri ? await StreamAsync(blob, name, cancellation) : await LinkAsync(blob, cancellation);
        }
        catch (RequestFailedException fault) when (fault.Status == StatusCodes.Status404NotFound)
        {
            return Problems.Of(StatusCodes.Status404NotFound, "No such file.", $"The job {job} has no {name} (yet).");
        }
    }

    private static async Task<IActionResult> StreamAsync(BlobClient blob, string name, CancellationToken cancellation)
    {
        Stream content = await blob.OpenReadAsync(new BlobOpenReadOptions(allowModifications: false), cancellation);
        return new FileStreamResult(content, ContentType(name)) { FileDownloadName = name, EnableRangeProcessing = true };
    }

    private async Task<IActionResult> LinkAsync(BlobClient blob, CancellationToken cancellation)
    {
        await blob.GetPropertiesAsync(cancellationToken: cancellation);
        DateTimeOffset until = time.GetUtcNow() + LinkLife;
        UserDelegationKey key = await data.Service.GetUserDelegationKeyAsync(null, until, cancellation);
        return new RedirectResult(blob.GenerateUserDelegationSasUri(BlobSasPermissions.Read, until, key).ToString());
    }

    private static string ContentType(string name) => Path.GetExtension(name) switch
    {
        ".tif" => "image/tiff",
        ".csv" => "text/csv",
        _ => "application/json",
    };
}
