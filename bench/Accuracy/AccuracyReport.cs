using System.Globalization;
using System.Text;

namespace CellStitch.Accuracy;

/// <summary>docs/accuracy.md.</summary>
internal static class AccuracyReport
{
    public static string Write(IReadOnlyList<CaseResult> results, Dictionary<string, double> published, IReadOnlyList<SureCell> cells, IReadOnlyList<Gallery> galleries)
    {
        var text = new StringBuilder();
        text.Append("""
            # Accuracy

            Written by `dotnet run -c Release --project bench/Accuracy -- SHARED docs`. AP = TP / (TP + FP + FN) at IoU ≥ 0.5, mAP the mean of AP at 0.25, 0.5 and 0.75; the larger the better.
            *published* is the authors' program on the same files; *perfect linking* gives every slice to the true cell it overlaps most and drops slices over background (the ceiling of any linking that does not repair
            slices); *IoU best* has the best of 11 thresholds, chosen on the truth. *robust, repaired* is the program's default; *robust* is the same with `--repair off`, and what the parts are taken from.

            ![AP at 0.5 by group and method](images/accuracy.svg)

            | group | masks |
            |---|---|
            | synthetic | synthetic volumes, masks cut from the truth with simulated errors (ideal, light, heavy) |
            | real | real label volumes, every layer, every 4th, every 8th; the same simulated errors |
            | net | real volumes, masks that a network made slice by slice |
            | poor | as synthetic, light errors in XY, badly segmented XZ and YZ |
            | absent | the same without XZ and YZ |
            | classical | real volumes, masks that classical methods made slice by slice |
            | fresh | our own generator (`synth`), 3 seeds per family: errors persist over layers, slices merge, false slices appear. The method was not tuned on them |
            | flat | the same generator, 3 seeds: two of five cells are of one or two layers, between thick ones |


            """);
        Means(text, results, published);
        Levels(text, results);
        Families(text, results);
        Details(text, results);
        Errors(text, results);
        Ablations(text, results);
        Halves(text, results);
        Confidence(text, cells);
        Failures(text, galleries);
        return text.ToString();
    }

    private static void Means(StringBuilder text, IReadOnlyList<CaseResult> results, Dictionary<string, double> published)
    {
        text.Append("## Means\n\nAP at 0.5 / mAP.\n\n");
        Row(text, ["group", "cases", "published", .. Method.Compared.Select(method => method.Name), "perfect linking"]);
        Rule(text, Method.Compared.Count + 4);
        foreach (IGrouping<CaseGroup, CaseResult> group in ByGroup(results))
        {
            Row(text,
            [
                Name(group.Key),
                $"{group.Count()}",
                Known(group, published),
                .. Method.Compared.Select(method => Pair(Scores.Mean(group.Select(result => result.Scores[method.Name])))),
                Pair(Scores.Mean(group.Select(result => result.Perfect))),
            ]);
        }

        text.Append('\n');
    }

    private static void Levels(StringBuilder text, IReadOnlyList<CaseResult> results)
    {
        text.Append("## By level of the errors\n\nAP at 0.5.\n\n");
        Row(text, ["group", "level", "cases", .. Method.Compared.Select(method => method.Name)]);
        Rule(text, Method.Compared.Count + 3);
        foreach (IGrouping<CaseGroup, CaseResult> group in ByGroup(results).Where(group => group.Select(result => result.Level).Distinct().Count() > 1))
        {
            foreach (IGrouping<string, CaseResult> level in group.GroupBy(result => result.Level).OrderBy(level => level.Key, StringComparer.Ordinal))
            {
                Row(text, [Name(group.Key), level.Key, $"{level.Count()}", .. Method.Compared.Select(method => Mean(level, method))]);
            }
        }

        text.Append('\n');
    }

    private static void Families(StringBuilder text, IReadOnlyList<CaseResult> results)
    {
        text.Append("## By volume\n\nAP at 0.5, ± the largest distance from the mean over seeds where there are several.\n\n");
        Row(text, ["group", "volume", "cases", .. Method.Compared.Select(method => method.Name)]);
        Rule(text, Method.Compared.Count + 3);
        foreach (IGrouping<CaseGroup, CaseResult> group in ByGroup(results))
        {
            bool seeds = group.Key == CaseGroup.Fresh;
            foreach (IGrouping<string, CaseResult> family in group
                .GroupBy(result => seeds ? $"{result.Volume} {result.Level}" : result.Family).OrderBy(family => family.Key, StringComparer.Ordinal))
            {
                Row(text, [Name(group.Key), family.Key, $"{family.Count()}", .. Method.Compared.Select(method => Mean(family, method) + (seeds ? Spread(family, method) : ""))]);
            }
        }

        text.Append('\n');
    }

