namespace CellStitch.Core.Stitching;

/// <summary>A slice whose pixels the filling changed.</summary>
/// <param name="Cell">Its cell.</param>
/// <param name="SeenPixels">Pixels it still had when its turn came: cells are filled in ascending order, and the size filter counts these.</param>
/// <param name="FilledPixels">Pixels it gained by filling its holes.</param>
/// <param name="FinalPixels">Pixels it has after the whole layer is filled; 0 when another cell swallowed it.</param>
/// <param name="FirstPixel">Smallest raster index of the final pixels; −1 when there are none.</param>
public readonly record struct ChangedSlice(int Cell, int SeenPixels, int FilledPixels, int FinalPixels, int FirstPixel);

/// <summary>
/// Fills the holes of every cell in one layer. A hole is a part of the layer that 4-connected paths cannot leave without crossing the cell.
/// Cells are filled in ascending order and overwrite what they enclose, as published (docs/algorithm.md, "Final pass").
/// </summary>
public static class HoleFilling
{
    /// <summary>Fills the holes of one layer in place.</summary>
    /// <param name="layer">Height × width cell numbers in raster order; 0 is background.</param>
    /// <param name="width">Columns of the layer.</param>
    /// <param name="fills">Whether a cell fills its holes; a cell that the size filter removes does not.</param>
    /// <returns>The slices that gained or lost pixels, ascending in the cell. Empty when the layer has no holes.</returns>
    public static ChangedSlice[] Fill(Span<uint> layer, int width, Func<int, bool> fills)
    {
        SortedDictionary<uint, PixelBox> holed = SlicesWithHoles(layer, width);
        var changes = new SortedDictionary<uint, Change>();
        foreach ((uint cell, PixelBox box) in holed)
        {
            if (fills(checked((int)cell)))
            {
                FillSlice(layer, width, cell, box, changes);
            }
        }

        var changed = new List<ChangedSlice>(changes.Count);
        foreach ((uint cell, Change change) in changes)
        {
            int pixels = layer.Count(cell);
            int before = pixels - change.Gained + change.Lost;
            changed.Add(new ChangedSlice((int)cell, before - change.LostBeforeTurn, change.Gained, pixels, layer.IndexOf(cell)));
        }

        return [.. changed];
    }

    /// <summary>
    /// The cells with a hole, with their bounding boxes. The runs of one cell, joined where runs of neighbouring rows touch (8-connected), form a
    /// graph whose independent cycles are the holes: joining two runs that are already connected closes one.
    /// </summary>
    /// <param name="layer">Cell numbers in raster order.</param>
    /// <param name="width">Columns of the layer.</param>
    internal static SortedDictionary<uint, PixelBox> SlicesWithHoles(ReadOnlySpan<uint> layer, int width)
    {
        var holed = new SortedDictionary<uint, PixelBox>();
        var components = new Components();
        var above = new Run[width];
        var current = new Run[width];
        int aboveCount = 0;
        for (int y = 0; y < layer.Length / width; y++)
        {
            int count = CellRuns(layer.Slice(y * width, width), current);
            int next = 0;
            for (int i = 0; i < count; i++)
            {
                ref Run run = ref current[i];

                // A run above touches this one, diagonals included, unless it ends left of Start − 1 or begins right of End.
                while (next < aboveCount && above[next].End < run.Start)
                {
                    next++;
                }

                run.Component = Components.None;
                for (int j = next; j < aboveCount && above[j].Start <= run.End; j++)
                {
                    if (above[j].Cell == run.Cell && !components.Join(ref run.Component, above[j].Component))
                    {
                        holed[run.Cell] = default;
                    }
                }

                if (run.Component == Components.None)
                {
                    run.Component = components.Add();
                }
            }

            (above, current, aboveCount) = (current, above, count);
        }

        MeasureBoxes(layer, width, holed);
        return holed;
    }

    private static int CellRuns(ReadOnlySpan<uint> row, Run[] runs)
    {
        int count = 0;
        for (int x = 0; x < row.Length;)
        {
            uint cell = row[x];
            int start = x;
            do
            {
                x++;
            }
            while (x < row.Length && row[x] == cell);

            if (cell != 0)
            {
                runs[count++] = new Run { Cell = cell, Start = start, End = x };
            }
        }

        return count;
    }

