using CellStitch.Core.IO;
using CellStitch.Core.Transport;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Stitching;

/// <summary>A whole layer pair with the costs of its arcs.</summary>
internal sealed record CostedPair(LayerPair Pair, TransportArc[] Arcs)
{
    public static CostedPair Of(LayerPair pair) => new(pair, JaccardCost.Arcs(pair));
}

/// <summary>What was measured of one layer pair in one block: all of it, or the overlaps in some rows.</summary>
/// <param name="Source">Layer p, or <see cref="OverlapMeasurement.NoLayer"/>.</param>
/// <param name="Target">Layer z.</param>
/// <param name="Whole">The pair, when the block holds whole layers.</param>
/// <param name="Part">The overlaps by first pixel, when it holds some rows.</param>
internal sealed record MeasuredPair(int Source, int Target, CostedPair? Whole, LabelOverlap[]? Part);

/// <summary>The table of one block.</summary>
internal sealed record OverlapBlock(VolumeShape Shape, RowRange Rows, MeasuredPair[] Pairs)
{
    public void Write(Stream stream)
    {
        var table = new TableWriter(StageTable.Overlaps);
        table.Shape(Shape);
        table.Number(Rows.First);
        table.Number(Rows.End);
        table.Number(Pairs.Length);
        foreach (MeasuredPair pair in Pairs)
        {
            table.NumberOrNone(pair.Source);
            table.Number(pair.Target);
            if (pair.Whole is { } whole)
            {
                Write(table, whole);
            }
            else
            {
                Write(table, pair.Part!);
            }
        }

        table.WriteTo(stream);
    }

    public static OverlapBlock Read(Stream stream)
    {
        var table = new TableReader(stream, StageTable.Overlaps);
        VolumeShape shape = table.Shape();
        var rows = new RowRange(table.Int(), table.Int());
        if (rows.First >= rows.End || rows.End > shape.Height)
        {
            throw StageTable.Overlaps.Damaged($"it has rows {rows.First} to {rows.End - 1} of {shape.Height}.");
        }

        var pairs = new MeasuredPair[table.Count()];
        for (int i = 0; i < pairs.Length; i++)
        {
            (int source, int target) = (table.IntOrNone(), table.Int());
            if (source >= target || target >= shape.Depth)
            {
                throw StageTable.Overlaps.Damaged($"it has the layer pair {source}, {target} of {shape.Depth} layers.");
            }

            pairs[i] = rows == RowRange.All(shape)
                ? new MeasuredPair(source, target, ReadWhole(table, shape), null)
                : new MeasuredPair(source, target, null, ReadPart(table));
        }

        table.End();
        return new OverlapBlock(shape, rows, pairs);
    }

    /// <summary>Slices, ascending in the first pixel.</summary>
    internal static void Write(TableWriter table, ReadOnlySpan<CellSlice> slices)
    {
        table.Number(slices.Length);
        int pixel = 0;
        foreach (CellSlice slice in slices)
        {
            table.Number(slice.Label);
            table.Number(slice.Pixels);
            table.Number(slice.FirstPixel - pixel);
            pixel = slice.FirstPixel;
        }
    }

    internal static CellSlice[] ReadSlices(TableReader table)
    {
        var slices = new CellSlice[table.Count()];
        int pixel = 0;
        for (int i = 0; i < slices.Length; i++)
        {
            slices[i] = new CellSlice(table.Label(), table.Int(), pixel += table.Int());
        }

        return slices;
    }

    private static void Write(TableWriter table, CostedPair whole)
    {
        Write(table, whole.Pair.Sources);
        Write(table, whole.Pair.Targets);
        table.Number(whole.Arcs.Length);
        int source = 0;
        for (int i = 0; i < whole.Arcs.Length; i++)
        {
            SliceOverlap overlap = whole.Pair.Overlaps[i];
            table.Number(overlap.Source - source);
            table.Number(overlap.Target);
            table.Number(overlap.Pixels);
            table.Number(overlap.Rejecting);
            table.Number(whole.Arcs[i].Cost);
            source = overlap.Source;
        }
    }

    private static CostedPair ReadWhole(TableReader table, VolumeShape shape)
    {
        CellSlice[] sources = ReadSlices(table);
        CellSlice[] targets = ReadSlices(table);
        var overlaps = new SliceOverlap[table.Count()];
        var arcs = new TransportArc[overlaps.Length];
        int source = 0;
        for (int i = 0; i < overlaps.Length; i++)
        {
            source += table.Int();
            overlaps[i] = new SliceOverlap(source, table.Int(), table.Int(), table.Int());
            arcs[i] = new TransportArc(source, overlaps[i].Target, table.Int());
        }

        return new CostedPair(new LayerPair(sources, targets, overlaps, shape.LayerPixels), arcs);
    }

    private static void Write(TableWriter table, LabelOverlap[] part)
    {
        table.Number(part.Length);
        int pixel = 0;
        foreach (LabelOverlap overlap in part)
        {
            table.Number(overlap.Source);
            table.Number(overlap.Target);
            table.Number(overlap.Pixels);
            table.Number(overlap.Rejecting);
            table.Number(overlap.FirstPixel - pixel);
            pixel = overlap.FirstPixel;
        }
    }

    private static LabelOverlap[] ReadPart(TableReader table)
    {
        var part = new LabelOverlap[table.Count()];
        int pixel = 0;
        for (int i = 0; i < part.Length; i++)
        {
            part[i] = new LabelOverlap(table.Label(), table.Label(), table.Int(), table.Int(), pixel += table.Int());
        }

        return part;
    }
}
