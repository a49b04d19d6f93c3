using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CellStitch.Core.Stitching;

/// <summary>One pair of labels that share pixels in two layers, background (0) included on either side.</summary>
/// <param name="Source">Label in the source layer.</param>
/// <param name="Target">Label in the target layer.</param>
/// <param name="Pixels">n(x, y): pixels with label x in the source layer and y in the target layer, above 0.</param>
/// <param name="Rejecting">Votes of XZ and YZ against a match on these pixels, 0 … 2 · <paramref name="Pixels"/>.</param>
/// <param name="FirstPixel">Smallest raster index (y · width + x) of these pixels in the layer.</param>
public readonly record struct LabelOverlap(uint Source, uint Target, int Pixels, int Rejecting, int FirstPixel);

/// <summary>
/// The overlap step: n(x, y) and the rejection votes of every pair of labels that share pixels in two layers, sparse, in one pass.
/// Areas and first pixels of the labels follow from it: |x| = Σ_y n(x, y). The pair (background, background) is left out.
/// Tables of disjoint pixels add up to the table of all of them, so blocks of rows are counted apart.
/// </summary>
public sealed class OverlapTable
{
    // 16 bytes of key and counts would fit a 32-byte slot with room; 24 bytes keep 64 Ki slots in a 2 MiB second-level cache.
    private struct Slot
    {
        public ulong Key;
        public int Pixels;
        public int Rejecting;
        public int FirstPixel;
    }

    private const int InitialSlots = 1024;

    // Half full at most: linear probing then looks at 1.5 slots per hit on average.
    private const int SlotsPerEntry = 2;

    private Slot[] _slots = new Slot[InitialSlots];
    private int _shift = 64 - BitOperations.Log2(InitialSlots);

    /// <summary>Number of label pairs.</summary>
    public int Count { get; private set; }

    /// <summary>The pairs, in no particular order.</summary>
    public LabelOverlap[] Overlaps
    {
        get
        {
            var overlaps = new LabelOverlap[Count];
            int next = 0;
            foreach (ref readonly Slot slot in _slots.AsSpan())
            {
                if (slot.Key != 0)
                {
                    overlaps[next++] = new LabelOverlap(
                        SourceOf(slot.Key), TargetOf(slot.Key), slot.Pixels, slot.Rejecting, slot.FirstPixel);
                }
            }

            return overlaps;
        }
    }

    /// <summary>Empties the table for the next layer pair. Its memory stays, which is what makes reuse faster than a new table.</summary>
    public void Clear()
    {
        Array.Clear(_slots);
        Count = 0;
    }

    /// <summary>Counts the overlaps of a run of pixels, without votes.</summary>
    /// <param name="firstPixel">Raster index of the first of these pixels in the layer.</param>
    /// <param name="source">Labels of the source layer.</param>
    /// <param name="target">Labels of the target layer at the same pixels.</param>
    public void Add(int firstPixel, ReadOnlySpan<uint> source, ReadOnlySpan<uint> target)
    {
        Add(firstPixel, source, target, default, default, default, default);
    }

