using CellStitch.Core.IO;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Stitching;

/// <summary>What was decided of every cell: all that painting the result needs.</summary>
/// <param name="Shape">Shape of the volume.</param>
/// <param name="Labels">Label of each cell in the result; 0 when it is not in it.</param>
/// <param name="Fills">Whether a cell fills its holes.</param>
/// <param name="HasHoles">For each layer, in the order of the tracing, whether filling changes it.</param>
internal sealed record FinalCells(VolumeShape Shape, uint[] Labels, bool[] Fills, bool[] HasHoles)
{
    public uint LargestLabel => Labels.Max();

    public static FinalCells Decide(
        CellSlice[][] layers,
        Relabeling relabeling,
        LayerSurvey[] surveys,
        CellCensus census,
        int[] becomes,
        VolumeShape shape,
        StitchDirection direction)
    {
        IEnumerable<int> traced = Enumerable.Range(0, shape.Depth);
        uint[] labels = FinalLabels.Number(
            layers, relabeling, surveys, becomes, layersFromTop: direction == StitchDirection.Down ? traced : traced.Reverse());
        return new FinalCells(
            shape,
            labels,
            [.. Enumerable.Range(0, labels.Length).Select(census.Fills)],
            [.. surveys.Select(survey => survey.Changed.Length > 0)]);
    }

    public byte[] ToArray()
    {
        var table = new TableWriter(StageTable.Labels);
        table.Shape(Shape);
        foreach (bool holes in HasHoles)
        {
            table.Flag(holes);
        }

        table.Number(Labels.Length);
        for (int cell = 0; cell < Labels.Length; cell++)
        {
            // The flag rides in the lowest bit.
            table.Number(((long)Labels[cell] << 1) | (Fills[cell] ? 1L : 0L));
        }

        return table.ToArray();
    }

    public static FinalCells Read(Stream stream)
    {
        var table = new TableReader(stream, StageTable.Labels);
        VolumeShape shape = table.Shape();
        bool[] hasHoles = new bool[shape.Depth];
        for (int z = 0; z < hasHoles.Length; z++)
        {
            hasHoles[z] = table.Flag();
        }

        var labels = new uint[table.Count()];
        bool[] fills = new bool[labels.Length];
        for (int cell = 0; cell < labels.Length; cell++)
        {
            long entry = table.Long();
            labels[cell] = entry >> 1 is <= uint.MaxValue and var label ? (uint)label : throw StageTable.Labels.Damaged("it has a label above 2³² − 1.");
            fills[cell] = (entry & 1) == 1;
        }

        table.End();
        return new FinalCells(shape, labels, fills, hasHoles);
    }
}
