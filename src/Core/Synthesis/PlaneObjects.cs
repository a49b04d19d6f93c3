namespace CellStitch.Core.Synthesis;

/// <summary>The size of the planes of a mask stack and what is typical of them.</summary>
/// <param name="Rows">Rows of a plane.</param>
/// <param name="Columns">Columns of a plane.</param>
/// <param name="RowStep">Distance of two rows in px: 1 in layers, the anisotropy in XZ and YZ.</param>
/// <param name="MeanSlices">Mean number of slices in a plane.</param>
/// <param name="MeanArea">Mean pixels of a slice.</param>
internal sealed record PlaneGeometry(int Rows, int Columns, double RowStep, double MeanSlices, double MeanArea);

/// <summary>The objects of one plane while errors are put into it. Object 0 is background.</summary>
internal sealed class PlaneObjects
{
    private readonly SliceComponents _components = new();
    private readonly List<uint> _cells = [];
    private readonly List<bool> _fused = [];
    private readonly int[] _pixels;

    public PlaneObjects(PlaneGeometry geometry)
    {
        Geometry = geometry;
        _pixels = new int[geometry.Rows * geometry.Columns];
    }

    public PlaneGeometry Geometry { get; }

    /// <summary>The object of each pixel in raster order.</summary>
    public Span<int> Pixels => _pixels;

    /// <summary>One more than the largest object number.</summary>
    public int Count => _cells.Count;

    /// <summary>The true cell an object was cut from; 0 for background and invented objects.</summary>
    public uint CellOf(int o) => _cells[o];

    /// <summary>Whether the object consists of several slices.</summary>
    public bool IsFused(int o) => _fused[o];

    /// <summary>Starts with the slices of a plane of the truth.</summary>
    public void Load(ReadOnlySpan<uint> plane)
    {
        _components.Find(plane, Geometry.Columns, _pixels);
        _cells.Clear();
        _fused.Clear();
        Add(0);
        for (int c = 1; c <= _components.Count; c++)
        {
            Add(_components.LabelOf(c));
        }
    }

    /// <summary>Makes room for another object and returns its number.</summary>
    public int Add(uint cell)
    {
        _cells.Add(cell);
        _fused.Add(false);
        return Count - 1;
    }

    public void MarkFused(int o) => _fused[o] = true;

    /// <summary>Replaces each object o by <paramref name="target"/>[o].</summary>
    public void Replace(ReadOnlySpan<int> target)
    {
        foreach (ref int o in Pixels)
        {
            o = target[o];
        }
    }

    /// <summary>Writes the plane with the labels 1 … n in random order; returns n.</summary>
    public uint WriteTo(Span<uint> plane, ulong key)
    {
        var labels = new uint[Count];
        foreach (int o in _pixels)
        {
            labels[o] = 1;
        }

        int[] present = [.. Enumerable.Range(1, Count - 1).Where(o => labels[o] != 0)];
        labels[0] = 0;
        for (int i = 0; i < present.Length; i++)
        {
            // Fisher and Yates, from the front.
            int other = i + (int)(CounterRandom.Unit(key, (ulong)i) * (present.Length - i));
            (present[i], present[other]) = (present[other], present[i]);
            labels[present[i]] = (uint)i + 1;
        }

        for (int i = 0; i < plane.Length; i++)
        {
            plane[i] = labels[_pixels[i]];
        }

        return (uint)present.Length;
    }
}
