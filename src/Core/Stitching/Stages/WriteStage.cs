using CellStitch.Core.Interpolation;
using CellStitch.Core.Interpolation.Stages;
using CellStitch.Core.IO;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Stitching;

/// <summary>Stage "write": the pages of a range of layers of the result, and the measures of the cells in them. Layers are numbered from the top here.</summary>
public static class WriteStage
{
    /// <summary>The layers, in the order of the tracing, whose cells must be known to write some: these, and with repairs two on either side.</summary>
    /// <param name="layers">Layers of the result, from the top.</param>
    /// <param name="shape">Shape of the volume.</param>
    /// <param name="options">Options of the method.</param>
    public static LayerRange LayersNeeded(LayerRange layers, VolumeShape shape, StitchOptions options) =>
        layers.Widened(Repairs(options) ? GapFilling.MostLayers : 0, shape.Depth).Traced(options.Direction, shape.Depth);

    private static bool Repairs(StitchOptions options) => options is { Profile: StitchProfile.Robust, Repair: true };

    /// <summary>Paints, measures and encodes a range of layers.</summary>
    /// <param name="xy">The XY masks, from the top.</param>
    /// <param name="layers">Layers of the result, from the top.</param>
    /// <param name="cells">The tables of traced cells of the runs that hold the layers of <see cref="LayersNeeded"/>, in any order.</param>
    /// <param name="labels">The final labels (<see cref="CorrectOutcome.Labels"/>).</param>
    /// <param name="options">Options of the method; of these, profile, repair, direction and threads count here.</param>
    /// <param name="page">
    /// Takes every z and its page, in order; the file is the header, the <see cref="EncodedPage.Bytes"/> of all pages, the trailer (<see cref="WrittenLayers.Directories"/>).
    /// </param>
    /// <param name="table">Receives the lengths of the strips and the measures, for <see cref="WrittenLayers.Read"/>.</param>
    /// <param name="slices">Receives which labels each layer has, for <see cref="InterpolateStage.List"/>; null when nothing is interpolated.</param>
    /// <param name="cancellation">Checked once per layer.</param>
    /// <exception cref="InvalidMaskException">The stack cannot be read or does not hold labels.</exception>
    /// <exception cref="InvalidDataException">A table is damaged, missing, or of another run.</exception>
    public static void Run(
        ILayerSource xy,
        LayerRange layers,
        IReadOnlyList<Stream> cells,
        Stream labels,
        StitchOptions options,
        Action<int, EncodedPage> page,
        Stream table,
        Stream? slices,
        CancellationToken cancellation)
    {
        VolumeShape shape = xy.Shape;
        layers.RequireWithin(shape);
        var traced = TracedCells.Read(cells);
        StageTable.RequireShape(StageTable.Cells, traced.Shape, shape);
        traced.RequireCover(LayersNeeded(layers, shape, options));
        var final = FinalCells.Read(labels);
        StageTable.RequireShape(StageTable.Labels, final.Shape, shape);
        StageTable.RequireCells(StageTable.Labels, final.Labels.Length - 1, traced.Cells);

        ILayerSource masks = new MaskStacks(xy).Traced(options.Direction).Xy;
        LayerPainter painter = Repairs(options)
            ? LayerPainter.OfRepaired(masks, traced.Splits, traced.Slices, traced.Cells, options)
            : new LayerPainter(masks, traced.Slices, traced.Cells);
        var contents = new TiffContents(shape, TiffContents.BitsFor(final.LargestLabel), xy.VoxelSize);
        var written = new WrittenLayers(layers, contents.Bits, new CellTable(shape));
        var present = new List<uint[]>();
        painter.PaintInOrder(layers, final, options.Direction, new LayerRuns(options, cancellation), written.Cells, Encode, TakePage);
        written.FilledSlices = painter.FilledSlices;
        written.Write(table);
        if (slices is not null)
        {
            SliceTable.Write(slices, shape, layers, present);
        }

        (EncodedPage, uint[]) Encode(uint[] layer) =>
            (EncodedPage.Encode(layer, contents), slices is null ? [] : LayerSlices.LabelsOf(layer));

        void TakePage(int z, (EncodedPage Page, uint[] Labels) encoded)
        {
            page(z, encoded.Page);
            written.StripLengths.Add(encoded.Page.StripLengths);
            present.Add(encoded.Labels);
        }
    }
}