    private static void Details(StringBuilder text, IReadOnlyList<CaseResult> results)
    {
        text.Append("## Precision, recall, variation of information\n\nAt IoU 0.5; variation of information in bits, from splits and from merges: the smaller the better.\n\n");
        Row(text, ["group", "method", "precision", "recall", "VI split", "VI merge"]);
        Rule(text, 6);
        foreach (IGrouping<CaseGroup, CaseResult> group in ByGroup(results))
        {
            foreach (Method method in Method.Compared)
            {
                var mean = Scores.Mean(group.Select(result => result.Scores[method.Name]));
                Row(text, [Name(group.Key), method.Name, F(mean.Precision), F(mean.Recall), F(mean.ViSplit), F(mean.ViMerge)]);
            }
        }

        text.Append('\n');
    }

    private static void Errors(StringBuilder text, IReadOnlyList<CaseResult> results)
    {
        text.Append("""
            ## Where the rest is lost

            Errors at IoU 0.5. Of the true cells that it loses: those that perfect linking of the same slices finds, so better linking could; those of which the XY masks show half or less; and the others, whose slices
            hold several cells or parts of them. Of the cells that match no true one: those that hold more than half of several true cells (merges), those that are part of one (splits), those mostly over background
            (invented; *at border* those of them that reach the border of an image whose truth has no cell there, since cells that it cuts were not annotated), and those whose outline is wrong. *False slices* of the XY masks lie mostly over background, *impure* ones have less than 70 % of their pixels in one cell.


            """);
        Row(text, ["method", "group", "true cells", "lost", "linkable", "masks missing", "masks impure", "wrong cells", "merges", "splits", "invented", "at border", "outlines", "slices", "false", "impure"]);
        Rule(text, 16);
        foreach ((string method, IGrouping<CaseGroup, CaseResult> group) in results[0].Errors.Keys.SelectMany(method => ByGroup(results).Select(group => (method, group))))
        {
            ErrorCounts sum = group.Select(result => result.Errors[method]).Aggregate((a, b) => a + b);
            int[] counts =
            [
                sum.TrueCells, sum.Lost, sum.LostLinkable, sum.LostMissing, sum.LostImpure, sum.Wrong,
                sum.Merges, sum.Splits, sum.Invented, sum.InventedAtBorder, sum.Outlines, sum.Slices, sum.FalseSlices, sum.ImpureSlices,
            ];
            Row(text, [method, Name(group.Key), .. counts.Select(count => count.ToString(CultureInfo.InvariantCulture))]);
        }

        CaseResult[] net = [.. results.Where(result => result.Group == CaseGroup.Net)];
        text.Append(CultureInfo.InvariantCulture, $"\nWithout the invented cells at the border AP at 0.5 of `{Method.RepairedName}` on `net` is {F(net.Average(result => result.Errors[Method.RepairedName].Ap50InsideBorder))} ");
        text.Append(CultureInfo.InvariantCulture, $"instead of {F(net.Average(result => result.Scores[Method.RepairedName].Ap50))}.\n\n");
    }

