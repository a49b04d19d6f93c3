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

    /// <summary>The evidence on the slices in profile <c>robust</c>, where every slice is a cell of its own; empty in profile <c>paper</c>.</summary>
    public EvidenceLayer[] Evidence { get; private init; } = [];

    /// <summary>The splits of each layer of the volume; of layers of other runs none.</summary>
    public LayerSplit[] Splits
    {
        get
        {
            var splits = new LayerSplit[Shape.Depth];
            Array.Fill(splits, LayerSplit.None);
            foreach (EvidenceLayer layer in Evidence)
            {
                splits[layer.Layer] = layer.Split;
            }

            return splits;
        }
    }

    /// <summary>How sure the links of the slices are in profile <c>paper</c>, by layer of the volume; an empty layer has no layer before it, and all are in profile <c>robust</c>.</summary>
    public LinkFigures[][] Figures { get; init; } = [];

    /// <summary>The slices of a run with the evidence on them.</summary>
    public static TracedCells Of(VolumeShape shape, LayerRange layers, EvidenceLayer[] evidence)
    {
        var slices = new CellSlice[shape.Depth][];
        int[][] cells = [.. Enumerable.Repeat<int[]>([], shape.Depth)];
        foreach (EvidenceLayer layer in evidence)
        {
            slices[layer.Layer] = layer.CellSlices;
            cells[layer.Layer] = [.. Enumerable.Range(layer.FirstSlice, layer.Slices.Length)];
        }

        return new TracedCells(shape, layers, slices, Relabeling.Restore(cells, cellCount: 0))
        {
            Evidence = evidence,
            Figures = [.. Enumerable.Repeat<LinkFigures[]>([], shape.Depth)],
        };
    }

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

            // Margins are at least −1.
            table.Number(Figures[z].Length);
            foreach (LinkFigures figures in Figures[z])
            {
                table.Number((long)figures.Margin + JaccardCost.One);
                table.Number(figures.Rejecting);
            }
        }

        table.Number(Evidence.Length);
        foreach (EvidenceLayer layer in Evidence)
        {
            layer.Write(table);
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
        LinkFigures[][] figures = [];
        VolumeShape? shape = null;
        var runs = new List<LayerRange>();
        var evidence = new List<EvidenceLayer>();
        foreach (Stream stream in tables)
        {
            var table = new TableReader(stream, StageTable.Cells);
            VolumeShape found = table.Shape();
            if (shape is null)
            {
                shape = found;
                slices = [.. Enumerable.Repeat<CellSlice[]>([], found.Depth)];
                cells = [.. Enumerable.Repeat<int[]>([], found.Depth)];
                figures = [.. Enumerable.Repeat<LinkFigures[]>([], found.Depth)];
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

                figures[z] = new LinkFigures[table.Count()];
                if (figures[z].Length != 0 && figures[z].Length != slices[z].Length)
                {
                    throw table.Kind.Damaged($"it has figures of {figures[z].Length} slices of layer {z}, which has {slices[z].Length}.");
                }

                for (int i = 0; i < figures[z].Length; i++)
                {
                    figures[z][i] = new LinkFigures(table.Int() - JaccardCost.One, table.Int());
                }
            }

            for (int left = table.Count(); left > 0; left--)
            {
                evidence.Add(EvidenceLayer.Read(table, slices));
            }

            table.End();
            runs.Add(run);
        }

        int cellCount = cells.Max(layer => layer.Length == 0 ? 0 : layer.Max());
        return new TracedCells(shape!.Value, StageTable.Join(StageTable.Cells, runs), slices, Relabeling.Restore(cells, cellCount))
        {
            Evidence = [.. evidence.OrderBy(layer => layer.Layer)],
            Figures = figures,
        };
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
