using CellStitch.Core.IO;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Stitching;

/// <summary>The slices of a run of layers and their cells.</summary>
internal sealed class TracedCells
{
    /// <param name="shape">Shape of the volume.</param>
    /// <param name="layers">The run.</param>
    /// <param name="slices">Slices by layer of the volume; only those of the run are set.</param>
    /// <param name="cells">Their cells.</param>
    public TracedCells(VolumeShape shape, LayerRange layers, CellSlice[][] slices, Relabeling cells)
    {
        (Shape, Layers, Slices, Cells) = (shape, layers, slices, cells);
    }

    public VolumeShape Shape { get; }

    public LayerRange Layers { get; }

    public CellSlice[][] Slices { get; }

    public Relabeling Cells { get; }

    public byte[] ToArray()
    {
        var table = new TableWriter(StageTable.Cells);
        table.Shape(Shape);
        table.Layers(Layers);
        for (int z = Layers.First; z < Layers.End; z++)
        {
            OverlapBlock.Write(table, Slices[z]);
            foreach (int cell in Cells.CellsOf(z))
            {
                table.Number(cell);
            }
        }

        return table.ToArray();
    }

    /// <summary>Reads the tables of neighbouring runs, in any order, as one.</summary>
    /// <exception cref="InvalidDataException">A table is damaged, of another volume, missing, or there twice.</exception>
    public static TracedCells Read(IReadOnlyList<Stream> tables)
    {
        if (tables.Count == 0)
        {
            throw new InvalidDataException("There is no table of traced cells; expected at least one.");
        }

        CellSlice[][] slices = [];
        int[][] cells = [];
        VolumeShape? shape = null;
        var runs = new List<LayerRange>();
        foreach (Stream stream in tables)
        {
            var table = new TableReader(stream, StageTable.Cells);
            VolumeShape found = table.Shape();
            if (shape is null)
            {
                shape = found;
                slices = [.. Enumerable.Repeat<CellSlice[]>([], found.Depth)];
                cells = [.. Enumerable.Repeat<int[]>([], found.Depth)];
            }

            StageTable.RequireShape(StageTable.Cells, found, shape.Value);
            LayerRange run = table.Layers(found);
            for (int z = run.First; z < run.End; z++)
            {
                slices[z] = OverlapBlock.ReadSlices(table);
                cells[z] = new int[slices[z].Length];
                for (int i = 0; i < cells[z].Length; i++)
                {
                    cells[z][i] = table.Int();
                }
            }

            table.End();
            runs.Add(run);
        }

        int cellCount = cells.Max(layer => layer.Length == 0 ? 0 : layer.Max());
        return new TracedCells(shape!.Value, StageTable.Join(StageTable.Cells, runs), slices, Relabeling.Restore(cells, cellCount));
    }

    public void RequireCover(LayerRange layers)
    {
        if (layers.First < Layers.First || layers.End > Layers.End)
        {
            throw new InvalidDataException(
                $"The tables of traced cells hold layers {Layers.First} to {Layers.End - 1}; expected all of {layers.First} to {layers.End - 1}.");
        }
    }
}
