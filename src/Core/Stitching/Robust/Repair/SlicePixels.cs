namespace CellStitch.Core.Stitching;

/// <summary>The pixels of one slice in raster order, with the labels that lie there. Used again for the next slice.</summary>
internal sealed class SlicePixels
{
    private int[] _pixels = [];
    private uint[] _before = [];
    private uint[] _after = [];
    private uint[] _xz = [];
    private uint[] _yz = [];

    /// <summary>Number of pixels.</summary>
    public int Count { get; private set; }

    /// <summary>Raster indices, ascending.</summary>
    public ReadOnlySpan<int> Pixels => _pixels.AsSpan(0, Count);

    /// <summary>XY labels in the layer before.</summary>
    public ReadOnlySpan<uint> Before => _before.AsSpan(0, Count);

    /// <summary>XY labels in the layer after.</summary>
    public ReadOnlySpan<uint> After => _after.AsSpan(0, Count);

    /// <summary>XZ labels.</summary>
    public ReadOnlySpan<uint> Xz => _xz.AsSpan(0, Count);

    /// <summary>YZ labels.</summary>
    public ReadOnlySpan<uint> Yz => _yz.AsSpan(0, Count);

    /// <summary>Begins another slice.</summary>
    public void Clear() => Count = 0;

    /// <summary>Adds neighbouring pixels.</summary>
    /// <param name="first">Raster index of the first.</param>
    /// <param name="before">XY labels in the layer before.</param>
    /// <param name="after">XY labels in the layer after.</param>
    /// <param name="xz">XZ labels.</param>
    /// <param name="yz">YZ labels.</param>
    public void Add(int first, ReadOnlySpan<uint> before, ReadOnlySpan<uint> after, ReadOnlySpan<uint> xz, ReadOnlySpan<uint> yz)
    {
        if (Count + before.Length > _pixels.Length)
        {
            int length = Math.Max(Count + before.Length, 2 * _pixels.Length);
            Array.Resize(ref _pixels, length);
            Array.Resize(ref _before, length);
            Array.Resize(ref _after, length);
            Array.Resize(ref _xz, length);
            Array.Resize(ref _yz, length);
        }

        for (int i = 0; i < before.Length; i++)
        {
            _pixels[Count + i] = first + i;
        }

        before.CopyTo(_before.AsSpan(Count));
        after.CopyTo(_after.AsSpan(Count));
        xz.CopyTo(_xz.AsSpan(Count));
        yz.CopyTo(_yz.AsSpan(Count));
        Count += before.Length;
    }
}
