namespace CellStitch.Core.IO.Npy;

/// <summary>A stretch of a file.</summary>
/// <param name="Start">First byte.</param>
/// <param name="Length">Number of bytes.</param>
internal readonly record struct FileRange(long Start, long Length);

/// <summary>A numpy type of numbers.</summary>
/// <param name="Format">Unsigned, signed or float.</param>
/// <param name="Bits">8, 16, 32 or 64.</param>
/// <param name="BigEndian">Most significant byte first.</param>
internal sealed record NpyType(TiffSampleFormat Format, int Bits, bool BigEndian)
{
    /// <summary>The type of a code such as <c>u2</c>; null for one that cannot hold labels.</summary>
    /// <param name="code">Kind and bytes.</param>
    /// <param name="order">Byte order: <c>&lt;</c>, <c>&gt;</c>, <c>=</c> or <c>|</c>.</param>
    public static NpyType? Of(string code, char order)
    {
        TiffSampleFormat? format = code is [var kind, _] ? kind switch
        {
            'u' => TiffSampleFormat.UnsignedInteger,
            'i' => TiffSampleFormat.SignedInteger,
            'f' => TiffSampleFormat.FloatingPoint,
            _ => null,
        } : null;
        int bits = code is [_, '1' or '2' or '4' or '8'] ? 8 * (code[1] - '0') : 0;
        // LabelPixels reads no floats of 16 bits: they hold 2,048 labels.
        return format is null || bits == 0 || (format == TiffSampleFormat.FloatingPoint && bits < 32) ? null : new NpyType(format.Value, bits, order == '>');
    }

    /// <summary>In the words of numpy.</summary>
    public override string ToString() => Format switch
    {
        TiffSampleFormat.UnsignedInteger => $"uint{Bits}",
        TiffSampleFormat.SignedInteger => $"int{Bits}",
        _ => $"float{Bits}",
    };
}

/// <summary>An array that lies in a file, in C order.</summary>
/// <param name="Shape">Its edges.</param>
/// <param name="Type">Its numbers.</param>
/// <param name="Data">Where they lie.</param>
internal sealed record NpyArray(IReadOnlyList<long> Shape, NpyType Type, FileRange Data);
