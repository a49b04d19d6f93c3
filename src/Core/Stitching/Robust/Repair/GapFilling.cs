using CellStitch.Core.Volumes;

namespace CellStitch.Core.Stitching;

/// <summary>
/// Fills gaps of cells: where a cell is missing in one or two layers between two of its own, it takes the background that its slices above and below both cover, if that
/// is half of what they cover or more. A layer is filled from the masks of the two layers before and after it, so any layer by itself.
/// </summary>
/// <param name="xy">The XY masks, with split slices.</param>
/// <param name="layers">The slices of each layer.</param>
/// <param name="cells">Their cells.</param>
internal sealed class GapFilling(ILayerSource xy, CellSlice[][] layers, Relabeling cells)
{
    /// <summary>Most missing layers that are filled (docs/algorithm.md, "Repairs").</summary>
    public const int MostLayers = 2;

    // Of the common pixels one in so many must be free.
    private const int LeastFree = 2;

    /// <summary>A cell that is missing in a layer.</summary>
    /// <param name="Label">Its label.</param>
    /// <param name="Before">The layer before where it is last seen.</param>
    /// <param name="After">The layer after where it is seen again.</param>
    private readonly record struct Gap(uint Label, int Before, int After);

    /// <summary>Fills a layer.</summary>
    /// <param name="z">The layer.</param>
    /// <param name="layer">Its labels; receives the filled ones.</param>
    /// <param name="labels">The label of every cell.</param>
    /// <returns>How many slices were filled in.</returns>
    public int Fill(int z, Span<uint> layer, uint[] labels)
    {
        Gap[] gaps = GapsAt(z, labels);
        if (gaps.Length == 0)
        {
            return 0;
        }

        var claims = new Claims(gaps);
        var sides = new Dictionary<int, GapBands>();
        try
        {
            foreach (int other in gaps.SelectMany(gap => new[] { gap.Before, gap.After }).Distinct())
            {
                sides.Add(other, new GapBands(xy, other, MapOf(other, gaps, labels)));
            }

            (int Before, int After)[] pairs = [.. gaps.Select(gap => (gap.Before, gap.After)).Distinct()];
            while (sides.Values.All(side => side.Next()))
            {
                foreach ((int before, int after) in pairs)
                {
                    claims.Add(sides[before], sides[after], layer);
                }
            }
        }
        finally
        {
            foreach (GapBands side in sides.Values)
            {
                side.Dispose();
            }
        }

        return claims.Settle(layer);
    }

    private Gap[] GapsAt(int z, uint[] labels)
    {
        Dictionary<uint, int> before = Nearest(z, -1, labels);
        Dictionary<uint, int> after = Nearest(z, 1, labels);
        var here = new HashSet<uint>(LabelsOf(z, labels));
        return
        [
            .. from entry in before
               where !here.Contains(entry.Key) && after.TryGetValue(entry.Key, out int next) && next - entry.Value - 1 <= MostLayers
               orderby entry.Key
               select new Gap(entry.Key, entry.Value, after[entry.Key]),
        ];
    }

    // For each label near one side of a layer the nearest layer with it.
    private Dictionary<uint, int> Nearest(int z, int step, uint[] labels)
    {
        var nearest = new Dictionary<uint, int>();
        for (int distance = 1; distance <= MostLayers; distance++)
        {
            foreach (uint label in LabelsOf(z + (distance * step), labels))
            {
                nearest.TryAdd(label, z + (distance * step));
            }
        }

        return nearest;
    }

    private IEnumerable<uint> LabelsOf(int z, uint[] labels) =>
        z < 0 || z >= layers.Length ? [] : cells.CellsOf(z).ToArray().Select(cell => labels[cell]).Where(label => label != 0);

    // The slices of a layer under the numbers of the gaps, from 1, that they border.
    private LabelMap MapOf(int z, Gap[] gaps, uint[] labels)
    {
        Dictionary<uint, uint> numbers = gaps.Index().Where(gap => gap.Item.Before == z || gap.Item.After == z)
            .ToDictionary(gap => gap.Item.Label, gap => (uint)gap.Index + 1);
        return new LabelMap(layers[z], [.. cells.CellsOf(z).ToArray().Select(cell => numbers.GetValueOrDefault(labels[cell]))]);
    }

    // The rows of a layer, as numbers of gaps.
    private sealed class GapBands(ILayerSource xy, int z, LabelMap map) : IDisposable
    {
        private readonly RowBands _bands = new(xy, z, xy.Shape);
        private uint[] _gaps = [];

        public int First => _bands.First;

        public ReadOnlySpan<uint> Gaps => _gaps.AsSpan(0, _bands.End - _bands.First);

        public bool Next()
        {
            if (!_bands.Next())
            {
                return false;
            }

            if (_gaps.Length == 0)
            {
                _gaps = new uint[_bands.MostLabels];
            }

            _bands.Labels.CopyTo(_gaps);
            map.Paint(_gaps.AsSpan(0, _bands.End - _bands.First));
            return true;
        }

        public void Dispose() => _bands.Dispose();
    }

    // What the cells of the gaps would take.
    private sealed class Claims(Gap[] gaps)
    {
        private readonly int[] _common = new int[gaps.Length];
        private readonly int[] _free = new int[gaps.Length];

        // Free pixels side by side, so that what is held does not grow with every pixel.
        private readonly List<(int Start, int End, int Gap)> _runs = [];

        public void Add(GapBands before, GapBands after, ReadOnlySpan<uint> layer)
        {
            ReadOnlySpan<uint> above = before.Gaps;
            ReadOnlySpan<uint> below = after.Gaps;
            for (int i = 0; i < above.Length && above[i..].IndexOfAnyExcept(0u) is var skipped and >= 0; i++)
            {
                i += skipped;
                if (below[i] != above[i])
                {
                    continue;
                }

                int gap = (int)above[i] - 1;
                _common[gap]++;
                int pixel = before.First + i;
                if (layer[pixel] != 0)
                {
                    continue;
                }

                _free[gap]++;
                if (_runs.Count > 0 && _runs[^1] is var last && last.End == pixel && last.Gap == gap)
                {
                    _runs[^1] = last with { End = pixel + 1 };
                }
                else
                {
                    _runs.Add((pixel, pixel + 1, gap));
                }
            }
        }

        // A pixel that two cells claim stays as it is: nothing says whose it is.
        public int Settle(Span<uint> layer)
        {
            var painted = new int[gaps.Length];
            var contested = new List<int>();
            foreach ((int start, int end, int gap) in _runs.Where(run => IsFilled(run.Gap)))
            {
                for (int pixel = start; pixel < end; pixel++)
                {
                    if (layer[pixel] == 0)
                    {
                        layer[pixel] = gaps[gap].Label;
                        painted[gap]++;
                    }
                    else
                    {
                        contested.Add(pixel);
                    }
                }
            }

            var gapOf = gaps.Index().ToDictionary(gap => gap.Item.Label, gap => gap.Index);
            foreach (int pixel in contested)
            {
                if (layer[pixel] != 0)
                {
                    painted[gapOf[layer[pixel]]]--;
                    layer[pixel] = 0;
                }
            }

            return painted.Count(pixels => pixels > 0);
        }

        private bool IsFilled(int gap) => LeastFree * (long)_free[gap] >= _common[gap];
    }
}
