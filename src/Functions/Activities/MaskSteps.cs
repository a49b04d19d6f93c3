using CellStitch.Core.IO;
using CellStitch.Core.Stitching;
using CellStitch.Functions.Jobs;
using CellStitch.Functions.Storage;

namespace CellStitch.Functions.Activities;

/// <summary>The steps of a run that read masks.</summary>
internal sealed class MaskSteps : TableSteps
{
    private readonly MaskBlobs _masks;
    private readonly MaskStacks _traced;

    /// <param name="plan">The plan of the run.</param>
    /// <param name="masks">The masks, on the axes of the result.</param>
    /// <param name="work">Where intermediates lie.</param>
    /// <param name="threads">Threads of this activity.</param>
    /// <param name="cancellation">Checked once per layer or band of rows.</param>
    public MaskSteps(JobPlan plan, MaskBlobs masks, IWork work, int threads, CancellationToken cancellation)
        : base(plan, work, threads, cancellation)
    {
        _masks = masks;
        _traced = masks.Stacks.Traced(Options.Direction);
    }

    /// <summary>Overlaps, votes, areas and costs of a block.</summary>
    public async Task MeasureAsync(int block)
    {
        (LayerRange layers, RowRange rows) = Blocks.BlockAt(block);
        await OnceAsync(WorkName.Block(block), table => MeasureStage.Run(_traced, layers, rows, Options, table, Cancellation));
    }

    /// <summary>A pair across empty layers that the trace of a run found missing.</summary>
    public async Task MeasurePairAsync(int run, int index)
    {
        (int source, int target) = (await MissingPairsAsync(run))[index];
        await OnceAsync(WorkName.Pair(source, target), table => MeasureStage.RunPair(_traced, source, target, table, Cancellation));
    }

    /// <summary>Holes and contacts of the layers of a part, under the census of the round before.</summary>
    public async Task SurveyAsync(int round, int part)
    {
        LayerRange layers = Blocks.LayersOf(part);
        if (await Work.ExistsAsync(WorkName.Survey(round, part), Cancellation))
        {
            return;
        }

        List<Stream> cells = await CellsOfAsync(layers with { First = Math.Max(0, layers.First - 1) });
        Stream census = await ReadAsync(WorkName.Census(round - 1));
        await OnceAsync(
            WorkName.Survey(round, part),
            table => SurveyStage.Run(_traced.Xy, layers, cells, census, Options, table, Cancellation));
    }

    /// <summary>The pages of the layers of a part, staged as blocks of labels.tif, and the measures of their cells. Staged blocks vanish in time, so this is always done anew.</summary>
    /// <param name="part">The part.</param>
    /// <param name="labels">Takes the pages.</param>
    /// <param name="layers">Becomes a file of these layers alone, which the interpolation reads; null when nothing is interpolated.</param>
    public async Task WriteAsync(int part, LabelBlocks labels, LabelBlocks? layers)
    {
        LayerRange range = Blocks.LayersOf(part);
        List<Stream> cells = await CellsOfAsync(WriteStage.LayersNeeded(range, Plan.Shape, Options));
        Stream final = await ReadAsync(WorkName.Labels);
        using var table = new MemoryStream();
        using var slices = new MemoryStream();
        var strips = new List<IReadOnlyList<int>>();
        WriteStage.Run(_masks.Stacks.Xy, range, cells, final, Options, AddPage, table, layers is null ? null : slices, Cancellation);
        labels.Flush();
        if (layers is not null)
        {
            layers.Flush();
            TiffContents contents = (await ContentsAsync()) with { Shape = Plan.Shape with { Depth = range.Count } };
            await layers.CommitAsync(layers.Ids, TiffDirectories.For(contents, strips));
            await Work.WriteAsync(WorkName.Slices(part), new BinaryData(slices.ToArray()), Cancellation);
        }

        await Work.WriteAsync(WorkName.Written(part), new BinaryData(table.ToArray()), Cancellation);
        await Work.WriteAsync(WorkName.Pages(part), PlanJson.Write(labels.Ids), Cancellation);

        void AddPage(int z, EncodedPage page)
        {
            labels.Add(z, page);
            layers?.Add(z, page);
            strips.Add(page.StripLengths);
        }
    }

    private Task<List<Stream>> CellsOfAsync(LayerRange layers) => ReadAllAsync(
        Enumerable.Range(0, Blocks.Runs)
            .Where(run => Blocks.LayersOfRun(run) is var covered && covered.First < layers.End && layers.First < covered.End)
            .Select(WorkName.Cells));

    private async Task OnceAsync(string name, Action<Stream> write)
    {
        if (await Work.ExistsAsync(name, Cancellation))
        {
            return;
        }

        using var table = new MemoryStream();
        write(table);
        // Before the table, whose presence says that the part is done.
        await MaskNotes.WriteAsync(Work, _masks.Open, Cancellation);
        await Work.WriteAsync(name, new BinaryData(table.GetBuffer().AsMemory(0, (int)table.Length)), Cancellation);
    }
}