    private static void Failures(StringBuilder text, IReadOnlyList<Gallery> galleries)
    {
        text.Append("""

            ## Failure gallery

            The worst cells of `robust, repaired` in three cases, by voxels lost; two true cells in one cell of the result are shown once. Left an XY cut, right an XZ cut through the cell's largest extent. Grey: the slices of the XY masks.
            Green: true cells, magenta: the result; thick where the cell in question is concerned.

            """);
        foreach (Gallery gallery in galleries)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n### {gallery.Title}\n\n![The worst cells](images/{gallery.File})\n\n");
            Row(text, ["", "what went wrong", "perfect linking gets it right"]);
            Rule(text, 3);
            for (int i = 0; i < gallery.Cells.Count; i++)
            {
                Row(text, [$"{i + 1}", gallery.Cells[i].Caption, gallery.Cells[i].Linkable ? "yes" : "no"]);
            }
        }
    }

    private static void Ablations(StringBuilder text, IReadOnlyList<CaseResult> results)
    {
        text.Append("## What each part brings\n\nAP at 0.5 with one part changed.\n\n");
        IGrouping<CaseGroup, CaseResult>[] groups = [.. ByGroup(results)];
        Row(text, ["method", .. groups.Select(group => Name(group.Key))]);
        Rule(text, groups.Length + 1);
        foreach (Method method in Method.Compared.Take(3).Concat(Method.Ablations))
        {
            Row(text, [method.Name, .. groups.Select(group => Mean(group, method))]);
        }

        text.Append('\n');
    }

    private static void Halves(StringBuilder text, IReadOnlyList<CaseResult> results)
    {
        text.Append("## Chosen on one half, reported on the other\n\nThe constants of `robust` were chosen on half of the volumes of the accuracy set. AP at 0.5 of `robust, repaired`, with that of `paper` behind it.\n\n");
        Row(text, ["group", "chosen on", "others"]);
        Rule(text, 3);
        foreach (IGrouping<CaseGroup, CaseResult> group in ByGroup(results).Where(group => group.Key is not CaseGroup.Fresh and not CaseGroup.Flat and not CaseGroup.Classical))
        {
            Row(text, [Name(group.Key), Half(chosen: true), Half(chosen: false)]);

            string Half(bool chosen)
            {
                CaseResult[] half = [.. group.Where(result => result.ParametersChosenOnIt == chosen)];
                return $"{F(half.Average(result => result.Scores[Method.RepairedName].Ap50))} ({F(half.Average(result => result.Scores[Method.PaperName].Ap50))})";
            }
        }
    }

    private static void Confidence(StringBuilder text, IReadOnlyList<SureCell> cells)
    {
        text.Append("""

            ## Confidence

            Cells by the `confidence` of cells.csv: tenths of equal size, the share of cells in each that match a true cell at IoU ≥ 0.5. AUROC: the chance that a wrong cell is less sure than a right one. The
            weights were chosen on half of the volumes.


            """);
        Row(text, ["method", "cells", "number", "wrong", "AUROC", .. Enumerable.Range(1, 10).Select(tenth => $"{tenth}")]);
        Rule(text, 15);
        foreach (IGrouping<string, SureCell> method in cells.GroupBy(cell => cell.Method))
        {
            Tenths(method.Key, "volumes the weights were chosen on", [.. method.Where(cell => cell.WeightsChosenOnIt)]);
            Tenths(method.Key, "other volumes", [.. method.Where(cell => !cell.WeightsChosenOnIt)]);
            foreach (IGrouping<CaseGroup, SureCell> group in method.GroupBy(cell => cell.Group).OrderBy(group => group.Key))
            {
                Tenths(method.Key, Name(group.Key), [.. group]);
            }
        }

        void Tenths(string method, string name, SureCell[] group)
        {
            SureCell[] sorted = [.. group.OrderBy(cell => cell.Confidence)];
            Row(text,
            [
                method,
                name,
                $"{group.Length}",
                $"{group.Count(cell => !cell.Right)}",
                F(SureCell.Auroc(group)),
                .. Enumerable.Range(0, 10).Select(tenth => F(sorted[(tenth * group.Length / 10)..((tenth + 1) * group.Length / 10)].Average(cell => cell.Right ? 1 : 0))),
            ]);
        }
    }

    private static IEnumerable<IGrouping<CaseGroup, CaseResult>> ByGroup(IReadOnlyList<CaseResult> results) =>
        results.GroupBy(result => result.Group).OrderBy(group => group.Key);

    private static string Name(CaseGroup group) => group.ToString().ToLowerInvariant();

    private static string Known(IEnumerable<CaseResult> group, Dictionary<string, double> scores)
    {
        double[] known = [.. group.Select(result => scores.TryGetValue($"{result.Volume}/{result.Level}", out double score) ? score : double.NaN)];
        return known.Any(double.IsNaN) ? "–" : F(known.Average());
    }

    private static string Mean(IEnumerable<CaseResult> results, Method method) => F(results.Average(result => result.Scores[method.Name].Ap50));

    private static string Spread(IEnumerable<CaseResult> results, Method method)
    {
        double[] scores = [.. results.Select(result => result.Scores[method.Name].Ap50)];
        return $" ± {F(scores.Max(score => Math.Abs(score - scores.Average())))}";
    }

    private static string Pair(Scores scores) => $"{F(scores.Ap50)} / {F(scores.Map)}";

    private static string F(double value) => value.ToString("F3", CultureInfo.InvariantCulture);

    private static void Row(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    private static void Rule(StringBuilder text, int columns) => text.Append('|').Insert(text.Length, "---|", columns).Append('\n');
}
