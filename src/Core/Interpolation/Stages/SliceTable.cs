using CellStitch.Core.IO;
using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Interpolation.Stages;

/// <summary>Which labels each layer of a range has: what the write stage tells the interpolation.</summary>
internal static class SliceTable
{
    private static readonly TableKind Kind = new("CSsl", "table of slices");

    /// <param name="stream">Receives the table.</param>
    /// <param name="shape">The volume.</param>
    /// <param name="layers">The layers.</param>
    /// <param name="labels">The labels of each, ascending.</param>
    public static void Write(Stream stream, VolumeShape shape, LayerRange layers, IReadOnlyList<uint[]> labels)
    {
        var table = new TableWriter(Kind);
        table.Shape(shape);
        table.Layers(layers);
        foreach (uint[] layer in labels)
        {
            table.Number(layer.Length);
            uint before = 0;
            foreach (uint label in layer)
            {
                table.Number(label - before);
                before = label;
            }
        }

        table.WriteTo(stream);
    }

    /// <summary>The labels of every layer, from tables in any order.</summary>
    /// <exception cref="InvalidDataException">A table is damaged, missing, there twice, or of another volume.</exception>
    public static uint[][] Read(IEnumerable<Stream> tables, VolumeShape shape)
    {
        var labels = new uint[shape.Depth][];
        var parts = new List<LayerRange>();
        foreach (Stream stream in tables)
        {
            var table = new TableReader(stream, Kind);
            StageTable.RequireShape(Kind, table.Shape(), shape);
            LayerRange layers = table.Layers(shape);
            for (int z = layers.First; z < layers.End; z++)
            {
                labels[z] = new uint[table.Count()];
                uint label = 0;
                for (int i = 0; i < labels[z].Length; i++)
                {
                    labels[z][i] = label += table.Label();
                }
            }

            table.End();
            parts.Add(layers);
        }

        StageTable.RequireAllLayers(Kind, StageTable.Join(Kind, parts), shape);
        return labels;
    }
}
