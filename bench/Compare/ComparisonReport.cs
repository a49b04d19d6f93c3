using System.Globalization;
using System.Text;
using CellStitch.Charts;

namespace CellStitch.Compare;

/// <summary>What a system scored on a set at a step.</summary>
internal sealed record SystemResult(ComparedSystem System, VolumeSet Set, int Step, CaseOutcome Outcome);

/// <summary>docs/comparison.md and its chart.</summary>
internal static class ComparisonReport
{
    public static string Chart(IReadOnlyList<SystemResult> results) => BarChart.Draw(
        [.. ComparedSystem.All.Select(system => system.Name)],
        [
            .. results.GroupBy(result => result.Step).OrderBy(step => step.Key).Select(step => new BarGroup(
                step.Key == 1 ? "all layers" : $"every {Ordinal(step.Key)}",
                [.. ComparedSystem.All.Select(system => Mean(step.Where(result => result.System == system), outcome => outcome.Ap50))])),
        ]);

    /// <summary>Writes the report.</summary>
    /// <param name="results">All results.</param>
    /// <param name="estimates">Diameter that the program takes the cells of a set for.</param>
    /// <param name="remarks">What the figures say, in words; written by hand.</param>
    /// <param name="pictures">Picture of each set, with the systems on it.</param>
    public static string Write(
        IReadOnlyList<SystemResult> results,
        IReadOnlyDictionary<VolumeSet, double> estimates,
        string remarks,
        IReadOnlyList<(VolumeSet Set, int Step, string File, IReadOnlyList<ComparedSystem> Systems)> pictures)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            # Comparison of whole systems

            Written by `dotnet run -c Release --project bench/Compare` (its options are below). Raw stack in, 3D cells out, against the true cells; from the stacks every 2nd, 4th and 8th layer is kept as well, as a
            microscope with longer steps would have recorded them. Precision, recall and AP = TP / (TP + FP + FN) at IoU ≥ 0.5, mAP the mean of AP at 0.25, 0.5 and 0.75; the larger the better. True cells of less than 15
            voxels do not count. All systems are told the diameter of the cells (the median over the true slices), and all the anisotropy.

            ![Mean AP at 0.5 by system](images/comparison.svg)

            {remarks.Trim()}

            ## Systems


            """);
        ComparedSystem[] systems = [.. results.Select(result => result.System).Distinct()];
        MarkdownTable.Append(text, ["system", "what it is"], systems.Select(system => (string[])[system.Name, system.What]));
        Sets(text, results, estimates);
        Means(text, results);
        Costs(text, results);
        Details(text, results, systems);
        Pictures(text, pictures);
        text.Append("""
            ## Run it on other data

            `dotnet run -c Release --project bench/Compare -- WORK DOCS SETS…` compares on every folder in the folders SETS that holds `raw.tif` and `labels.tif` (or `truth.tif`): single-channel stacks, or `channel` in set.json. Published
            data sets (ovules, ATAS, the Digital Tissue Atlas) need only be laid out so. Masks of another segmenter beside them, `xy.tif`, `xz.tif` and `yz.tif` (or `masks2d_xy.tif`, …), are compared too. An optional `set.json` says what the
            files do not: `{ "contents": "ovule, membranes", "voxelUm": [0.3, 0.1, 0.1], "anisotropy": 3, "channel": 1, "note": "" }`. Results gather in WORK; a run that was stopped goes on, and a new system
            is added, without computing anything twice. Delete WORK after a change of a system. `--synthetic` adds the rendered stacks.

