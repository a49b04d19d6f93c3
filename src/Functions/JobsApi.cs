using CellStitch.Functions.Jobs;
using CellStitch.Functions.Orchestrators;
using CellStitch.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace CellStitch.Functions;

/// <summary>The jobs over HTTP: list, status, start, stop, delete.</summary>
public sealed class JobsApi(DataAccount data, ILogger<JobsApi> log)
{
    [Function("ListJobs")]
    public async Task<IActionResult> List(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "jobs")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation) =>
        new OkObjectResult(new JobList(await JobStatuses.ListAsync(data, client, cancellation)));

    [Function("GetJob")]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "jobs/{job}")] HttpRequest request,
        string job,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation) =>
        await JobStatuses.OfAsync(data, client, job, cancellation) is { } status ? new OkObjectResult(status) : Problems.NoSuchJob(job);

    /// <summary>Starts a job on the files that are there, or again after it ended. A body replaces its job.json.</summary>
    [Function("StartJob")]
    public async Task<IActionResult> Start(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "jobs/{job}")] HttpRequest request,
        string job,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation)
    {
        if (!JobName.IsValid(job))
        {
            return Problems.BadName(job);
        }

        if (await ReadOptionsAsync(request.Body, cancellation) is not { } body)
        {
            return Problems.Of(StatusCodes.Status413PayloadTooLarge, "The options cannot be used.", $"More than {DropFolder.LargestOptions} bytes.");
        }

        if (!body.ToMemory().IsEmpty)
        {
            try
            {
                _ = JobOptions.Read(defaults: null, body);
            }
            catch (RunFaultException fault)
            {
                return Problems.Of(StatusCodes.Status400BadRequest, "The options cannot be used.", RunFaultException.Read(fault.Message).Message);
            }

            await data.Drop.GetBlobClient($"{job}/{DropFile.Options}").UploadAsync(body, overwrite: true, cancellation);
        }

        IReadOnlyList<FileVersion> files = await DropFolder.ListAsync(data.Drop, job, cancellation);
        files = Completeness.FilesOf(files, await DropFolder.OptionsIfSoundAsync(data.Drop, files, cancellation));
        if (!files.Any(file => file.Name is DropFile.Xy or DropFile.Raw))
        {
            return Problems.Of(StatusCodes.Status409Conflict, "The job cannot start.", $"{DataAccount.DropContainer}/{job}/ holds no xy.tif.");
        }

        string run = JobName.RunId(job, files);
        if (await client.GetInstanceAsync(run, cancellation) is { IsCompleted: true })
        {
            // The same files again: the ended run gives its id to the new one, which goes on from what it left behind.
            await client.PurgeInstanceAsync(run, new PurgeInstanceOptions(Recursive: true), cancellation);
            await new BlobWork(data.Work, run).Blob(WorkName.Stop).DeleteIfExistsAsync(cancellationToken: cancellation);
        }

        await RunStarter.StartRunAsync(client, job, files, cancellation);
        return new AcceptedResult($"jobs/{Uri.EscapeDataString(job)}", await JobStatuses.OfAsync(data, client, job, cancellation));
    }

    [Function("CancelJob")]
    public async Task<IActionResult> Cancel(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "jobs/{job}/cancel")] HttpRequest request,
        string job,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation)
    {
        if (await JobStatuses.OfAsync(data, client, job, cancellation) is null)
        {
            return Problems.NoSuchJob(job);
        }

        await StopRunsAsync(client, job, cancellation);
        return new AcceptedResult($"jobs/{Uri.EscapeDataString(job)}", await JobStatuses.OfAsync(data, client, job, cancellation));
    }

    /// <summary>Stops a job and deletes its results, intermediates and history; with <c>?inputs=true</c> also what was dropped.</summary>
    [Function("DeleteJob")]
    public async Task<IActionResult> Delete(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "jobs/{job}")] HttpRequest request,
        string job,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation)
    {
        if (!JobName.IsValid(job))
        {
            return Problems.BadName(job);
        }

        // First what could start the job anew: settling that still waits, and inputs that are to go.
        await StopSettlingAsync(client, job, cancellation);
        if (request.Query["inputs"] == "true")
        {
            await Blobs.DeleteFolderAsync(data.Drop, $"{job}/", cancellation);
            await data.Drop.DeleteBlobIfExistsAsync($"{job}.tif", cancellationToken: cancellation);
        }

        await StopRunsAsync(client, job, cancellation);
        foreach (OrchestrationMetadata run in await RunStarter.RunsAsync(client, job, cancellation))
        {
            await client.PurgeInstanceAsync(run.InstanceId, new PurgeInstanceOptions(Recursive: true), cancellation);
            await new BlobWork(data.Work, run.InstanceId).DeleteAllAsync(cancellation);
        }

        await Blobs.DeleteFolderAsync(data.Results, $"{job}/", cancellation);
        return new NoContentResult();
    }

    private static async Task<BinaryData?> ReadOptionsAsync(Stream body, CancellationToken cancellation)
    {
        byte[] bytes = new byte[DropFolder.LargestOptions + 1];
        int count = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation);
        return count > DropFolder.LargestOptions ? null : BinaryData.FromBytes(bytes.AsMemory(0, count));
    }

    private async Task StopSettlingAsync(DurableTaskClient client, string job, CancellationToken cancellation)
    {
        foreach (FileVersion file in await DropFolder.ListAsync(data.Drop, job, cancellation))
        {
            string settling = JobName.SettleId(file.Blob, file.ETag);
            if (await client.GetInstanceAsync(settling, cancellation) is { IsCompleted: false })
            {
                await client.TerminateInstanceAsync(settling, cancellation);
                await client.WaitForInstanceCompletionAsync(settling, cancellation);
            }
        }
    }

    private async Task StopRunsAsync(DurableTaskClient client, string job, CancellationToken cancellation)
    {
        foreach (OrchestrationMetadata run in await RunStarter.RunsAsync(client, job, cancellation))
        {
            if (!run.IsCompleted)
            {
                await RunStopper.StopAsync(client, data, run.InstanceId, new RunOutcome(RunState.Cancelled), cancellation);
                await client.WaitForInstanceCompletionAsync(run.InstanceId, cancellation);
                log.RunCancelled(job, run.InstanceId);
            }
        }
    }
}
