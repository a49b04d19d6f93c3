namespace CellStitch.Core.Volumes;

/// <summary>The rows of a layer, a few at a time, so that memory does not depend on its size.</summary>
internal sealed class RowBands : IDisposable
{
    // 128 KiB: several of these stay in the second-level cache between reading and working on them.
    private const int BandPixels = 1 << 15;

    private readonly IRowReader? _rows;
    private readonly int _layerPixels;
    private readonly int _bandPixels;

    // Rows that lie in memory are not copied; background stays as it is.
    private readonly MemoryRows? _memory;
    private readonly uint[] _read;
    private ReadOnlyMemory<uint> _labels;

    /// <param name="stack">The stack; null for background everywhere.</param>
    /// <param name="z">The layer.</param>
    /// <param name="shape">Shape of the volume.</param>
    /// <param name="firstRow">The first row.</param>
    public RowBands(ILayerSource? stack, int z, VolumeShape shape, int firstRow = 0)
    {
        _rows = stack?.OpenRows(z, firstRow);
        _layerPixels = shape.LayerPixels;
        End = firstRow * shape.Width;
        First = End;
        _bandPixels = Math.Min(_layerPixels - End, Math.Max(1, BandPixels / shape.Width) * shape.Width);
        _memory = _rows as MemoryRows;
        _read = _memory is null ? new uint[_bandPixels] : [];
    }

    /// <summary>Labels from <see cref="First"/> to before <see cref="End"/>.</summary>
    public ReadOnlySpan<uint> Labels => _labels.Span;

    /// <summary>The most labels that a band has.</summary>
    public int MostLabels => _bandPixels;

    /// <summary>Raster index of the first pixel.</summary>
    public int First { get; private set; }

    /// <summary>Raster index after the last pixel.</summary>
    public int End { get; private set; }

    /// <summary>Goes on to the next rows; false when there are none left.</summary>
    public bool Next()
    {
        First = End;
        End = Math.Min(_layerPixels, First + _bandPixels);
        if (_memory is not null)
        {
            _labels = _memory.Next(End - First);
        }
        else
        {
            _labels = _read.AsMemory(0, End - First);
            _rows?.Read(_read.AsSpan(0, End - First));
        }

        return First < End;
    }

    /// <summary>Ends the reading.</summary>
    public void Dispose() => _rows?.Dispose();
}