            """);
        return text.ToString();
    }

    private static void Sets(StringBuilder text, IReadOnlyList<SystemResult> results, IReadOnlyDictionary<VolumeSet, double> estimates)
    {
        text.Append("## Data sets\n\n*Diameter* is the median over the true slices (of discs of the same area); *as estimated* is what the program takes it for where it is not told.\n\n");
        MarkdownTable.Append(text, ["set", "contents", "z × y × x", "voxel size (z, y, x)", "anisotropy", "true cells", "diameter, pixels", "as estimated", "note"], results.Select(result => result.Set).Distinct().Select(set =>
        {
            string size = set.Facts.VoxelUm is null && set.Facts.Anisotropy is not null ? "not stated"
                : string.Create(CultureInfo.InvariantCulture, $"{set.VoxelSize.ZUm:0.###}, {set.VoxelSize.YUm:0.###}, {set.VoxelSize.XUm:0.###} µm");
            return (string[])
            [
                set.Name, set.Facts.Contents, set.Shape.ToString(), size, F(set.VoxelSize.Anisotropy, 1), $"{set.TrueCells}", F(set.DiameterPx, 1), F(estimates[set], 1), set.Facts.Note,
            ];
        }));
    }

    private static void Means(StringBuilder text, IReadOnlyList<SystemResult> results)
    {
        int[] steps = Steps(results);
        text.Append("## Means over the sets\n\nAP at 0.5 / mAP; precision, recall at 0.5.\n\n");
        MarkdownTable.Append(text, ["system", "sets", .. steps.Select(StepName)], results.GroupBy(result => result.System).Select(system => (string[])
        [
            system.Key.Name,
            $"{system.Select(result => result.Set).Distinct().Count()}",
            .. steps.Select(step =>
            {
                SystemResult[] here = [.. system.Where(result => result.Step == step)];
                return $"{F(Mean(here, outcome => outcome.Ap50))} / {F(Mean(here, outcome => outcome.Map))}; {F(Mean(here, outcome => outcome.Precision), 2)}, {F(Mean(here, outcome => outcome.Recall), 2)}";
            }),
        ]));
    }

    private static void Costs(StringBuilder text, IReadOnlyList<SystemResult> results)
    {
        int[] steps = Steps(results);
        text.Append(CultureInfo.InvariantCulture, $"""
            ## Time and memory

            All sets together, from raw stack to cells with {StackCase.Threads} threads: seconds on the clock / of processor time, and the largest memory of a process. Every step runs in a process of its own, which also loads the network and compiles the code
            (0.5 to 1 s). The machine was shared with other work, so processor time counts. Systems on given masks begin with the masks.


            """);
        MarkdownTable.Append(text, ["system", .. steps.Select(StepName), "peak MB"], results.GroupBy(result => result.System).Select(system => (string[])
        [
            system.Key.Name,
            .. steps.Select(step =>
            {
                SystemResult[] here = [.. system.Where(result => result.Step == step)];
                return $"{F(here.Sum(result => result.Outcome.Cost.WallS), 1)} / {F(here.Sum(result => result.Outcome.Cost.CpuS), 1)}";
            }),
            F(system.Max(result => result.Outcome.Cost.PeakMb), 0),
        ]));
    }

    private static void Details(StringBuilder text, IReadOnlyList<SystemResult> results, ComparedSystem[] systems)
    {
        text.Append("## By set\n\nCells found; precision, recall; AP at 0.5 / mAP.\n\n");
        foreach (IGrouping<VolumeSet, SystemResult> set in results.GroupBy(result => result.Set))
        {
            int[] steps = Steps([.. set]);
            text.Append(CultureInfo.InvariantCulture, $"### {set.Key.Name}\n\n");
            MarkdownTable.Append(
                text,
                ["system", .. steps.Select(step => $"anisotropy {F(set.Key.VoxelSize.Anisotropy * step, 1)}")],
                systems.Where(system => set.Any(result => result.System == system)).Select(system => (string[])
                [
                    system.Name,
                    .. steps.Select(step => set.Single(result => result.System == system && result.Step == step).Outcome).Select(outcome =>
                        $"{outcome.Cells}; {F(outcome.Precision, 2)}, {F(outcome.Recall, 2)}; {F(outcome.Ap50)} / {F(outcome.Map)}"),
                ]));
        }
    }

    private static void Pictures(
        StringBuilder text, IReadOnlyList<(VolumeSet Set, int Step, string File, IReadOnlyList<ComparedSystem> Systems)> pictures)
    {
        text.Append("## Pictures\n\nThe middle layer, and below it the middle XZ section. A true cell and the cell that matches it (IoU ≥ 0.5) have the same colour; what matches no true cell is grey.\n\n");
        foreach ((VolumeSet set, int step, string file, IReadOnlyList<ComparedSystem> systems) in pictures)
        {
            text.Append(CultureInfo.InvariantCulture, $"{set.Name}, {StepName(step)}, from left to right: raw, truth, {string.Join(", ", systems.Select(system => $"*{system.Name}*"))}.\n\n![{set.Name}](images/comparison/{file})\n\n");
        }
    }

    private static int[] Steps(IReadOnlyList<SystemResult> results) => [.. results.Select(result => result.Step).Distinct().Order()];

    private static string StepName(int step) => step == 1 ? "all layers" : $"every {Ordinal(step)} layer";

    private static string Ordinal(int step) => step == 2 ? "2nd" : $"{step}th";

    private static double Mean(IEnumerable<SystemResult> results, Func<CaseOutcome, double> figure) =>
        results.Select(result => figure(result.Outcome)).DefaultIfEmpty(double.NaN).Average();

    private static string F(double value, int decimals = 3) => double.IsNaN(value) ? "–" : value.ToString($"F{decimals}", CultureInfo.InvariantCulture);
}
