namespace CellStitch.Core.Stitching;

/// <summary>
/// The final pass over cells seen in one layer only ("over-segmentation correction"). Layer by layer, and in each by ascending cell, such a cell
/// becomes what it overlaps most in the layer before (in the layer after for layer 0): another cell, or background, which wins ties; further ties go to the
/// lowest cell. What a layer's cells became counts for the next layer (docs/algorithm.md, "Final pass").
/// </summary>
public static class SingleLayerCorrection
{
    /// <summary>Decides what every cell becomes.</summary>
    /// <param name="relabeling">The cells of each layer.</param>
    /// <param name="surveys">The survey of each layer.</param>
    /// <param name="census">Under which the surveys were made.</param>
    /// <param name="rule">What becomes of single-layer cells. A volume of one layer skips the correction: nothing is known to be over-segmented.</param>
    /// <returns>For each cell the cell it becomes: itself, another one, or 0 when it is removed. Entry 0 is 0.</returns>
    public static int[] Decide(Relabeling relabeling, LayerSurvey[] surveys, CellCensus census, SingleLayerRule rule)
    {
        var becomes = new int[relabeling.CellCount + 1];
        for (int cell = 1; cell < becomes.Length; cell++)
        {
            becomes[cell] = census.Fills(cell) ? cell : 0;
        }

        if (rule == SingleLayerRule.Keep || surveys.Length == 1)
        {
            return becomes;
        }

        for (int z = 0; z < surveys.Length; z++)
        {
            CellContact[] contacts = z == 0 ? surveys[1].ContactsAbove : surveys[z].Contacts;
            CorrectLayer(contacts, becomes, rule);
        }

        return becomes;
    }

    private static void CorrectLayer(CellContact[] contacts, int[] becomes, SingleLayerRule rule)
    {
        // Contacts are counted before the first cell of the layer changes.
        var corrections = new List<(int Cell, int New)>();
        for (int i = 0; i < contacts.Length;)
        {
            int cell = contacts[i].Cell;
            var pixels = new SortedDictionary<int, int>();
            for (; i < contacts.Length && contacts[i].Cell == cell; i++)
            {
                int reference = becomes[contacts[i].Reference];
                pixels[reference] = pixels.GetValueOrDefault(reference) + contacts[i].Pixels;
            }

            // MaxBy keeps the first of equals, and the keys ascend from background.
            corrections.Add((cell, rule == SingleLayerRule.Merge ? pixels.MaxBy(pair => pair.Value).Key : 0));
        }

        // In order, "every pixel that has this value now": a cell corrected before may have taken the value of a later one. Only layer 1 can
        // see that, when layer 0 took a value of it, so the look back stays cheap.
        HashSet<int> corrected = [.. corrections.Select(correction => correction.Cell)];
        bool chained = corrections.Exists(correction => correction.New != correction.Cell && corrected.Contains(correction.New));
        for (int i = 0; i < corrections.Count; i++)
        {
            (int cell, int replacement) = corrections[i];
            for (int j = chained ? 0 : i; j <= i; j++)
            {
                if (becomes[corrections[j].Cell] == cell)
                {
                    becomes[corrections[j].Cell] = replacement;
                }
            }
        }
    }
}
