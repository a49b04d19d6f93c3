namespace CellStitch.Core.Interpolation;

/// <summary>A unit of work: a cell in the gap below a layer, between the nearest layers above and below in which it has a slice.</summary>
/// <param name="Label">The cell.</param>
/// <param name="Above">The layer of the slice above; null where the cell begins in the gap.</param>
/// <param name="Below">The layer of the slice below; null where the cell ends in the gap.</param>
internal readonly record struct GapUnit(uint Label, int? Above, int? Below)
{
    /// <summary>Whether the cell is missing in the layer below the gap, but not beyond it.</summary>
    public bool Bridges(int gap) => Above is not null && Below > gap + 1;
}

/// <summary>Lists the units of all gaps of a volume from the labels of its layers.</summary>
/// <param name="depth">Layers of the volume.</param>
/// <param name="bridge">Whether a cell that is missing in some layers goes on through them.</param>
internal sealed class GapUnits(int depth, bool bridge)
{
    // As far as stitching looks for evidence that slices belong together: eight layers apart. A cell that is missing in more layers ends and begins anew.
    private const int MostMissing = 7;

    private readonly int _mostMissing = bridge ? MostMissing : 0;
    private readonly List<GapUnit>[] _gaps = [.. Enumerable.Range(0, Math.Max(0, depth - 1)).Select(_ => new List<GapUnit>())];
    private readonly Dictionary<uint, int> _last = [];
    private int _next;

    /// <summary>Takes the next layer from the top.</summary>
    /// <param name="labels">Its labels, each once.</param>
    public void Add(IEnumerable<uint> labels)
    {
        int z = _next++;
        foreach (uint label in labels)
        {
            if (!_last.TryGetValue(label, out int last))
            {
                Begin(label, z);
            }
            else if (z - last - 1 > _mostMissing)
            {
                End(label, last);
                Begin(label, z);
            }
            else
            {
                for (int gap = last; gap < z; gap++)
                {
                    _gaps[gap].Add(new GapUnit(label, last, z));
                }
            }

            _last[label] = z;
        }
    }

    /// <summary>The units of every gap, by label. After the last layer.</summary>
    public IReadOnlyList<IReadOnlyList<GapUnit>> Finish()
    {
        foreach ((uint label, int last) in _last)
        {
            End(label, last);
        }

        foreach (List<GapUnit> gap in _gaps)
        {
            gap.Sort((a, b) => a.Label.CompareTo(b.Label));
        }

        return _gaps;
    }

    private void Begin(uint label, int z)
    {
        if (z > 0)
        {
            _gaps[z - 1].Add(new GapUnit(label, null, z));
        }
    }

    private void End(uint label, int z)
    {
        if (z < depth - 1)
        {
            _gaps[z].Add(new GapUnit(label, z, null));
        }
    }
}
