using CellStitch.Core.Interpolation;
using CellStitch.Core.Interpolation.Stages;
using CellStitch.Core.IO;
using CellStitch.Core.Volumes;
using CellStitch.Functions.Jobs;
using CellStitch.Functions.Storage;

namespace CellStitch.Functions.Activities;

/// <summary>The steps of a run from the label volume to the isotropic one. An activity runs a part of one step; the activity of a small volume runs all of them, with the claims in memory.</summary>
internal sealed class InterpolateSteps : TableSteps
{
    private readonly ILayerSource _labels;
    private readonly InterpolationOptions _interpolation;

    /// <param name="plan">The plan of the run, which says that it is interpolated.</param>
    /// <param name="labels">The label volume.</param>
    /// <param name="work">Where intermediates lie.</param>
    /// <param name="threads">Threads of this activity.</param>
    /// <param name="cancellation">Checked once per unit or layer.</param>
    public InterpolateSteps(JobPlan plan, ILayerSource labels, IWork work, int threads, CancellationToken cancellation)
        : base(plan, work, threads, cancellation)
    {
        _labels = labels;
        _interpolation = plan.Options.ForInterpolation(plan.InterpolateBy!.Value, threads);
    }

    /// <summary>Lists the units of all gaps.</summary>
    public async Task<InterpolationPlan> ListAsync()
    {
        if (await Work.ExistsAsync(WorkName.UnitCounts, Cancellation))
        {
            return await PlanAsync();
        }

        List<Stream> slices = await ReadAllAsync(Enumerable.Range(0, Blocks.LayerBlocks).Select(WorkName.Slices));
        IReadOnlyList<ListedUnits> gaps = InterpolateStage.List(slices, Plan.Shape, _interpolation);
        await Parallel.ForAsync(0, gaps.Count, Cancellation, async (gap, cancellation) =>
            await Work.WriteAsync(WorkName.Units(gap), new BinaryData(gaps[gap].Table), cancellation));

        // The counts come last: their presence says that all units are listed.
        await Work.WriteAsync(WorkName.UnitCounts, PlanJson.Write(gaps.Select(gap => gap.Count)), Cancellation);
        return await PlanAsync();
    }

    /// <summary>What a batch of units claims.</summary>
    public async Task InterpolateAsync(int batch)
    {
        string name = WorkName.Claims(batch);
        if (await Work.ExistsAsync(name, Cancellation))
        {
            return;
        }

        (int gap, Range units) = (await PlanAsync()).BatchAt(batch);
        using var claims = new MemoryStream();
        InterpolateStage.Run(_labels, await ReadAsync(WorkName.Units(gap)), gap, units, _interpolation, claims, Cancellation);
        await Work.WriteAsync(name, new BinaryData(claims.GetBuffer().AsMemory(0, (int)claims.Length)), Cancellation);
    }

    /// <summary>The layers of the gaps of a part, staged as blocks of labels_isotropic.tif. Staged blocks vanish in time, so this is always done anew.</summary>
    /// <param name="part">The part.</param>
    /// <param name="isotropic">Takes the pages.</param>
    /// <param name="interpolate">Makes the claims of a batch first; null where they are there.</param>
    public async Task ComposeAsync(int part, LabelBlocks isotropic, Func<int, Task>? interpolate = null)
    {
        TiffContents contents = await ContentsAsync();
        InterpolationPlan batches = await PlanAsync();
        var strips = new List<IReadOnlyList<int>>();
        foreach (int gap in batches.GapsOf(part))
        {
            var stage = new ComposeStage(_labels, gap, _interpolation);
            foreach (int batch in batches.BatchesOf(gap))
            {
                await (interpolate?.Invoke(batch) ?? Task.CompletedTask);
                stage.Add(await ReadAsync(WorkName.Claims(batch)));
            }

            stage.Finish((position, layer) =>
            {
                Cancellation.ThrowIfCancellationRequested();
                EncodedPage page = EncodedPage.Encode(layer, contents, _interpolation.Threads);
                isotropic.Add(position, page);
                strips.Add(page.StripLengths);
            });
        }

        isotropic.Flush();
        await Work.WriteAsync(WorkName.Composed(part), PlanJson.Write(new ComposedLayers(isotropic.Ids, strips)), Cancellation);
    }

    /// <summary>Header and directories of the isotropic volume, and the blocks of its pages.</summary>
    public async Task<(IReadOnlyList<string> Pages, TiffDirectories Directories)> ComposedAsync()
    {
        var pages = new List<string>();
        var strips = new List<IReadOnlyList<int>>();
        InterpolationPlan batches = await PlanAsync();
        for (int part = 0; part < batches.ComposedParts; part++)
        {
            ComposedLayers layers = PlanJson.Read<ComposedLayers>(await Work.ReadAsync(WorkName.Composed(part), Cancellation));
            pages.AddRange(layers.Blocks);
            strips.AddRange(layers.Strips);
        }

        TiffContents contents = (await ContentsAsync()) with
        {
            Shape = Plan.Shape with { Depth = Interpolator.DepthOf(Plan.Shape.Depth, _interpolation.Anisotropy) },
            VoxelSize = Interpolator.IsotropicSize(Plan.VoxelSize, _interpolation.Anisotropy),
        };
        return (pages, TiffDirectories.For(contents, strips));
    }

    private async Task<InterpolationPlan> PlanAsync() => new(Plan, PlanJson.Read<int[]>(await Work.ReadAsync(WorkName.UnitCounts, Cancellation)));

    private sealed record ComposedLayers(IReadOnlyList<string> Blocks, IReadOnlyList<IReadOnlyList<int>> Strips);
}
