using CellStitch.Functions.Orchestrators;
using Microsoft.Azure.Functions.Worker;

namespace CellStitch.Functions.Activities;

/// <summary>Fan-out: holes and contacts of the whole layers of one part.</summary>
public sealed class Survey(ActivityEdge edge)
{
    [Function(nameof(Survey))]
    public Task Run([ActivityTrigger] Part part, CancellationToken cancellation) =>
        edge.StepAsync(part.Run, (steps, _) => steps.SurveyAsync(part.Round, part.Index), cancellation);
}