    /// <summary>
    /// Counts the overlaps of a run of pixels with the votes of both projections. A pixel votes against a match, once per projection, when the
    /// projection has a cell there in both layers and the two labels differ (docs/algorithm.md, "Votes").
    /// </summary>
    /// <param name="firstPixel">Raster index of the first of these pixels in the layer.</param>
    /// <param name="source">XY labels of the source layer.</param>
    /// <param name="target">XY labels of the target layer at the same pixels.</param>
    /// <param name="xzSource">XZ labels at the source layer; empty when there are no projections.</param>
    /// <param name="xzTarget">XZ labels at the target layer.</param>
    /// <param name="yzSource">YZ labels at the source layer.</param>
    /// <param name="yzTarget">YZ labels at the target layer.</param>
    public void Add(
        int firstPixel,
        ReadOnlySpan<uint> source,
        ReadOnlySpan<uint> target,
        ReadOnlySpan<uint> xzSource,
        ReadOnlySpan<uint> xzTarget,
        ReadOnlySpan<uint> yzSource,
        ReadOnlySpan<uint> yzTarget)
    {
        bool vote = !xzSource.IsEmpty;
        RequireSameLength(source, target);
        if (vote)
        {
            RequireSameLength(source, xzSource);
            RequireSameLength(source, xzTarget);
            RequireSameLength(source, yzSource);
            RequireSameLength(source, yzTarget);
        }

        if (source.IsEmpty)
        {
            return;
        }

        ref uint s = ref MemoryMarshal.GetReference(source);
        ref uint t = ref MemoryMarshal.GetReference(target);
        ref uint xs = ref MemoryMarshal.GetReference(xzSource);
        ref uint xt = ref MemoryMarshal.GetReference(xzTarget);
        ref uint ys = ref MemoryMarshal.GetReference(yzSource);
        ref uint yt = ref MemoryMarshal.GetReference(yzTarget);

        // The run that is open: its pair, its first pixel, and its votes so far.
        ulong key = KeyOf(s, t);
        int runStart = 0;
        int rejecting = 0;
        for (int at = 0; at < source.Length; at += PixelRuns.Block)
        {
            int count = Math.Min(PixelRuns.Block, source.Length - at);
            ulong changes;
            ulong rejectXz = 0;
            ulong rejectYz = 0;
            if (at > 0 && count == PixelRuns.Block)
            {
                changes = PixelRuns.Changes(ref s, ref t, at);
            }
            else if (at > 0)
            {
                changes = PixelRuns.ChangesPlain(ref s, ref t, at, count);
            }
            else
            {
                // Pixel 0 has no left neighbour: it opens the first run.
                changes = PixelRuns.ChangesPlain(ref s, ref t, 1, count - 1) << 1;
            }

            if (vote)
            {
                rejectXz = count == PixelRuns.Block ? PixelRuns.Rejections(ref xs, ref xt, at) : PixelRuns.RejectionsPlain(ref xs, ref xt, at, count);
                rejectYz = count == PixelRuns.Block ? PixelRuns.Rejections(ref ys, ref yt, at) : PixelRuns.RejectionsPlain(ref ys, ref yt, at, count);
            }

            int counted = 0;
            while (changes != 0)
            {
                int end = BitOperations.TrailingZeroCount(changes);
                changes &= changes - 1;
                if (vote)
                {
                    ulong run = (1UL << end) - (1UL << counted);
                    rejecting += BitOperations.PopCount(rejectXz & run) + BitOperations.PopCount(rejectYz & run);
                    counted = end;
                }

                AddRun(key, at + end - runStart, rejecting, firstPixel + runStart);
                runStart = at + end;
                rejecting = 0;
                key = KeyOf(Unsafe.Add(ref s, runStart), Unsafe.Add(ref t, runStart));
            }

            rejecting += BitOperations.PopCount(rejectXz >> counted) + BitOperations.PopCount(rejectYz >> counted);
        }

        AddRun(key, source.Length - runStart, rejecting, firstPixel + runStart);
    }

    /// <summary>Adds the counts of other pixels of the same two layers, for example of another block of rows.</summary>
    /// <param name="other">A table of disjoint pixels.</param>
    public void Add(OverlapTable other)
    {
        foreach (Slot slot in other._slots)
        {
            if (slot.Key != 0)
            {
                AddRun(slot.Key, slot.Pixels, slot.Rejecting, slot.FirstPixel);
            }
        }
    }

    /// <summary>Adds counts that were taken out of another table.</summary>
    internal void Add(ReadOnlySpan<LabelOverlap> overlaps)
    {
        foreach (LabelOverlap overlap in overlaps)
        {
            AddRun(KeyOf(overlap.Source, overlap.Target), overlap.Pixels, overlap.Rejecting, overlap.FirstPixel);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddRun(ulong key, int pixels, int rejecting, int firstPixel)
    {
        if (key == 0)
        {
            return;
        }

        ref Slot slot = ref Find(key);
        if (slot.Key == 0)
        {
            slot = new Slot { Key = key, FirstPixel = firstPixel };
            Count++;
        }

        slot.Pixels += pixels;
        slot.Rejecting += rejecting;
        slot.FirstPixel = Math.Min(slot.FirstPixel, firstPixel);
        if (Count * SlotsPerEntry > _slots.Length)
        {
            Grow();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Slot Find(ulong key)
    {
        ref Slot slots = ref MemoryMarshal.GetArrayDataReference(_slots);
        nint mask = _slots.Length - 1;
        nint at = (nint)(Hash(key) >> _shift);
        while (true)
        {
            ref Slot slot = ref Unsafe.Add(ref slots, at);
            if (slot.Key == key || slot.Key == 0)
            {
                return ref slot;
            }

            at = (at + 1) & mask;
        }
    }

    private void Grow()
    {
        Slot[] old = _slots;
        _slots = new Slot[old.Length * 2];
        _shift--;
        foreach (Slot slot in old)
        {
            if (slot.Key != 0)
            {
                Find(slot.Key) = slot;
            }
        }
    }

    // Fibonacci hashing (Knuth, TAOCP 3, section 6.4): the high bits of key · 2⁶⁴/φ; the product wraps by design.
    private static ulong Hash(ulong key) => unchecked(key * 0x9E3779B97F4A7C15);

    private static ulong KeyOf(uint source, uint target) => ((ulong)source << 32) | target;

    private static uint SourceOf(ulong key) => (uint)(key >> 32);

    private static uint TargetOf(ulong key) => unchecked((uint)key);

    private static void RequireSameLength(ReadOnlySpan<uint> source, ReadOnlySpan<uint> other)
    {
        if (source.Length != other.Length)
        {
            throw new ArgumentException($"{other.Length} pixels given beside {source.Length} of the source layer; the counts must be equal.");
        }
    }
}
