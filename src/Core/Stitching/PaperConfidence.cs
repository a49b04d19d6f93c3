namespace CellStitch.Core.Stitching;

/// <summary>How sure the cells of profile <c>paper</c> are, from the figures of their links (docs/algorithm.md, "Confidence").</summary>
internal static class PaperConfidence
{
    /// <summary>Judges every cell of the result.</summary>
    /// <param name="layers">The slices of each layer, in the order of the tracing.</param>
    /// <param name="figures">Their figures; empty for a layer without one before it.</param>
    /// <param name="cells">Their cells.</param>
    /// <param name="labels">The label of every cell, 0 for none.</param>
    /// <returns>By label, label 1 first.</returns>
    public static CellConfidence[] Judge(CellSlice[][] layers, LinkFigures[][] figures, Relabeling cells, uint[] labels)
    {
        var parts = new ConfidenceParts[labels.Max() + 1];
        int first = Array.FindIndex(layers, slices => slices.Length > 0);
        int last = Array.FindLastIndex(layers, slices => slices.Length > 0);
        var begun = new bool[labels.Length];

        // Of the slice that begins a cell, in case the cell has no link.
        var alone = new (double Margin, int Pixels)?[parts.Length];
        for (int z = 0; z < layers.Length; z++)
        {
            for (int i = 0; i < layers[z].Length; i++)
            {
                int cell = cells.CellsOf(z)[i];
                uint label = labels[cell];
                int pixels = layers[z][i].Pixels;
                LinkFigures found = figures[z].Length == 0 ? default : figures[z][i];
                double margin = (double)found.Margin / JaccardCost.One;
                ref ConfidenceParts part = ref parts[label];
                part.AddSlice(z, pixels, z == first || z == last);
                if (begun[cell])
                {
                    part.AddMargin(margin, pixels);
                    part.AddRejection(found.Rejecting / (2.0 * pixels));
                    alone[label] = null;
                }
                else if (!part.HasMargin)
                {
                    alone[label] = (margin, pixels);
                }

                begun[cell] = true;
            }
        }

        for (int label = 1; label < parts.Length; label++)
        {
            if (alone[label] is (double margin, int pixels))
            {
                parts[label].AddMargin(margin, pixels);
            }
        }

        return ConfidenceParts.Judge(parts, ConfidenceWeights.Paper);
    }
}
