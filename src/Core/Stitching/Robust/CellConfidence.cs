namespace CellStitch.Core.Stitching;

/// <summary>How sure a cell of the result is, with the parts that say so (docs/algorithm.md, "Confidence").</summary>
/// <param name="Confidence">In [0, 1], 3 decimals; larger is surer.</param>
/// <param name="MinMargin">
/// Smallest margin of its slices, in [−1, 1]: the linkage of a slice with the rest of the cell less that with the best other cell.
/// </param>
/// <param name="MaxRejection">Largest share of rejecting votes between two of its slices in neighbouring layers, in [0, 1].</param>
/// <param name="BridgedGaps">Missing layers between its first and last one.</param>
public sealed record CellConfidence(double Confidence, double MinMargin, double MaxRejection, int BridgedGaps)
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
    internal static CellConfidence[] Of(SliceGraph graph, uint[] labels, LayerRuns run)
    {
        CellParts[] parts = CellParts.Measure(graph, labels, run);
        var confidences = new CellConfidence[parts.Length - 1];
        for (int label = 1; label < parts.Length; label++)
        {
            CellParts cell = parts[label];
            confidences[label - 1] = new CellConfidence(
                Math.Round(cell.Confidence, 3), Math.Round(cell.MinMargin, 3), Math.Round(cell.MaxRejection, 3), cell.Gaps);
        }

        return confidences;
    }

    /// <summary>What speaks for and against a cell.</summary>
    private struct CellParts
    {
        public double MinMargin;
        public double MarginVoxels;
        public double MaxRejection;
        public int Gaps;
        public int Layers;
        public long Voxels;
        public bool Ends;
        public double UsualLayers;
        private int _lastLayer;

        public readonly double MeanMargin => MarginVoxels / Voxels;

        public readonly double Length => UsualLayers == 0 ? 1 : Math.Min(1, Layers / UsualLayers);

        // Weights of a logistic regression on half of the volumes of the accuracy set, rounded (docs/algorithm.md, "Confidence").
        public readonly double Confidence => Logistic(
            MinMargin + (3.5 * MeanMargin) - (0.5 * MaxRejection) - (3 * (double)Gaps / Layers) + (4 * Length) + (Ends ? 0.5 : 0) - 0.8);

        public static CellParts[] Measure(SliceGraph graph, uint[] labels, LayerRuns run)
        {
            var cells = new CellParts[labels.Max() + 1];
            (int firstLayer, int lastLayer) = graph.Slices.Length > 1 ? (graph.Slices[1].Layer, graph.Slices[^1].Layer) : (0, 0);
            double[] margins = Margins(graph, labels, run);
            for (int i = 1; i < labels.Length; i++)
            {
                ref CellParts cell = ref cells[labels[i]];
                SliceNode slice = graph.Slices[i];
                cell.MinMargin = cell.Layers == 0 ? margins[i] : Math.Min(cell.MinMargin, margins[i]);
                if (cell.Layers == 0 || cell._lastLayer != slice.Layer)
                {
                    cell.Gaps += cell.Layers == 0 ? 0 : slice.Layer - cell._lastLayer - 1;
                    cell.Layers++;
                    cell._lastLayer = slice.Layer;
                }

                cell.MarginVoxels += margins[i] * slice.Pixels;
                cell.Voxels += slice.Pixels;
                cell.Ends |= slice.Layer == firstLayer || slice.Layer == lastLayer;
            }

            foreach (SliceContact contact in graph.Contacts)
            {
                if (labels[contact.A] == labels[contact.B])
                {
                    ref CellParts cell = ref cells[labels[contact.A]];
                    cell.MaxRejection = Math.Max(cell.MaxRejection, contact.Rejecting / (2.0 * contact.Pixels));
                }
            }

            double usual = MedianLayers(cells);
            for (int label = 1; label < cells.Length; label++)
            {
                cells[label].UsualLayers = usual;
            }

            return cells;
        }

        // 1 / (1 + e⁻ᵗ) by sums, products and quotients alone, which are the same on every machine: e⁻ᵗ = (e^(−t/2¹⁰))^(2¹⁰).
        private static double Logistic(double t)
        {
            const int Halvings = 10;
            double x = -t / (1 << Halvings);
            double power = 1 + x + (x * x / 2) + (x * x * x / 6);
            for (int i = 0; i < Halvings; i++)
            {
                power *= power;
            }

            return 1 / (1 + power);
        }

        private static int MedianLayers(CellParts[] cells)
        {
            long all = cells.Skip(1).Sum(cell => cell.Voxels);
            long voxels = 0;
            foreach (CellParts cell in cells.Skip(1).OrderBy(cell => cell.Layers))
            {
                voxels += cell.Voxels;
                if (2 * voxels >= all)
                {
                    return cell.Layers;
                }
            }

            return 0;
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
}
