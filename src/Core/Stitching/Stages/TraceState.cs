using CellStitch.Core.IO;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Stitching;

/// <summary>What the trace of the next run needs to know of the runs before it.</summary>
/// <param name="Shape">Shape of the volume.</param>
/// <param name="Layers">Layers traced.</param>
/// <param name="LastLayer">The last of them that has a slice, or <see cref="OverlapMeasurement.NoLayer"/>.</param>
/// <param name="LastCells">The cells of its slices.</param>
/// <param name="CellCount">Cells so far.</param>
/// <param name="RejectedByVote">For the summary.</param>
/// <param name="BridgedGaps">For the summary.</param>
internal sealed record TraceState(
    VolumeShape Shape, int Layers, int LastLayer, int[] LastCells, int CellCount, int RejectedByVote, int BridgedGaps)
{
    public static TraceState Start(VolumeShape shape) => new(shape, 0, OverlapMeasurement.NoLayer, [], 0, 0, 0);

    public byte[] ToArray()
    {
        var table = new TableWriter(StageTable.State);
        table.Shape(Shape);
        table.Number(Layers);
        table.NumberOrNone(LastLayer);
        table.Number(LastCells.Length);
        foreach (int cell in LastCells)
        {
            table.Number(cell);
        }

        table.Number(CellCount);
        table.Number(RejectedByVote);
        table.Number(BridgedGaps);
        return table.ToArray();
    }

    public static TraceState Read(Stream stream)
    {
        var table = new TableReader(stream, StageTable.State);
        VolumeShape shape = table.Shape();
        (int layers, int lastLayer) = (table.Int(), table.IntOrNone());
        int[] lastCells = new int[table.Count()];
        for (int i = 0; i < lastCells.Length; i++)
        {
            lastCells[i] = table.Int();
        }

        var state = new TraceState(shape, layers, lastLayer, lastCells, table.Int(), table.Int(), table.Int());
        table.End();
        return state;
    }
}
