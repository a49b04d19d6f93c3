namespace CellStitch.Core.Synthesis;

/// <summary>
/// Turns planes of the truth into masks with errors. Every decision is a pure function of (key, cell, plane), so planes may be made in any
/// order and by several instances; one instance works on one plane at a time.
/// </summary>
internal sealed class SliceErrors
{
    private enum Kind : ulong
    {
        Drop,
        Merge,
        Split,
        Erode,
        False,
        Number,
    }

    private readonly PlaneObjects _objects;
    private readonly ErrorCourse _drop;
    private readonly ErrorCourse _merge;
    private readonly ErrorCourse _split;
    private readonly ErrorCourse _erode;
    private readonly FalseSlices _false;
    private readonly ulong _numberKey;

    public SliceErrors(NoiseRates rates, PlaneGeometry geometry, ulong key)
    {
        ErrorCourse Course(double rate, Kind kind) => new(rate, rates.Persistence, CounterRandom.Mix(key, (ulong)kind));
        _objects = new PlaneObjects(geometry);
        _drop = Course(rates.Drop, Kind.Drop);
        _merge = Course(rates.Merge, Kind.Merge);
        _split = Course(rates.Split, Kind.Split);
        _erode = Course(rates.Erode, Kind.Erode);
        _false = new FalseSlices(rates, geometry, CounterRandom.Mix(key, (ulong)Kind.False));
        _numberKey = CounterRandom.Mix(key, (ulong)Kind.Number);
    }

    /// <summary>Replaces the truth of one plane by its mask.</summary>
    /// <param name="plane">True labels in raster order; receives the mask's labels 1 … n in random order, 0 = background.</param>
    /// <param name="index">Index of the plane.</param>
    /// <param name="objects">n, the number of objects in the mask.</param>
    public ErrorCounts Apply(Span<uint> plane, int index, out uint objects)
    {
        _objects.Load(plane);
        int slices = _objects.Count - 1;
        // Invented slices lie where the truth is empty, not where a slice was dropped; a merge fills gaps too narrow for one.
        int[] invented = _false.Choose(_objects, index);
        // A dropped slice merges with nobody and a fused one is not cut again, so that no error undoes another.
        int dropped = DroppedSlices.Apply(_objects, _drop, index);
        (int mergeable, int merged) = MergedSlices.Apply(_objects, _merge, index);
        int split = SplitSlices.Apply(_objects, _split, index);
        int eroded = ErodedSlices.Apply(_objects, _erode, index);
        _false.Paint(_objects, invented);
        objects = _objects.WriteTo(plane, CounterRandom.Mix(_numberKey, (ulong)index));
        return new ErrorCounts(slices, mergeable, merged, split, eroded, dropped, invented.Length);
    }
}
