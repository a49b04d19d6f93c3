using CellStitch.Functions.Orchestrators;
using CellStitch.Functions.Storage;
using Microsoft.Azure.Functions.Worker;

namespace CellStitch.Functions.Activities;

/// <summary>All steps of a small volume in one activity: the same steps as in blocks, with one block, over memory. Returns the number of cells.</summary>
public sealed class StitchWhole(ActivityEdge edge)
{
    [Function(nameof(StitchWhole))]
    public Task<int> Run([ActivityTrigger] Part part, CancellationToken cancellation) => edge.RunAsync(
        part.Run,
        async (plan, work) =>
        {
            using MaskBlobs masks = await MaskBlobs.OpenAsync(edge.Data, plan, cancellation);
            var memory = new MemoryWork();
            var steps = new MaskSteps(plan, masks, memory, edge.Settings.ThreadsPerActivity, cancellation);
            await steps.MeasureAsync(block: 0);
            Traced traced = await steps.TraceAsync(run: 0, withPairs: false);
            for (int pair = 0; pair < traced.Missing; pair++)
            {
                await steps.MeasurePairAsync(run: 0, pair);
            }

            if (traced.Missing > 0)
            {
                await steps.TraceAsync(run: 0, withPairs: true);
            }

            Corrected corrected = await steps.CorrectAsync(round: 0);
            for (int round = 1; !corrected.Settled; round++)
            {
                await steps.SurveyAsync(round, part: 0);
                corrected = await steps.CorrectAsync(round);
            }

            using (var labels = new LabelBlocks(edge.Data.Results, plan, ResultFile.Labels, cancellation))
            using (LabelBlocks? layers = edge.LayersOf(plan, part: 0, cancellation))
            {
                await steps.WriteAsync(part: 0, labels, layers);
            }

            string[] slices = plan.InterpolateBy is null ? [] : [WorkName.Slices(0)];
            foreach (string name in (string[])[WorkName.Summary, WorkName.Pages(0), WorkName.Written(0), .. slices])
            {
                await work.WriteAsync(name, await memory.ReadAsync(name, cancellation), cancellation);
            }

            await MaskNotes.WriteAsync(work, masks.Open, cancellation);
            return corrected.Cells;
        },
        cancellation);
}
