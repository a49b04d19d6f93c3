namespace CellStitch.Core.Interpolation;

/// <summary>
/// A layer in between, put together from the claims of its cells. A pixel goes to the cell in which it lies deepest, of equals to the smaller label; matched cells go
/// before ending ones. Where no cell reaches it although both original layers have a cell there, the nearest one gets it: between cells that touch no seam opens.
/// The order in which claims come does not matter.
/// </summary>
/// <param name="image">The whole layer.</param>
/// <param name="largestLabelWins">Profile <c>paper</c>: depths do not count.</param>
internal sealed class LayerComposition(PixelBox image, bool largestLabelWins)
{
    // Above all depths.
    private const int MatchedFirst = 1 << 16;

    private readonly uint[] _labels = new uint[image.Pixels];
    private readonly int[] _claims = new int[image.Pixels];

    /// <summary>Begins a layer.</summary>
    public void Clear()
    {
        Array.Clear(_labels);
        Array.Fill(_claims, int.MinValue);
    }

    public void Add(InterpolatedSlice slice)
    {
        int at = 0;
        for (int y = slice.Box.Top; y < slice.Box.Bottom; y++)
        {
            int here = (y * image.Width) + slice.Box.Left;
            for (int x = 0; x < slice.Box.Width; x++, here++, at++)
            {
                int depth = slice.Depths[at];
                if (depth == InterpolatedSlice.Nowhere)
                {
                    continue;
                }

                int claim = slice.Matched && depth >= 0 ? depth + MatchedFirst : depth;
                bool wins = largestLabelWins
                    ? slice.Label > _labels[here]
                    : claim > _claims[here] || (claim == _claims[here] && slice.Label < _labels[here]);
                if (wins)
                {
                    (_claims[here], _labels[here]) = (claim, slice.Label);
                }
            }
        }
    }

    /// <summary>An original layer with the cells that are missing in it: they get what is background there. Valid until the next layer begins.</summary>
    public ReadOnlySpan<uint> FinishOver(ReadOnlySpan<uint> original)
    {
        for (int i = 0; i < _labels.Length; i++)
        {
            _labels[i] = original[i] != 0 ? original[i] : _claims[i] >= 0 ? _labels[i] : 0;
        }

        return _labels;
    }

    /// <summary>The finished layer, valid until the next one begins.</summary>
    public ReadOnlySpan<uint> Finish(ReadOnlySpan<uint> upper, ReadOnlySpan<uint> lower)
    {
        for (int i = 0; i < _labels.Length; i++)
        {
            if (_claims[i] < 0 && (upper[i] == 0 || lower[i] == 0))
            {
                _labels[i] = 0;
            }
        }

        return _labels;
    }
}
