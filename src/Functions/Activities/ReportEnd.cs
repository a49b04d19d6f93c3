using System.Net.Http.Json;
using Azure.Storage.Blobs;
using CellStitch.Functions.Jobs;
using CellStitch.Functions.Orchestrators;
using CellStitch.Functions.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace CellStitch.Functions.Activities;

/// <summary>The last step of every run: error.json where there are no results, the webhook, and the removal of intermediates.</summary>
public sealed class ReportEnd(DataAccount data, IHttpClientFactory http, ILogger<ReportEnd> log)
{
    [Function(nameof(ReportEnd))]
    public async Task Run([ActivityTrigger] EndReport report, CancellationToken cancellation)
    {
        (string job, RunOutcome outcome) = (report.Job, report.Outcome);
        var work = new BlobWork(data.Work, report.Run);
        BinaryData? planJson = await Blobs.ReadIfThereAsync(work.Blob(WorkName.Plan), cancellation);
        if (outcome.Error is { } error && await RunClaim.NewestAsync(data.Results, job, cancellation) is var newest && (newest ?? report.Run) == report.Run)
        {
            BlobClient blob = data.Results.GetBlobClient($"{job}/{ResultFile.Error}");
            await blob.UploadAsync(BinaryData.FromObjectAsJson(new ErrorFile(error), Manifest.Json), overwrite: true, cancellation);
        }

        if (planJson is not null && PlanJson.Read<JobPlan>(planJson).Options.Webhook is { } webhook)
        {
            await TellAsync(webhook, report, cancellation);
        }

        // What a run left behind that stopped on a fault of its surroundings is where the next one goes on.
        if (outcome.Error?.Code != FaultCode.Internal)
        {
            await work.DeleteAllAsync(cancellation);
        }

        Telemetry.RunEnded(outcome.State);
        log.JobEnded(job, report.Run, outcome.State, outcome.Cells ?? 0, outcome.Error?.Code ?? "", outcome.Error?.Message ?? "");
    }

    // A receiver that does not answer must not hold up the end of the run: it is tried, logged, and left.
    private async Task TellAsync(Uri webhook, EndReport report, CancellationToken cancellation)
    {
        try
        {
            using HttpClient client = http.CreateClient(nameof(ReportEnd));
            using HttpResponseMessage answer = await client.PostAsJsonAsync(
                webhook, new { job = report.Job, instanceId = report.Run, report.Outcome.State, report.Outcome.Cells, report.Outcome.Error }, JobOptions.Json, cancellation);
            if (!answer.IsSuccessStatusCode)
            {
                log.WebhookFailed(report.Job, webhook.Host, $"status {(int)answer.StatusCode}");
            }
        }
        catch (HttpRequestException fault)
        {
            log.WebhookFailed(report.Job, webhook.Host, fault.Message);
        }
        catch (TaskCanceledException fault) when (!cancellation.IsCancellationRequested)
        {
            log.WebhookFailed(report.Job, webhook.Host, fault.Message);
        }
    }
}
