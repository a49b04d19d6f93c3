using CellStitch.Core.IO;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Stitching;

/// <summary>Puts the blocks of a run of layers together.</summary>
internal static class MeasuredRun
{
    /// <summary>The whole pair (z − 1, z) of every layer z of a run; blocks of rows are summed and costed.</summary>
    /// <exception cref="InvalidDataException">The blocks do not hold every row of every layer exactly once.</exception>
    public static (VolumeShape Shape, CostedPair[] Pairs) Assemble(LayerRange layers, IReadOnlyList<Stream> tables)
    {
        if (tables.Count == 0)
        {
            throw new InvalidDataException($"There is no overlap table of layers {layers.First} to {layers.End - 1}.");
        }

        VolumeShape? shape = null;
        var pairs = new CostedPair?[layers.Count];
        var sums = new OverlapTable?[layers.Count];
        var rows = new List<RowRange>[layers.Count];
        foreach (Stream stream in tables)
        {
            OverlapBlock block = OverlapBlock.Read(stream);
            StageTable.RequireShape(StageTable.Overlaps, block.Shape, shape ??= block.Shape);
            foreach (MeasuredPair pair in block.Pairs)
            {
                int i = pair.Target - layers.First;
                if (i < 0 || i >= layers.Count || pair.Source != pair.Target - 1)
                {
                    throw new InvalidDataException(
                        $"An overlap table holds the pair of layers {pair.Source} and {pair.Target}; expected neighbours up to layers {layers.First} to {layers.End - 1}.");
                }

                (rows[i] ??= []).Add(block.Rows);
                pairs[i] = pair.Whole;
                if (pair.Part is { } part)
                {
                    (sums[i] ??= new OverlapTable()).Add(part);
                }
            }
        }

        VolumeShape volume = shape!.Value;
        for (int i = 0; i < pairs.Length; i++)
        {
            RequireAllRows(StageTable.Overlaps, rows[i], layers.First + i, volume.Height);
            pairs[i] ??= CostedPair.Of(LayerPair.From(sums[i]!, volume.LayerPixels));
        }

        return (volume, [.. pairs.OfType<CostedPair>()]);
    }

    /// <summary>Fails unless blocks of rows make up a layer.</summary>
    public static void RequireAllRows(TableKind kind, List<RowRange>? rows, int layer, int height)
    {
        int next = 0;
        foreach (RowRange part in (rows ?? []).OrderBy(range => range.First))
        {
            if (part.First != next)
            {
                break;
            }

            next = part.End;
        }

        if (next != height || rows!.Sum(range => range.Count) != height)
        {
            throw new InvalidDataException($"The {kind.Name}s of layer {layer} do not hold each of its {height} rows once.");
        }
    }
}
