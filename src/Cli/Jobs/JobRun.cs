using CellStitch.Functions.Jobs;

namespace CellStitch.Cli.Jobs;

/// <summary>The run of a job that something just dropped will cause.</summary>
/// <param name="api">Knows its status.</param>
/// <param name="job">Name of the job.</param>
/// <param name="before">The run that was there before; null when there was none.</param>
internal sealed class JobRun(JobsClient api, string job, string? before)
{
    // A status is one small answer; twice a second lets a bar move.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>Its status; null before it begins.</summary>
    public JobStatus? Now(CancellationToken cancellation)
    {
        JobStatus? status = api.Job(job, cancellation);
        return status is not null && status.HasEnded() && status.InstanceId == before ? null : status;
    }

    /// <summary>Waits for the end.</summary>
    /// <param name="steps">Takes the progress.</param>
    /// <param name="cancellation">Stops waiting, not the job.</param>
    public JobStatus Follow(IProgress<Step> steps, CancellationToken cancellation)
    {
        while (true)
        {
            JobStatus? status = Now(cancellation);
            if (status is not null && status.HasEnded())
            {
                steps.Report(new Step(job, 1, status.State));
                return status;
            }

            steps.Report(new Step(job, (status?.Percent ?? 0) / 100, status?.Message ?? JobState.Waiting));
            cancellation.WaitHandle.WaitOne(Interval);
            cancellation.ThrowIfCancellationRequested();
        }
    }
}
