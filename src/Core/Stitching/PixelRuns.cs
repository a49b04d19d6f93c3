using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CellStitch.Core.Stitching;

/// <summary>
/// Bit masks over 64 pixels of two label layers: where a run of equal (source, target) pairs ends, and which pixels vote against a match.
/// A mask has bit i for pixel i. Each has a vector path and a plain one; tests hold them equal.
/// </summary>
internal static class PixelRuns
{
    /// <summary>Pixels that one mask covers.</summary>
    public const int Block = 64;

    /// <summary>Bit i is set where pixel i differs from pixel i − 1 in either layer. Reads one pixel before <paramref name="at"/>.</summary>
    /// <param name="source">First pixel of the source layer.</param>
    /// <param name="target">First pixel of the target layer.</param>
    /// <param name="at">Index of the block's first pixel, at least 1.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Changes(ref uint source, ref uint target, nint at)
    {
        return Vector256.IsHardwareAccelerated ? ChangesVector(ref source, ref target, at) : ChangesPlain(ref source, ref target, at, Block);
    }

    /// <summary>Bit i is set where both labels of pixel i are cells and differ: the rejection vote of one projection.</summary>
    /// <param name="source">First pixel of the projection's masks at the source layer.</param>
    /// <param name="target">First pixel of the projection's masks at the target layer.</param>
    /// <param name="at">Index of the block's first pixel.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Rejections(ref uint source, ref uint target, nint at)
    {
        return Vector256.IsHardwareAccelerated ? RejectionsVector(ref source, ref target, at) : RejectionsPlain(ref source, ref target, at, Block);
    }

    /// <summary>The plain path of <see cref="Changes"/>, also for the last, shorter block.</summary>
    public static ulong ChangesPlain(ref uint source, ref uint target, nint at, int count)
    {
        ulong mask = 0;
        for (int i = 0; i < count; i++)
        {
            bool changed = Unsafe.Add(ref source, at + i) != Unsafe.Add(ref source, at + i - 1)
                || Unsafe.Add(ref target, at + i) != Unsafe.Add(ref target, at + i - 1);
            mask |= (changed ? 1UL : 0UL) << i;
        }

        return mask;
    }

    /// <summary>The plain path of <see cref="Rejections"/>, also for the last, shorter block.</summary>
    public static ulong RejectionsPlain(ref uint source, ref uint target, nint at, int count)
    {
        ulong mask = 0;
        for (int i = 0; i < count; i++)
        {
            uint s = Unsafe.Add(ref source, at + i);
            uint t = Unsafe.Add(ref target, at + i);
            mask |= (s != 0 && t != 0 && s != t ? 1UL : 0UL) << i;
        }

        return mask;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ChangesVector(ref uint source, ref uint target, nint at)
    {
        ulong same = 0;
        for (int i = 0; i < Block; i += Vector256<uint>.Count)
        {
            Vector256<uint> s = Load(ref source, at + i);
            Vector256<uint> t = Load(ref target, at + i);
            Vector256<uint> equal = Vector256.Equals(s, Load(ref source, at + i - 1)) & Vector256.Equals(t, Load(ref target, at + i - 1));
            same |= (ulong)equal.ExtractMostSignificantBits() << i;
        }

        return ~same;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong RejectionsVector(ref uint source, ref uint target, nint at)
    {
        ulong abstainOrAgree = 0;
        for (int i = 0; i < Block; i += Vector256<uint>.Count)
        {
            Vector256<uint> s = Load(ref source, at + i);
            Vector256<uint> t = Load(ref target, at + i);
            // min(s, t) = 0 is one comparison for "either is background".
            Vector256<uint> silent = Vector256.Equals(s, t) | Vector256.Equals(Vector256.Min(s, t), Vector256<uint>.Zero);
            abstainOrAgree |= (ulong)silent.ExtractMostSignificantBits() << i;
        }

        return ~abstainOrAgree;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Load(ref uint pixels, nint at)
    {
        return Vector256.LoadUnsafe(ref Unsafe.Add(ref pixels, at));
    }
}
