using CellStitch.Functions.Orchestrators;
using Microsoft.Azure.Functions.Worker;

namespace CellStitch.Functions.Activities;

/// <summary>Size filter, single-layer correction and final numbers, from tables alone; round 0 makes the census that the first survey assumes.</summary>
public sealed class Correct(ActivityEdge edge)
{
    [Function(nameof(Correct))]
    public Task<Corrected> Run([ActivityTrigger] Part part, CancellationToken cancellation) => edge.RunAsync(
        part.Run,
        (plan, work) => new TableSteps(plan, work, edge.Settings.ThreadsPerActivity, cancellation).CorrectAsync(part.Round),
        cancellation);
}
