using System.Text.Json.Serialization;

namespace CellStitch.Core.Stitching;

/// <summary>Why a cell is not in the result.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DropReason>))]
public enum DropReason
{
    /// <summary>Far fewer layers than most cells have, inside the volume, and no projections that could support it.</summary>
    [JsonStringEnumMemberName("tooShort")]
    TooShort,

    /// <summary>Fewer layers than most cells have, and the projections have no cell in much of it.</summary>
    [JsonStringEnumMemberName("unsupported")]
    Unsupported,

    /// <summary>Fewer voxels than <see cref="StitchOptions.MinimumVolume"/>.</summary>
    [JsonStringEnumMemberName("tooSmall")]
    TooSmall,
}

/// <summary>A cell that the correction of profile <c>robust</c> removed. Where it lay: the first of its pixels.</summary>
/// <param name="Z">Its first layer from the top.</param>
/// <param name="Y">Row.</param>
/// <param name="X">Column.</param>
/// <param name="Layers">Layers it occurred in.</param>
/// <param name="Voxels">Its voxels.</param>
/// <param name="Reason">Why it was removed.</param>
public sealed record DroppedCell(int Z, int Y, int X, int Layers, long Voxels, DropReason Reason);

/// <summary>A cell as its slices make it, before the correction.</summary>
internal struct LinkedCell
{
    public int FirstSlice;
    public int FirstPixel;
    public int Layers;
    public int LastLayer;
    public long Voxels;
    public long Support;
    public bool TouchesEnd;
}

/// <summary>
/// The correction of profile <c>robust</c>: pieces of cells join the cell they touch most, and cells that are too short, unsupported or too small are
/// dropped. Every decision is taken from the same snapshot, so the order of the cells does not matter.
/// </summary>
internal sealed class Fragments
{
    // Shares of the layers of a usual cell up to which a cell counts as a piece, and as too short (docs/algorithm.md, "Correction").
    private const int PieceShare = 4;
    private const int ShortShare = 4;

    // A cell without length would need 4/5 of its votes, one of usual length none.
    private const int SupportFifths = 4;

    private readonly SliceGraph _graph;
    private readonly int[] _cellOf;
    private readonly LinkedCell[] _cells;
    private readonly int _usualLayers;

    /// <param name="graph">The slices.</param>
    /// <param name="cellOf">For each slice its cell, 1 … ; entry 0 is 0.</param>
    public Fragments(SliceGraph graph, int[] cellOf)
    {
        (_graph, _cellOf) = (graph, cellOf);
        _cells = Measure(graph, cellOf);
        _usualLayers = UsualLayers(_cells);
    }

    /// <summary>For each cell the cell it becomes a part of: itself, or the longer one it is a piece of.</summary>
    public int[] Absorb()
    {
        int most = Math.Max(1, _usualLayers / PieceShare);
        var layersOf = new HashSet<(int Cell, int Layer)>();
        for (int i = 1; i < _cellOf.Length; i++)
        {
            layersOf.Add((_cellOf[i], _graph.Slices[i].Layer));
        }

        var beside = new HashSet<(int Piece, int Cell)>();
        var contact = new Dictionary<(int Piece, int Cell), long>();
        foreach ((int a, int b, int pixels, int _) in _graph.Contacts)
        {
            Touch(_cellOf[a], _cellOf[b], pixels);
            Touch(_cellOf[b], _cellOf[a], pixels);
        }

        MarkBeside();
        int[] becomes = [.. Enumerable.Range(0, _cells.Length)];
        JoinStrongest(SideEvidence(most), becomes, (piece, side) => side > 0 && (Int128)side * side > _cells[piece].Voxels);
        JoinStrongest(contact.Where(entry => beside.Contains(entry.Key)), becomes, (piece, pixels) => 2 * pixels > _cells[piece].Voxels);

        // A piece of a piece: the chain ends, since each step leads to a larger cell.
        for (int cell = 1; cell < becomes.Length; cell++)
        {
            while (becomes[becomes[cell]] != becomes[cell])
            {
                becomes[cell] = becomes[becomes[cell]];
            }
        }

        return becomes;

        void Touch(int piece, int cell, int pixels)
        {
            if (piece != cell && _cells[piece].Layers <= most && _cells[cell].Layers > _cells[piece].Layers)
            {
                contact[(piece, cell)] = contact.GetValueOrDefault((piece, cell)) + pixels;
            }
        }

        // A piece of a cell lies in a layer where the rest of the cell is, too.
        void MarkBeside()
        {
            var candidates = contact.Keys.ToLookup(pair => pair.Piece, pair => pair.Cell);
            for (int i = 1; i < _cellOf.Length; i++)
            {
                foreach (int cell in candidates[_cellOf[i]])
                {
                    if (layersOf.Contains((cell, _graph.Slices[i].Layer)))
                    {
                        beside.Add((_cellOf[i], cell));
                    }
                }
            }
        }
    }

