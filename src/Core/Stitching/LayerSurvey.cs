using CellStitch.Core.Volumes;

namespace CellStitch.Core.Stitching;

/// <summary>Pixels that a cell of one layer shares with a cell of the layer it is compared with.</summary>
/// <param name="Cell">The cell that occurs in this layer only.</param>
/// <param name="Reference">The cell beside it; 0 is background.</param>
/// <param name="Pixels">Shared pixels, above 0.</param>
public readonly record struct CellContact(int Cell, int Reference, int Pixels);

/// <summary>
/// What the final pass needs to know of one layer after its holes are filled: which slices changed, and what the cells seen in one layer only lie on.
/// </summary>
/// <param name="Changed">Slices that gained or lost pixels, ascending in the cell; all others are as their masks.</param>
/// <param name="Contacts">Contacts of this layer's single-layer cells with the layer before, ascending in (cell, reference).</param>
/// <param name="ContactsAbove">
/// In layer 1 only: contacts of layer 0's single-layer cells with layer 1, since layer 0 has no layer before it. Empty elsewhere.
/// </param>
public sealed record LayerSurvey(ChangedSlice[] Changed, CellContact[] Contacts, CellContact[] ContactsAbove)
{
    /// <summary>Surveys one layer. Fills the holes of <paramref name="layer"/> in place.</summary>
    /// <param name="z">The layer.</param>
    /// <param name="layer">Its cell numbers in raster order, before filling.</param>
    /// <param name="before">The layer before, already filled; empty for z = 0.</param>
    /// <param name="width">Columns of a layer.</param>
    /// <param name="census">Which cells are too small, and which occur in one layer only.</param>
    public static LayerSurvey Of(int z, Span<uint> layer, ReadOnlySpan<uint> before, int width, CellCensus census)
    {
        ChangedSlice[] changed = HoleFilling.Fill(layer, width, census.Fills);
        bool needsContacts = z > 0 && (census.HasSingleLayerCells(z) || (z == 1 && census.HasSingleLayerCells(0)));
        if (!needsContacts)
        {
            return new LayerSurvey(changed, [], []);
        }

        var overlaps = new OverlapTable();
        overlaps.Add(0, before, layer);
        var contacts = new List<CellContact>();
        var contactsAbove = new List<CellContact>();
        foreach (LabelOverlap overlap in overlaps.Overlaps)
        {
            int reference = checked((int)overlap.Source);
            int cell = checked((int)overlap.Target);
            if (census.IsSingleLayerCell(cell, z))
            {
                contacts.Add(new CellContact(cell, reference, overlap.Pixels));
            }

            if (z == 1 && census.IsSingleLayerCell(reference, 0))
            {
                contactsAbove.Add(new CellContact(reference, cell, overlap.Pixels));
            }
        }

        return new LayerSurvey(changed, Ordered(contacts), Ordered(contactsAbove));
    }

    /// <summary>Surveys a run of layers.</summary>
    /// <param name="painter">Paints them, and the layer before the first.</param>
    /// <param name="layers">The run.</param>
    /// <param name="census">The census to assume.</param>
    /// <param name="surveyed">Takes z and its survey.</param>
    /// <param name="cancellation">Checked once per layer.</param>
    internal static void Down(
        LayerPainter painter, LayerRange layers, CellCensus census, Action<int, LayerSurvey> surveyed, CancellationToken cancellation)
    {
        int pixels = painter.Shape.LayerPixels;
        uint[] before = LayerBuffers.Rent(pixels);
        uint[] layer = LayerBuffers.Rent(pixels);
        try
        {
            if (layers.First > 0)
            {
                painter.PaintFilledCells(layers.First - 1, before, census.Fills);
            }
            else
            {
                Array.Clear(before);
            }

            for (int z = layers.First; z < layers.End; z++)
            {
                cancellation.ThrowIfCancellationRequested();
                painter.PaintCells(z, layer);
                surveyed(z, Of(z, layer, before, painter.Shape.Width, census));
                (before, layer) = (layer, before);
            }
        }
        finally
        {
            LayerBuffers.Return(before);
            LayerBuffers.Return(layer);
        }
    }

    private static CellContact[] Ordered(List<CellContact> contacts)
    {
        contacts.Sort((a, b) => a.Cell != b.Cell ? a.Cell.CompareTo(b.Cell) : a.Reference.CompareTo(b.Reference));
        return [.. contacts];
    }
}
