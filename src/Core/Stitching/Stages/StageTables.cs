using CellStitch.Core.Volumes;

namespace CellStitch.Core.Stitching;

/// <summary>Checks that the tables given to a stage belong together.</summary>
internal static class StageTables
{
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
