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

    /// <summary>
    /// The votes of one projection: bits of the pixels where both labels are cells, and of those among them where the labels differ.
    /// </summary>
    /// <param name="source">First pixel of the projection's masks at the source layer.</param>
    /// <param name="target">First pixel of the projection's masks at the target layer.</param>
    /// <param name="at">Index of the block's first pixel.</param>
    /// <param name="count">Pixels of the block.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (ulong Voting, ulong Rejecting) Votes(ref uint source, ref uint target, nint at, int count)
    {
        if (!Vector256.IsHardwareAccelerated || count < Block)
        {
            return VotesPlain(ref source, ref target, at, count);
        }

        ulong silent = 0;
        ulong equal = 0;
        for (int i = 0; i < Block; i += Vector256<uint>.Count)
        {
            Vector256<uint> s = Load(ref source, at + i);
            Vector256<uint> t = Load(ref target, at + i);
            silent |= (ulong)Vector256.Equals(Vector256.Min(s, t), Vector256<uint>.Zero).ExtractMostSignificantBits() << i;
            equal |= (ulong)Vector256.Equals(s, t).ExtractMostSignificantBits() << i;
        }

        return (~silent, ~silent & ~equal);
    }

    /// <summary>The plain path of <see cref="Votes"/>.</summary>
    public static (ulong Voting, ulong Rejecting) VotesPlain(ref uint source, ref uint target, nint at, int count)
    {
        (ulong voting, ulong rejecting) = (0, 0);
        for (int i = 0; i < count; i++)
        {
            uint s = Unsafe.Add(ref source, at + i);
            uint t = Unsafe.Add(ref target, at + i);
            voting |= (s != 0 && t != 0 ? 1UL : 0UL) << i;
            rejecting |= (s != 0 && t != 0 && s != t ? 1UL : 0UL) << i;
        }

        return (voting, rejecting);
    }

    /// <summary>Bit i is set where a pixel is of a cell and its neighbour, at the same place in another row or one pixel on, is not of the same.</summary>
    /// <param name="pixels">The pixels.</param>
    /// <param name="neighbours">Their neighbours.</param>
    /// <param name="at">Index of the block's first pixel.</param>
    /// <param name="count">Pixels of the block.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Edges(ref uint pixels, ref uint neighbours, nint at, int count)
    {
        if (!Vector256.IsHardwareAccelerated || count < Block)
        {
            return EdgesPlain(ref pixels, ref neighbours, at, count);
        }

        ulong inside = 0;
        for (int i = 0; i < Block; i += Vector256<uint>.Count)
        {
            Vector256<uint> p = Load(ref pixels, at + i);
            Vector256<uint> none = Vector256.Equals(p, Load(ref neighbours, at + i)) | Vector256.Equals(p, Vector256<uint>.Zero);
            inside |= (ulong)none.ExtractMostSignificantBits() << i;
        }

        return ~inside;
    }

    /// <summary>The plain path of <see cref="Edges"/>.</summary>
    public static ulong EdgesPlain(ref uint pixels, ref uint neighbours, nint at, int count)
    {
        ulong mask = 0;
        for (int i = 0; i < count; i++)
        {
            uint pixel = Unsafe.Add(ref pixels, at + i);
            mask |= (pixel != 0 && pixel != Unsafe.Add(ref neighbours, at + i) ? 1UL : 0UL) << i;
        }

        return mask;
    }

    /// <summary>Bit i is set where a pixel differs from another one at a fixed distance from it, which may be of another layer or row.</summary>
    /// <param name="pixels">The pixels.</param>
    /// <param name="others">The other ones.</param>
    /// <param name="at">Index of the block's first pixel.</param>
    /// <param name="distance">Index of its other one, less <paramref name="at"/>.</param>
    /// <param name="count">Pixels of the block.</param>
    public static ulong Differences(ref uint pixels, ref uint others, nint at, nint distance, int count)
    {
        if (!Vector256.IsHardwareAccelerated || count < Block)
        {
            return DifferencesPlain(ref pixels, ref others, at, distance, count);
        }

        ulong same = 0;
        for (int i = 0; i < Block; i += Vector256<uint>.Count)
        {
            same |= (ulong)Vector256.Equals(Load(ref pixels, at + i), Load(ref others, at + distance + i)).ExtractMostSignificantBits() << i;
        }

        return ~same;
    }

    /// <summary>The plain path of <see cref="Differences"/>.</summary>
    public static ulong DifferencesPlain(ref uint pixels, ref uint others, nint at, nint distance, int count)
    {
        ulong mask = 0;
        for (int i = 0; i < count; i++)
        {
            mask |= (Unsafe.Add(ref pixels, at + i) != Unsafe.Add(ref others, at + distance + i) ? 1UL : 0UL) << i;
        }

        return mask;
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
