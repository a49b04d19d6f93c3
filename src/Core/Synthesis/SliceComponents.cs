namespace CellStitch.Core.Synthesis;

/// <summary>The connected components (8 neighbours) of equal labels in one plane, in raster order of their first pixels.</summary>
internal sealed class SliceComponents
{
    private readonly record struct Run(uint Label, int Row, int Start, int End);

    private readonly List<Run> _runs = [];
    private readonly List<int> _parents = [];
    private readonly List<uint> _labels = [];

    /// <summary>Number of components.</summary>
    public int Count => _labels.Count;

    /// <summary>The label of component <paramref name="component"/>, 1 … <see cref="Count"/>.</summary>
    public uint LabelOf(int component) => _labels[component - 1];

    /// <summary>Finds the components of a plane.</summary>
    /// <param name="plane">Labels in raster order, 0 = background.</param>
    /// <param name="columns">Length of a row.</param>
    /// <param name="components">Receives the component (1 … <see cref="Count"/>) of each pixel, 0 for background.</param>
    public void Find(ReadOnlySpan<uint> plane, int columns, Span<int> components)
    {
        _runs.Clear();
        _parents.Clear();
        _labels.Clear();
        int above = 0;
        for (int row = 0; row * columns < plane.Length; row++)
        {
            int begin = _runs.Count;
            AddRuns(plane.Slice(row * columns, columns), row);
            Link(above, begin);
            above = begin;
        }

        Number(columns, components);
    }

    private void AddRuns(ReadOnlySpan<uint> row, int index)
    {
        int start = 0;
        while (start < row.Length)
        {
            uint label = row[start];
            int length = row[start..].IndexOfAnyExcept(label);
            int end = length < 0 ? row.Length : start + length;
            if (label != 0)
            {
                _parents.Add(_runs.Count);
                _runs.Add(new Run(label, index, start, end));
            }

            start = end;
        }
    }

    // Runs above..begin−1 form the previous row, begin.. the current one; both ascend, so one sweep meets all pairs that touch.
    private void Link(int above, int begin)
    {
        int upper = above;
        for (int lower = begin; lower < _runs.Count; lower++)
        {
            Run run = _runs[lower];
            while (upper < begin && _runs[upper].End < run.Start)
            {
                upper++;
            }

            for (int other = upper; other < begin && _runs[other].Start <= run.End; other++)
            {
                if (_runs[other].Label == run.Label)
                {
                    Unite(other, lower);
                }
            }
        }
    }

    private void Unite(int first, int second)
    {
        int a = Root(first);
        int b = Root(second);
        _parents[Math.Max(a, b)] = Math.Min(a, b);
    }

    private int Root(int run)
    {
        while (_parents[run] != run)
        {
            _parents[run] = _parents[_parents[run]];
            run = _parents[run];
        }

        return run;
    }

    private void Number(int columns, Span<int> components)
    {
        components.Clear();
        var numbers = new int[_runs.Count];
        for (int i = 0; i < _runs.Count; i++)
        {
            Run run = _runs[i];
            int root = Root(i);
            if (root == i)
            {
                _labels.Add(run.Label);
                numbers[i] = Count;
            }

            components[((run.Row * columns) + run.Start)..((run.Row * columns) + run.End)].Fill(numbers[root]);
        }
    }
}
