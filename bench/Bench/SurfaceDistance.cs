using CellStitch.Core.Interpolation;
using CellStitch.Core.Transport;
using CellStitch.Core.Volumes;

namespace CellStitch.Bench;

/// <summary>
/// How far the border of a cell lies from where it should: in every layer where both volumes have the cell, the mean distance of the contour points of either to the
/// nearest one of the other, in pixels. Both directions count alike.
/// </summary>
internal static class SurfaceDistance
{
    /// <summary>Mean over cells of the mean over their layers.</summary>
    public static double MeanOf(LabelVolume expected, LabelVolume found)
    {
        var distances = new Dictionary<uint, (double Sum, int Layers)>();
        for (int z = 0; z < expected.Shape.Depth; z++)
        {
            (LayerSlices truth, LayerSlices made) = (LayerSlices.Read(expected, z), LayerSlices.Read(found, z));
            (uint Label, double Distance)[] layer =
            [
                .. truth.Boxes.Keys.Where(made.Boxes.ContainsKey).AsParallel()
                    .Select(cell => (cell, Between(truth.ContourOf(cell).Points, made.ContourOf(cell).Points))),
            ];
            foreach ((uint label, double distance) in layer.OrderBy(cell => cell.Label))
            {
                (double sum, int layers) = distances.GetValueOrDefault(label);
                distances[label] = (sum + distance, layers + 1);
            }
        }

        return distances.Count == 0 ? double.NaN : distances.OrderBy(cell => cell.Key).Average(cell => cell.Value.Sum / cell.Value.Layers);
    }

    private static double Between(PlanePoint[] a, PlanePoint[] b) => (ToNearest(a, b) + ToNearest(b, a)) / 2;

    private static double ToNearest(PlanePoint[] from, PlanePoint[] to) => from.Average(point =>
    {
        long nearest = long.MaxValue;
        foreach (PlanePoint other in to)
        {
            nearest = Math.Min(nearest, point.SquaredDistanceTo(other));
        }

        return Math.Sqrt(nearest);
    });
}
