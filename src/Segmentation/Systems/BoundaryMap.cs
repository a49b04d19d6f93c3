using System.Globalization;
using CellStitch.Core.Volumes;
using CellStitch.Segmentation.Flows;
using CellStitch.Segmentation.Images;

namespace CellStitch.Segmentation.Systems;

/// <summary>For every voxel how likely it is boundary between two cells.</summary>
/// <param name="Shape">The volume.</param>
/// <param name="Probability">0 … <see cref="Certain"/>, in raster order. Whole numbers: their sums do not depend on an order.</param>
/// <param name="Cells">Voxels that can be in a cell; null for all.</param>
internal sealed record BoundaryMap(VolumeShape Shape, ushort[] Probability, bool[]? Cells)
{
    /// <summary>Stands for a probability of 1.</summary>
    public const int Certain = ushort.MaxValue;

    /// <summary>A map that was given: probabilities as they are, or of 8 or 16 bits where a value is above 1.</summary>
    /// <exception cref="InvalidMaskException">The stack cannot be read, or holds negative numbers or such above 65,535.</exception>
    public static BoundaryMap Given(IRawSource boundaries, CancellationToken cancellation)
    {
        float[] values = InMemory.Read(boundaries, new IntensityRange(0, 1), contrast: 1, cancellation);
        (float least, float most) = (values.Min(), values.Max());
        if (least < 0 || most > Certain)
        {
            throw new InvalidMaskException(
                MaskFault.NotOneChannel,
                boundaries.Name,
                null,
                string.Create(CultureInfo.InvariantCulture, $"a boundary probability is {(least < 0 ? least : most)}; expected 0 … 1, 0 … 255 or 0 … 65535."));
        }

        double scale = most <= 1 ? Certain : most <= byte.MaxValue ? (double)Certain / byte.MaxValue : 1;
        return new BoundaryMap(boundaries.Shape, [.. values.Select(value => Level(value * scale / Certain))], null);
    }

    /// <summary>
    /// What a network of flows says of boundaries: flows part there, or it sees no cell. The flows of two cells that touch differ by 2 across their boundary.
    /// </summary>
    public static BoundaryMap From(VolumeFlows flows)
    {
        VolumeShape shape = flows.Shape;
        var probability = new ushort[flows.CellLogit.Length];
        var cells = new bool[probability.Length];
        for (int i = 0; i < probability.Length; i++)
        {
            double parting = Parting(flows.Z, i, AxisLines.Of(shape, VolumeAxis.Z)) + Parting(flows.Y, i, AxisLines.Of(shape, VolumeAxis.Y))
                + Parting(flows.X, i, AxisLines.Of(shape, VolumeAxis.X));
            double outside = 1 / (1 + Math.Exp(flows.CellLogit[i]));
            probability[i] = Level(Math.Max(parting, outside));
            cells[i] = flows.CellLogit[i] > 0;
        }

        return new BoundaryMap(shape, probability, cells);
    }

    // Where flows draw together, along the wall of a round cell, that must not make up for where they part.
    private static double Parting(float[] flow, int at, AxisLines lines)
    {
        int place = at / lines.Step % lines.Length;
        int before = place > 0 ? at - lines.Step : at;
        int after = place < lines.Length - 1 ? at + lines.Step : at;
        return Math.Max(0, flow[after] - flow[before]) / (2 * FlowField.Scale);
    }

    private static ushort Level(double probability) => (ushort)Math.Round(Math.Clamp(probability, 0, 1) * Certain);
}
