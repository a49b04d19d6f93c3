using CellStitch.Core.IO;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Stitching;

/// <summary>The tables that pass between the stages.</summary>
internal static class StageTable
{
    public static readonly TableKind Overlaps = new("CSov", "overlap table");

    public static readonly TableKind Evidence = new("CSev", "table of evidence");

    public static readonly TableKind Chain = new("CSch", "state of the numbering");

    public static readonly TableKind State = new("CSst", "state of the trace");

    public static readonly TableKind Cells = new("CSce", "table of traced cells");

    public static readonly TableKind Census = new("CSco", "census");

    public static readonly TableKind Survey = new("CSsu", "survey");

    public static readonly TableKind Labels = new("CSla", "table of final labels");

    public static readonly TableKind Written = new("CSwr", "table of written layers");

    public static void Layers(this TableWriter table, LayerRange layers)
    {
        table.Number(layers.First);
        table.Number(layers.End);
    }

    public static LayerRange Layers(this TableReader table, VolumeShape shape)
    {
        var layers = new LayerRange(table.Int(), table.Int());
        return layers.First < layers.End && layers.End <= shape.Depth
            ? layers
            : throw table.Kind.Damaged($"it has layers {layers.First} to {layers.End - 1} of {shape.Depth}.");
    }

    /// <summary>Fails when a table belongs to another volume.</summary>
    public static void RequireShape(TableKind kind, VolumeShape found, VolumeShape expected)
    {
        if (found != expected)
        {
            throw new InvalidDataException($"The {kind.Name} belongs to a volume of {found} voxels; expected {expected}.");
        }
    }

    /// <summary>The layers that all runs together hold.</summary>
    public static LayerRange Join(TableKind kind, List<LayerRange> runs)
    {
        runs.Sort((a, b) => a.First.CompareTo(b.First));
        for (int i = 1; i < runs.Count; i++)
        {
            if (runs[i].First != runs[i - 1].End)
            {
                throw new InvalidDataException(
                    $"One {kind.Name} ends with layer {runs[i - 1].End - 1}, the next begins with layer {runs[i].First}; expected every layer once.");
            }
        }

        return new LayerRange(runs[0].First, runs[^1].End);
    }

    public static void RequireAllLayers(TableKind kind, LayerRange layers, VolumeShape shape)
    {
        if (layers != new LayerRange(0, shape.Depth))
        {
            throw new InvalidDataException($"The tables ({kind.Name}) hold layers {layers.First} to {layers.End - 1}; expected all {shape.Depth}.");
        }
    }

    /// <summary>Fails when cells are numbered beyond those a table knows: the tables are of different runs.</summary>
    public static void RequireCells(TableKind kind, int known, Relabeling cells)
    {
        if (cells.CellCount > known)
        {
            throw new InvalidDataException($"The {kind.Name} knows {known} cells, the tables of traced cells name cell {cells.CellCount}.");
        }
    }
}
