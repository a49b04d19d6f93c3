namespace CellStitch.Core.Stitching;

/// <summary>The final numbering: labels 1 … K by first appearance in the result (layer, then first pixel), whatever the direction of the tracing.</summary>
public static class FinalLabels
{
    /// <summary>Numbers the cells that remain.</summary>
    /// <param name="layers">The slices of each layer, in the order of the tracing.</param>
    /// <param name="relabeling">Their cells.</param>
    /// <param name="surveys">The survey of each layer.</param>
    /// <param name="becomes">What each cell becomes (<see cref="SingleLayerCorrection.Decide"/>).</param>
    /// <param name="layersFromTop">The layers' indices from z = 0 down.</param>
    /// <returns>For each cell its label in the result; 0 when it is not in it. The largest entry is K.</returns>
    public static uint[] Number(
        CellSlice[][] layers, Relabeling relabeling, LayerSurvey[] surveys, int[] becomes, IEnumerable<int> layersFromTop)
    {
        var number = new uint[becomes.Length];
        uint last = 0;
        foreach (int z in layersFromTop)
        {
            foreach (int cell in CellsByFirstPixel(layers[z], relabeling.CellsOf(z), surveys[z].Changed))
            {
                int final = becomes[cell];
                if (final != 0 && number[final] == 0)
                {
                    number[final] = ++last;
                }
            }
        }

        var labels = new uint[becomes.Length];
        for (int cell = 1; cell < labels.Length; cell++)
        {
            labels[cell] = number[becomes[cell]];
        }

        return labels;
    }

    private static int[] CellsByFirstPixel(CellSlice[] slices, ReadOnlySpan<int> cells, ChangedSlice[] changed)
    {
        Dictionary<int, int> changedFirst = changed.ToDictionary(slice => slice.Cell, slice => slice.FirstPixel);
        var first = new List<(int Pixel, int Cell)>(cells.Length);
        for (int i = 0; i < cells.Length; i++)
        {
            int pixel = changedFirst.GetValueOrDefault(cells[i], slices[i].FirstPixel);
            if (pixel >= 0)
            {
                first.Add((pixel, cells[i]));
            }
        }

        first.Sort();
        return [.. first.Select(entry => entry.Cell)];
    }
}
