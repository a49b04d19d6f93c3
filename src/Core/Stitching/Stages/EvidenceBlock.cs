using CellStitch.Core.IO;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Stitching;

/// <summary>The evidence counted in one block.</summary>
internal sealed record EvidenceBlock(VolumeShape Shape, RowRange Rows, LayerVotes[] Layers)
{
    public void Write(Stream stream)
    {
        var table = new TableWriter(StageTable.Evidence);
        table.Shape(Shape);
        table.Number(Rows.First);
        table.Number(Rows.End);
        table.Number(Layers.Length);
        foreach (LayerVotes layer in Layers)
        {
            table.Number(layer.Layer);
            Write(table, layer.Slices);
            for (int d = 0; d < layer.Overlaps.Length; d++)
            {
                table.NumberOrNone(layer.Sources[d]);
                Write(table, layer.Overlaps[d]);
            }

            Write(table, layer.Neighbours);
            layer.Split.Write(table);
        }

        table.WriteTo(stream);
    }

    public static EvidenceBlock Read(Stream stream)
    {
        var table = new TableReader(stream, StageTable.Evidence);
        VolumeShape shape = table.Shape();
        var rows = new RowRange(table.Int(), table.Int());
        if (rows.First >= rows.End || rows.End > shape.Height)
        {
            throw StageTable.Evidence.Damaged($"it has rows {rows.First} to {rows.End - 1} of {shape.Height}.");
        }

        var layers = new LayerVotes[table.Count()];
        for (int i = 0; i < layers.Length; i++)
        {
            int layer = table.Int();
            SupportedSlice[] slices = ReadSlices(table);
            int[] sources = new int[EvidenceMeasurement.Distances.Length];
            var overlaps = new PairVotes[sources.Length][];
            for (int d = 0; d < sources.Length; d++)
            {
                sources[d] = table.IntOrNone();
                overlaps[d] = ReadPairs(table);
            }

            layers[i] = new LayerVotes(layer, sources, slices, overlaps, ReadPairs(table)) { Split = LayerSplit.Read(table) };
        }

        table.End();
        return new EvidenceBlock(shape, rows, layers);
    }

    /// <summary>The evidence of every layer of a run; blocks of rows are summed.</summary>
    /// <exception cref="InvalidDataException">The blocks do not hold every row of every layer exactly once.</exception>
    public static (VolumeShape Shape, LayerVotes[] Layers) Assemble(LayerRange layers, IReadOnlyList<Stream> tables)
    {
        if (tables.Count == 0)
        {
            throw new InvalidDataException($"There is no evidence of layers {layers.First} to {layers.End - 1}.");
        }

        VolumeShape? shape = null;
        var sums = new LayerVotes?[layers.Count];
        var rows = new List<RowRange>[layers.Count];
        foreach (Stream stream in tables)
        {
            EvidenceBlock block = Read(stream);
            StageTable.RequireShape(StageTable.Evidence, block.Shape, shape ??= block.Shape);
            foreach (LayerVotes votes in block.Layers)
            {
                int i = votes.Layer - layers.First;
                if (i < 0 || i >= layers.Count)
                {
                    throw new InvalidDataException($"A table holds evidence of layer {votes.Layer}; expected layers {layers.First} to {layers.End - 1}.");
                }

                (rows[i] ??= []).Add(block.Rows);
                sums[i] = sums[i]?.Plus(votes) ?? votes;
            }
        }

        for (int i = 0; i < sums.Length; i++)
        {
            MeasuredRun.RequireAllRows(StageTable.Evidence, rows[i], layers.First + i, shape!.Value.Height);
        }

        return (shape!.Value, [.. sums.OfType<LayerVotes>()]);
    }

    /// <summary>Slices, ascending in the first pixel.</summary>
    internal static void Write(TableWriter table, SupportedSlice[] slices)
    {
        table.Number(slices.Length);
        int pixel = 0;
        foreach (SupportedSlice slice in slices)
        {
            table.Number(slice.Label);
            table.Number(slice.Pixels);
            table.Number(slice.FirstPixel - pixel);
            table.Number(slice.Support);
            pixel = slice.FirstPixel;
        }
    }

    internal static SupportedSlice[] ReadSlices(TableReader table)
    {
        var slices = new SupportedSlice[table.Count()];
        int pixel = 0;
        for (int i = 0; i < slices.Length; i++)
        {
            slices[i] = new SupportedSlice(table.Label(), table.Int(), pixel += table.Int(), table.Int());
        }

        return slices;
    }

    private static void Write(TableWriter table, PairVotes[] pairs)
    {
        table.Number(pairs.Length);
        uint a = 0;
        foreach (PairVotes pair in pairs)
        {
            table.Number(pair.A - a);
            table.Number(pair.B);
            table.Number(pair.Pixels);
            table.Number(pair.Agreeing);
            table.Number(pair.Rejecting);
            a = pair.A;
        }
    }

    private static PairVotes[] ReadPairs(TableReader table)
    {
        var pairs = new PairVotes[table.Count()];
        uint a = 0;
        for (int i = 0; i < pairs.Length; i++)
        {
            a += table.Label();
            pairs[i] = new PairVotes(a, table.Label(), table.Int(), table.Int(), table.Int());
        }

        return pairs;
    }
}