    private static void MeasureBoxes(ReadOnlySpan<uint> layer, int width, SortedDictionary<uint, PixelBox> boxes)
    {
        if (boxes.Count == 0)
        {
            return;
        }

        var measured = new Dictionary<uint, PixelBox>();
        int at = 0;
        while (at < layer.Length)
        {
            int left = layer.Length - at;
            uint cell = layer[at];
            int length = layer[at..].IndexOfAnyExcept(cell);
            length = Math.Min(length < 0 ? left : length, width - (at % width));
            if (boxes.ContainsKey(cell))
            {
                int x = at % width;
                var run = new PixelBox(at / width, x, at / width, x + length - 1);
                measured[cell] = measured.TryGetValue(cell, out PixelBox box) ? box.Union(run) : run;
            }

            at += length;
        }

        foreach ((uint cell, PixelBox box) in measured)
        {
            boxes[cell] = box;
        }
    }

    // Floods what surrounds the slice from the border of its box; what stays dry and is not the slice lies in a hole.
    private static void FillSlice(Span<uint> layer, int width, uint cell, PixelBox box, SortedDictionary<uint, Change> changes)
    {
        int boxHeight = box.LastY - box.FirstY + 1;
        int boxWidth = box.LastX - box.FirstX + 1;
        bool[] outside = Surroundings(layer, width, cell, box);
        for (int y = 0; y < boxHeight; y++)
        {
            Span<uint> row = layer.Slice(((box.FirstY + y) * width) + box.FirstX, boxWidth);
            for (int x = 0; x < boxWidth; x++)
            {
                uint other = row[x];
                if (other == cell || outside[(y * boxWidth) + x])
                {
                    continue;
                }

                row[x] = cell;
                changes[cell] = changes.GetValueOrDefault(cell) with { Gained = changes.GetValueOrDefault(cell).Gained + 1 };
                if (other != 0)
                {
                    Change loss = changes.GetValueOrDefault(other);
                    changes[other] = loss with { Lost = loss.Lost + 1, LostBeforeTurn = loss.LostBeforeTurn + (other > cell ? 1 : 0) };
                }
            }
        }
    }

    private static bool[] Surroundings(ReadOnlySpan<uint> layer, int width, uint cell, PixelBox box)
    {
        int boxHeight = box.LastY - box.FirstY + 1;
        int boxWidth = box.LastX - box.FirstX + 1;
        var outside = new bool[boxHeight * boxWidth];
        var open = new Stack<(int Y, int X)>();
        for (int x = 0; x < boxWidth; x++)
        {
            open.Push((0, x));
            open.Push((boxHeight - 1, x));
        }

        for (int y = 0; y < boxHeight; y++)
        {
            open.Push((y, 0));
            open.Push((y, boxWidth - 1));
        }

        while (open.TryPop(out (int Y, int X) pixel))
        {
            (int y, int x) = pixel;
            if (y < 0 || y >= boxHeight || x < 0 || x >= boxWidth || outside[(y * boxWidth) + x]
                || layer[((box.FirstY + y) * width) + box.FirstX + x] == cell)
            {
                continue;
            }

            outside[(y * boxWidth) + x] = true;
            open.Push((y - 1, x));
            open.Push((y + 1, x));
            open.Push((y, x - 1));
            open.Push((y, x + 1));
        }

        return outside;
    }

    private struct Run
    {
        public uint Cell;
        public int Start;
        public int End;
        public int Component;
    }

    // Disjoint sets of runs: the parent of a set points to a smaller index, a root to itself.
    private sealed class Components
    {
        public const int None = -1;

        private readonly List<int> _parents = [];

        public int Add()
        {
            _parents.Add(_parents.Count);
            return _parents.Count - 1;
        }

        /// <summary>Puts a run into the component of one above it; false when it was in that component already.</summary>
        public bool Join(ref int component, int other)
        {
            if (component == None)
            {
                component = other;
                return true;
            }

            int a = Root(component);
            int b = Root(other);
            _parents[Math.Max(a, b)] = Math.Min(a, b);
            component = Math.Min(a, b);
            return a != b;
        }

        private int Root(int i)
        {
            while (_parents[i] != i)
            {
                _parents[i] = _parents[_parents[i]];
                i = _parents[i];
            }

            return i;
        }
    }

    private readonly record struct Change(int Gained, int Lost, int LostBeforeTurn);
}

/// <summary>A box of pixels in one layer, both ends included.</summary>
internal readonly record struct PixelBox(int FirstY, int FirstX, int LastY, int LastX)
{
    public PixelBox Union(PixelBox other) => new(
        Math.Min(FirstY, other.FirstY), Math.Min(FirstX, other.FirstX), Math.Max(LastY, other.LastY), Math.Max(LastX, other.LastX));
}
