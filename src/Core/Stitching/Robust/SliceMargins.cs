namespace CellStitch.Core.Stitching;

/// <summary>How much better the slices of profile <c>robust</c> fit to their cell than to another one (docs/algorithm.md, "Confidence").</summary>
internal static class SliceMargins
{
    // W ≤ 20 n ≤ 20 U: a linkage of 20 is the largest there is.
    private const double LargestLinkage = 20;

    // Slices whose margins one task takes: many beside the cost of a task.
    private const int SlicesPerTask = 2048;

    /// <summary>Judges every cell of the result.</summary>
    /// <param name="graph">The slices and the evidence.</param>
    /// <param name="labels">The label of every slice; entry 0 is 0.</param>
    /// <param name="run">Threads and cancellation.</param>
    /// <returns>By label, label 1 first.</returns>
    public static CellConfidence[] Judge(SliceGraph graph, uint[] labels, LayerRuns run)
    {
        var parts = new ConfidenceParts[labels.Max() + 1];
        (int firstLayer, int lastLayer) = graph.Slices.Length > 1 ? (graph.Slices[1].Layer, graph.Slices[^1].Layer) : (0, 0);
        double[] margins = Margins(graph, labels, run);
        for (int i = 1; i < labels.Length; i++)
        {
            SliceNode slice = graph.Slices[i];
            ref ConfidenceParts cell = ref parts[labels[i]];
            cell.AddSlice(slice.Layer, slice.Pixels, slice.Layer == firstLayer || slice.Layer == lastLayer);
            cell.AddMargin(margins[i], slice.Pixels);
        }

        foreach (SliceContact contact in graph.Contacts)
        {
            if (labels[contact.A] == labels[contact.B])
            {
                parts[labels[contact.A]].AddRejection(contact.Rejecting / (2.0 * contact.Pixels));
            }
        }

        return ConfidenceParts.Judge(parts, ConfidenceWeights.Robust);
    }

    // For each slice its linkage with the rest of its cell, less that with the best other cell.
    private static double[] Margins(SliceGraph graph, uint[] labels, LayerRuns run)
    {
        var start = new int[labels.Length + 1];
        foreach (SliceLink link in graph.Links)
        {
            if (link.Union > 0)
            {
                start[link.A]++;
                start[link.B]++;
            }
        }

        for (int i = 1; i < start.Length; i++)
        {
            start[i] += start[i - 1];
        }

        var at = new int[start[^1]];
        for (int i = 0; i < graph.Links.Length; i++)
        {
            SliceLink link = graph.Links[i];
            if (link.Union > 0)
            {
                at[--start[link.A]] = i;
                at[--start[link.B]] = i;
            }
        }

        var margins = new double[labels.Length];
        run.For((labels.Length / SlicesPerTask) + 1, task =>
        {
            var sums = new Dictionary<uint, (long Weight, long Union)>();
            for (int slice = Math.Max(1, task * SlicesPerTask); slice < Math.Min(labels.Length, (task + 1) * SlicesPerTask); slice++)
            {
                margins[slice] = Margin(graph, labels, slice, at.AsSpan(start[slice]..start[slice + 1]), sums);
            }
        });
        return margins;
    }

    private static double Margin(
        SliceGraph graph, uint[] labels, int slice, ReadOnlySpan<int> links, Dictionary<uint, (long Weight, long Union)> sums)
    {
        sums.Clear();
        foreach (int i in links)
        {
            SliceLink link = graph.Links[i];
            uint other = labels[link.A == slice ? link.B : link.A];
            (long weight, long union) = sums.GetValueOrDefault(other);
            sums[other] = (weight + link.Weight, union + link.Union);
        }

        double own = 0;
        double best = 0;
        foreach ((uint label, (long weight, long union)) in sums)
        {
            double linkage = weight / (LargestLinkage * union);
            if (label == labels[slice])
            {
                own = linkage;
            }
            else if (label != 0)
            {
                best = Math.Max(best, linkage);
            }
        }

        return own - best;
    }
}
