using CellStitch.Core.IO;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Stitching;

/// <summary>What the write stage leaves beside the pages: the lengths of their strips, and the measures of the cells in them.</summary>
public sealed class WrittenLayers
{
    private readonly LayerRange _layers;
    private readonly int _bits;

    internal WrittenLayers(LayerRange layers, int bits, CellTable cells)
    {
        _layers = layers;
        _bits = bits;
        Cells = cells;
    }

    /// <summary>The measures of the cells.</summary>
    public CellTable Cells { get; }

    /// <summary>Slices that were filled in (<see cref="StitchSummary.FilledSlices"/>).</summary>
    public int FilledSlices { get; internal set; }

    internal List<IReadOnlyList<int>> StripLengths { get; } = [];

    /// <summary>Puts the tables of all layers together.</summary>
    /// <param name="tables">The tables of <see cref="WriteStage"/>, in any order.</param>
    /// <exception cref="InvalidDataException">A table is damaged, of another volume, missing, or there twice.</exception>
    public static WrittenLayers Read(IReadOnlyList<Stream> tables)
    {
        WrittenLayers? all = null;
        var parts = new List<LayerRange>();
        IReadOnlyList<int>[] lengths = [];
        foreach (Stream stream in tables)
        {
            var table = new TableReader(stream, StageTable.Written);
            VolumeShape shape = table.Shape();
            LayerRange layers = table.Layers(shape);
            int bits = table.Int();
            if (all is null)
            {
                all = new WrittenLayers(new LayerRange(0, shape.Depth), bits, new CellTable(shape));
                lengths = new IReadOnlyList<int>[shape.Depth];
            }

            StageTable.RequireShape(StageTable.Written, shape, all.Cells.Shape);
            if (bits != all._bits)
            {
                throw new InvalidDataException($"Layers {layers.First} to {layers.End - 1} were written with {bits} bits, others with {all._bits}.");
            }

            for (int z = layers.First; z < layers.End; z++)
            {
                int[] strips = new int[table.Count()];
                for (int i = 0; i < strips.Length; i++)
                {
                    strips[i] = table.Int();
                }

                lengths[z] = strips;
            }

            all.FilledSlices += table.Int();
            all.Cells.Add(table);
            table.End();
            parts.Add(layers);
        }

        if (all is null)
        {
            throw new InvalidDataException("There is no table of written layers; expected at least one.");
        }

        StageTable.RequireAllLayers(StageTable.Written, StageTable.Join(StageTable.Written, parts), all.Cells.Shape);
        all.StripLengths.AddRange(lengths);
        return all;
    }

    /// <summary>Header and trailer of the file that the pages of all layers make.</summary>
    /// <param name="voxelSize">Voxel size in µm, if known.</param>
    public TiffDirectories Directories(VoxelSize? voxelSize) =>
        TiffDirectories.For(new TiffContents(Cells.Shape, _bits, voxelSize), StripLengths);

    internal void Write(Stream stream)
    {
        var table = new TableWriter(StageTable.Written);
        table.Shape(Cells.Shape);
        table.Layers(_layers);
        table.Number(_bits);
        foreach (IReadOnlyList<int> strips in StripLengths)
        {
            table.Number(strips.Count);
            foreach (int length in strips)
            {
                table.Number(length);
            }
        }

        table.Number(FilledSlices);
        Cells.Write(table);
        table.WriteTo(stream);
    }
}
