using CellStitch.Core.Volumes;

namespace CellStitch.Compare;

/// <summary>How many cells a truth holds, and how large they are in its layers.</summary>
internal static class TrueCellMeasures
{
    /// <summary>Median diameter in pixels of discs that have the areas of the cells' slices, and the number of cells.</summary>
    public static (double DiameterPx, int Cells) Of(ILayerSource truth)
    {
        var areas = new List<int>();
        var cells = new HashSet<uint>();
        uint[] layer = new uint[truth.Shape.LayerPixels];
        for (int z = 0; z < truth.Shape.Depth; z++)
        {
            truth.ReadLayer(z, layer);
            foreach ((uint label, int area) in layer.Where(label => label != 0).CountBy(label => label))
            {
                areas.Add(area);
                cells.Add(label);
            }
        }

        areas.Sort();
        return areas.Count == 0
            ? throw new InvalidMaskException(MaskFault.NotLabels, truth.Name, null, "holds no cell; expected true cells to compare with.")
            : (Math.Sqrt(areas[areas.Count / 2] * 4 / Math.PI), cells.Count);
    }
}