    // ΣS of each piece with each larger cell.
    private Dictionary<(int Piece, int Cell), long> SideEvidence(int mostLayers)
    {
        var sides = new Dictionary<(int Piece, int Cell), long>();
        foreach (SliceLink link in _graph.Links)
        {
            (int a, int b) = (_cellOf[link.A], _cellOf[link.B]);
            if (link.Side != 0 && a != b)
            {
                (int piece, int cell) = IsLarger(a, b) ? (b, a) : (a, b);
                if (_cells[piece].Layers <= mostLayers)
                {
                    sides[(piece, cell)] = sides.GetValueOrDefault((piece, cell)) + link.Side;
                }
            }
        }

        return sides;
    }

    private bool IsLarger(int cell, int other)
    {
        int order = _cells[cell].Layers.CompareTo(_cells[other].Layers);
        order = order != 0 ? order : _cells[cell].Voxels.CompareTo(_cells[other].Voxels);
        order = order != 0 ? order : _cells[other].FirstPixel.CompareTo(_cells[cell].FirstPixel);
        return (order != 0 ? order : other.CompareTo(cell)) > 0;
    }

    // Each piece joins the cell that most speaks for, if that is enough.
    private void JoinStrongest(IEnumerable<KeyValuePair<(int Piece, int Cell), long>> evidence, int[] becomes, Func<int, long, bool> isEnough)
    {
        foreach (IGrouping<int, KeyValuePair<(int Piece, int Cell), long>> piece in evidence.GroupBy(entry => entry.Key.Piece))
        {
            ((int _, int cell), long strongest) = piece
                .OrderByDescending(entry => entry.Value)
                .ThenByDescending(entry => _cells[entry.Key.Cell].Voxels)
                .ThenBy(entry => _cells[entry.Key.Cell].FirstPixel)
                .ThenBy(entry => entry.Key.Cell)
                .First();
            if (isEnough(piece.Key, strongest))
            {
                becomes[piece.Key] = cell;
            }
        }
    }

    /// <summary>The cells to drop after the pieces were absorbed.</summary>
    /// <param name="becomes">What <see cref="Absorb"/> returned.</param>
    /// <param name="options">Options of the method.</param>
    public IEnumerable<(int Cell, LinkedCell Measures, DropReason Reason)> Drop(int[] becomes, StitchOptions options)
    {
        LinkedCell[] cells = Measure(_graph, [.. _cellOf.Select(cell => becomes[cell])]);
        for (int cell = 1; cell < cells.Length; cell++)
        {
            LinkedCell found = cells[cell];
            if (found.Layers == 0)
            {
                continue;
            }

            DropReason? reason = found.Voxels < options.MinimumVolume ? DropReason.TooSmall
                : !options.DropFragments ? null
                : _graph.IsSupported ? (IsUnsupported(found) ? DropReason.Unsupported : null)
                : found.Layers * ShortShare <= _usualLayers && !found.TouchesEnd ? DropReason.TooShort
                : null;
            if (reason is { } why)
            {
                yield return (cell, found, why);
            }
        }
    }

    // Support / (2 · voxels) < 4/5 · (1 − layers / usual layers): the shorter a cell, the more of it the projections must show.
    private bool IsUnsupported(LinkedCell cell) =>
        5 * cell.Support * _usualLayers < SupportFifths * 2 * cell.Voxels * (_usualLayers - cell.Layers);

    private static LinkedCell[] Measure(SliceGraph graph, int[] cellOf)
    {
        var cells = new LinkedCell[cellOf.Max() + 1];
        for (int i = 1; i < cellOf.Length; i++)
        {
            ref LinkedCell cell = ref cells[cellOf[i]];
            SliceNode slice = graph.Slices[i];
            if (cell.Layers == 0 || cell.LastLayer != slice.Layer)
            {
                cell.FirstSlice = cell.Layers == 0 ? i : cell.FirstSlice;
                cell.FirstPixel = cell.Layers == 0 ? slice.FirstPixel : cell.FirstPixel;
                cell.Layers++;
                cell.LastLayer = slice.Layer;
            }

            cell.FirstPixel = Math.Min(cell.FirstPixel, slice.FirstPixel);
            cell.Voxels += slice.Pixels;
            cell.Support += slice.Support;
            cell.TouchesEnd |= slice.Layer == 0 || slice.Layer == graph.Depth - 1;
        }

        return cells;
    }

    // Layers of the cell in the middle when every cell counts by its voxels: false slices are many but small.
    private static int UsualLayers(LinkedCell[] cells)
    {
        long all = cells.Sum(cell => cell.Voxels);
        long voxels = 0;
        foreach (LinkedCell cell in cells.OrderBy(cell => cell.Layers))
        {
            voxels += cell.Voxels;
            if (cell.Layers > 0 && 2 * voxels >= all)
            {
                return cell.Layers;
            }
        }

        return 0;
    }
}
