using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using CellStitch.Functions.Orchestrators;
using CellStitch.Functions.Storage;
using Microsoft.DurableTask.Client;

namespace CellStitch.Functions.Jobs;

/// <summary>A result file, as the API lists it.</summary>
/// <param name="Name">Name.</param>
/// <param name="Bytes">Size.</param>
public sealed record JobFile(string Name, long Bytes);

/// <summary>A job, as the API tells it. What is unknown or does not apply is null.</summary>
public sealed record JobStatus
{
    /// <summary>The job.</summary>
    public required string Job { get; init; }

    /// <summary>waiting, running, completed, unchanged, superseded, failed or cancelled.</summary>
    public required string State { get; init; }

    /// <summary>Id of the newest run.</summary>
    public string? InstanceId { get; init; }

    /// <summary>The step it is at.</summary>
    public string? Stage { get; init; }

    /// <summary>Parts of the step that are done.</summary>
    public int? Done { get; init; }

    /// <summary>Parts of the step.</summary>
    public int? Total { get; init; }

    /// <summary>Share of the whole run, 0 … 100.</summary>
    public double? Percent { get; init; }

    /// <summary>For people.</summary>
    public string? Message { get; init; }

    /// <summary>Seconds to go.</summary>
    public double? EtaSeconds { get; init; }

    /// <summary>Cells found.</summary>
    public int? Cells { get; init; }

    /// <summary>When the run was started.</summary>
    public DateTimeOffset? CreatedUtc { get; init; }

    /// <summary>When it last changed.</summary>
    public DateTimeOffset? UpdatedUtc { get; init; }

    /// <summary>Why there are no results.</summary>
    public RunFault? Error { get; init; }

    /// <summary>What can be fetched.</summary>
    public IReadOnlyList<JobFile> Files { get; init; } = [];
}

/// <summary>All jobs.</summary>
/// <param name="Jobs">By name.</param>
public sealed record JobList(IReadOnlyList<JobStatus> Jobs);

/// <summary>Puts the state of jobs together from runs, results and dropped files.</summary>
internal static class JobStatuses
{
    /// <summary>One job; null when nothing is known of it.</summary>
    public static async Task<JobStatus?> OfAsync(DataAccount data, DurableTaskClient client, string job, CancellationToken cancellation)
    {
        if (!JobName.IsValid(job))
        {
            return null;
        }

        OrchestrationMetadata? run = (await RunStarter.RunsAsync(client, job, cancellation)).FirstOrDefault();
        return await OfAsync(data, job, run, cancellation);
    }

    /// <summary>All jobs that were dropped, ran, or have results.</summary>
    public static async Task<IReadOnlyList<JobStatus>> ListAsync(DataAccount data, DurableTaskClient client, CancellationToken cancellation)
    {
        var newest = new SortedDictionary<string, OrchestrationMetadata?>(StringComparer.Ordinal);
        foreach (OrchestrationMetadata run in await RunStarter.RunsAsync(client, job: null, cancellation))
        {
            newest.TryAdd(JobName.OfRun(run.InstanceId)!, run);
        }

        foreach (BlobContainerClient container in new[] { data.Drop, data.Results })
        {
            await foreach (BlobHierarchyItem item in container.GetBlobsByHierarchyAsync(BlobTraits.None, BlobStates.None, "/", null, cancellation))
            {
                string? job = item.IsPrefix ? item.Prefix[..^1] : DropName.Parse(item.Blob.Name)?.Job;
                if (job is not null && JobName.IsValid(job))
                {
                    newest.TryAdd(job, null);
                }
            }
        }

        var statuses = new List<JobStatus>();
        foreach ((string job, OrchestrationMetadata? run) in newest)
        {
            if (await OfAsync(data, job, run, cancellation) is { } status)
            {
                statuses.Add(status);
            }
        }

        return statuses;
    }

    private static async Task<JobStatus?> OfAsync(DataAccount data, string job, OrchestrationMetadata? run, CancellationToken cancellation)
    {
        IReadOnlyList<JobFile> files =
            [.. (await ResultsFolder.FilesAsync(data.Results, job, cancellation)).Select(file => new JobFile(file.Name, file.Bytes))];
        if (run is not null)
        {
            return OfRun(job, run) with { Files = files };
        }

        if (files.Any(file => file.Name == ResultFile.Manifest))
        {
            return new JobStatus { Job = job, State = "completed", Files = files };
        }

        if (await ResultsFolder.ErrorAsync(data.Results, job, cancellation) is { } error)
        {
            return new JobStatus { Job = job, State = "failed", Message = error.Message, Error = error, Files = files };
        }

        IReadOnlyList<FileVersion> dropped = await DropFolder.ListAsync(data.Drop, job, cancellation);
        return dropped.Any(file => file.Name != DropFile.Defaults)
            ? new JobStatus { Job = job, State = "waiting", Message = await WhyWaitingAsync(data.Drop, dropped, cancellation) }
            : null;
    }

    private static JobStatus OfRun(string job, OrchestrationMetadata run)
    {
        var status = new JobStatus
        {
            Job = job,
            State = "running",
            InstanceId = run.InstanceId,
            CreatedUtc = run.CreatedAt,
            UpdatedUtc = run.LastUpdatedAt,
        };
        if (!run.IsCompleted)
        {
            RunStatus? at = run.SerializedCustomStatus is null ? null : run.ReadCustomStatusAs<RunStatus>();
            return status with
            {
                Stage = at?.Stage,
                Done = at?.Done,
                Total = at?.Total,
                Percent = at?.Percent,
                Message = at?.Message ?? "about to begin",
                EtaSeconds = at?.EtaSeconds,
            };
        }

        RunOutcome outcome = OutcomeOf(run);
        return status with
        {
            State = NameOf(outcome.State),
            Percent = outcome.State is RunState.Completed or RunState.Unchanged ? 100 : null,
            Message = outcome.Error?.Message,
            Cells = outcome.Cells,
            Error = outcome.Error,
        };
    }

    // A run that somebody terminated by the management routes has no outcome of ours.
    private static RunOutcome OutcomeOf(OrchestrationMetadata run) => run switch
    {
        { FailureDetails: { } failure } => new RunOutcome(RunState.Failed, Error: Failures.FaultOf(failure)),
        { SerializedOutput: ['{', ..] } => run.ReadOutputAs<RunOutcome>()!,
        _ => new RunOutcome(RunState.Cancelled),
    };

    private static string NameOf(RunState state) => state switch
    {
        RunState.Completed => "completed",
        RunState.Unchanged => "unchanged",
        RunState.Superseded => "superseded",
        RunState.Failed => "failed",
        _ => "cancelled",
    };

    private static async Task<string> WhyWaitingAsync(BlobContainerClient drop, IReadOnlyList<FileVersion> files, CancellationToken cancellation)
    {
        try
        {
            var complete = Completeness.Of(files, await DropFolder.OptionsAsync(drop, files, cancellation));
            return complete.Missing ?? (complete.Wait ? "xy.tif came alone; the projections may still be on their way." : "about to begin");
        }
        catch (RunFaultException fault)
        {
            return RunFaultException.Read(fault.Message).Message;
        }
    }
}
