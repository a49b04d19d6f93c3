namespace CellStitch.Core.Stitching;

/// <summary>Renames the labels of one layer: every slice gets a number, background stays background.</summary>
public sealed class LabelMap
{
    // A table of 4 bytes per possible label beats hashing while it stays in the cache; masks of one layer rarely pass this.
    private const uint LargestTabulated = (1 << 18) - 1;

    private readonly uint[]? _table;
    private readonly Dictionary<uint, uint>? _sparse;

    /// <summary>Maps the label of each slice to the number at the same position.</summary>
    /// <param name="slices">The slices of the layer.</param>
    /// <param name="numbers">Their new numbers; 0 turns a slice into background.</param>
    public LabelMap(ReadOnlySpan<CellSlice> slices, ReadOnlySpan<uint> numbers)
    {
        uint largest = 0;
        foreach (CellSlice slice in slices)
        {
            largest = Math.Max(largest, slice.Label);
        }

        if (largest <= LargestTabulated)
        {
            _table = new uint[largest + 1];
        }
        else
        {
            _sparse = new Dictionary<uint, uint>(slices.Length + 1) { [0] = 0 };
        }

        for (int i = 0; i < slices.Length; i++)
        {
            if (_table is not null)
            {
                _table[slices[i].Label] = numbers[i];
            }
            else
            {
                _sparse!.Add(slices[i].Label, numbers[i]);
            }
        }
    }

    /// <summary>Renames all pixels in place.</summary>
    /// <param name="pixels">Labels that occur in the slices, or 0.</param>
    public void Paint(Span<uint> pixels)
    {
        if (_table is not null)
        {
            // One look-up per pixel: a table in the first-level cache is faster than finding runs of a few pixels.
            uint[] table = _table;
            foreach (ref uint pixel in pixels)
            {
                pixel = table[pixel];
            }

            return;
        }

        while (!pixels.IsEmpty)
        {
            uint label = pixels[0];
            int length = pixels.IndexOfAnyExcept(label);
            length = length < 0 ? pixels.Length : length;
            pixels[..length].Fill(_sparse![label]);
            pixels = pixels[length..];
        }
    }
}
