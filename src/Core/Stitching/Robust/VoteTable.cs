using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CellStitch.Core.Stitching;

/// <summary>Pixels and votes of a pair of labels, both cells.</summary>
/// <param name="A">Label of one slice: of the earlier layer, or the smaller label in one layer.</param>
/// <param name="B">Label of the other.</param>
/// <param name="Pixels">Pixels they share, or pairs of pixels that face each other.</param>
/// <param name="Agreeing">Votes of XZ and YZ that both belong to one cell.</param>
/// <param name="Rejecting">Votes against it.</param>
internal readonly record struct PairVotes(uint A, uint B, int Pixels, int Agreeing, int Rejecting);

/// <summary>Sums of pixels and votes per pair of labels. Tables of disjoint pixels add up.</summary>
internal sealed class VoteTable
{
    private const int InitialSlots = 1024;

    // Half full at most: linear probing then looks at 1.5 slots per hit on average.
    private const int SlotsPerEntry = 2;

    private Slot[] _slots = new Slot[InitialSlots];
    private int _shift = 64 - BitOperations.Log2(InitialSlots);
    private int _count;

    /// <summary>The pairs, ascending in (A, B).</summary>
    public PairVotes[] Pairs
    {
        get
        {
            var pairs = new PairVotes[_count];
            int next = 0;
            foreach (ref readonly Slot slot in _slots.AsSpan())
            {
                if (slot.Key != 0)
                {
                    pairs[next++] = new PairVotes((uint)(slot.Key >> 32), LowHalf(slot.Key), slot.Pixels, slot.Agreeing, slot.Rejecting);
                }
            }

            Array.Sort(pairs, (a, b) => a.A != b.A ? a.A.CompareTo(b.A) : a.B.CompareTo(b.B));
            return pairs;
        }
    }

    /// <summary>Empties the table; its memory stays.</summary>
    public void Clear()
    {
        Array.Clear(_slots);
        _count = 0;
    }

    /// <summary>Adds the sums of other pixels.</summary>
    public void Add(ReadOnlySpan<PairVotes> pairs)
    {
        foreach (PairVotes pair in pairs)
        {
            Add(((ulong)pair.A << 32) | pair.B, pair.Pixels, pair.Agreeing, pair.Rejecting);
        }
    }

    /// <summary>Counts the pixels that slices of two layers share, and their votes.</summary>
    /// <param name="source">The earlier layer.</param>
    /// <param name="target">The later layer.</param>
    /// <param name="pixels">Pixels to count, from the first.</param>
    public void AddOverlaps(MaskLayer source, MaskLayer target, int pixels)
    {
        bool vote = source.HasProjections;
        ref uint s = ref MemoryMarshal.GetArrayDataReference(source.Xy);
        ref uint t = ref MemoryMarshal.GetArrayDataReference(target.Xy);
        ref uint xs = ref MemoryMarshal.GetArrayDataReference(source.Xz);
        ref uint xt = ref MemoryMarshal.GetArrayDataReference(target.Xz);
        ref uint ys = ref MemoryMarshal.GetArrayDataReference(source.Yz);
        ref uint yt = ref MemoryMarshal.GetArrayDataReference(target.Yz);

        // The open run: its pair, its length and votes so far. The first pixel opens it.
        ulong key = KeyOf(s, t);
        (int length, int agreeing, int rejecting) = (0, 0, 0);
        for (int at = 0; at < pixels; at += PixelRuns.Block)
        {
            int count = Math.Min(PixelRuns.Block, pixels - at);
            ulong changes = at == 0 ? PixelRuns.ChangesPlain(ref s, ref t, 1, count - 1) << 1
                : count == PixelRuns.Block ? PixelRuns.Changes(ref s, ref t, at)
                : PixelRuns.ChangesPlain(ref s, ref t, at, count);
            if (changes == 0 && key == 0)
            {
                continue;
            }

            (ulong xVoting, ulong xRejecting) = vote ? PixelRuns.Votes(ref xs, ref xt, at, count) : default;
            (ulong yVoting, ulong yRejecting) = vote ? PixelRuns.Votes(ref ys, ref yt, at, count) : default;
            int counted = 0;
            while (true)
            {
                int end = changes == 0 ? count : BitOperations.TrailingZeroCount(changes);
                if (key != 0)
                {
                    ulong run = Bits(counted, end);
                    int against = BitOperations.PopCount(xRejecting & run) + BitOperations.PopCount(yRejecting & run);
                    length += end - counted;
                    rejecting += against;
                    agreeing += BitOperations.PopCount(xVoting & run) + BitOperations.PopCount(yVoting & run) - against;
                }

                if (changes == 0)
                {
                    break;
                }

                changes &= changes - 1;
                if (key != 0)
                {
                    Add(key, length, agreeing, rejecting);
                }

                (length, agreeing, rejecting) = (0, 0, 0);
                key = KeyOf(Unsafe.Add(ref s, at + end), Unsafe.Add(ref t, at + end));
                counted = end;
            }
        }

        if (key != 0)
        {
            Add(key, length, agreeing, rejecting);
        }
    }

    /// <summary>
    /// Counts the pairs of pixels of different slices of one layer that face each other in a row (XZ votes) or column (YZ votes), at most
    /// <see cref="EvidenceMeasurement.ReachPx"/> apart with nothing but background between.
    /// </summary>
    /// <param name="layer">The layer.</param>
    /// <param name="width">Columns.</param>
    /// <param name="pixels">Pixels whose right and lower neighbours are looked at, from the first.</param>
    public void AddNeighbours(MaskLayer layer, int width, int pixels)
    {
        int available = layer.Pixels;
        ref uint xy = ref MemoryMarshal.GetArrayDataReference(layer.Xy);
        for (int at = 0; at < pixels; at += PixelRuns.Block)
        {
            int right = Math.Min(PixelRuns.Block, Math.Min(pixels, available - 1) - at);
            ulong edges = right > 0 ? PixelRuns.Edges(ref xy, ref Unsafe.Add(ref xy, 1), at, right) : 0;
            for (; edges != 0; edges &= edges - 1)
            {
                int pixel = at + BitOperations.TrailingZeroCount(edges);
                AddFacing(layer.Xy, layer.Xz, pixel, step: 1, Math.Min(EvidenceMeasurement.ReachPx, width - 1 - (pixel % width)));
            }

            int below = Math.Min(PixelRuns.Block, Math.Min(pixels, available - width) - at);
            edges = below > 0 ? PixelRuns.Edges(ref xy, ref Unsafe.Add(ref xy, width), at, below) : 0;
            for (; edges != 0; edges &= edges - 1)
            {
                int pixel = at + BitOperations.TrailingZeroCount(edges);
                AddFacing(layer.Xy, layer.Yz, pixel, width, Math.Min(EvidenceMeasurement.ReachPx, (available - 1 - pixel) / width));
            }
        }
    }

    private void AddFacing(uint[] xy, uint[] projection, int pixel, int step, int reach)
    {
        uint label = xy[pixel];
        for (int distance = 1; distance <= reach; distance++)
        {
            int facing = pixel + (distance * step);
            uint other = xy[facing];
            if (other == 0)
            {
                continue;
            }

            if (other != label)
            {
                bool votes = projection.Length > 0 && projection[pixel] != 0 && projection[facing] != 0;
                bool agrees = votes && projection[pixel] == projection[facing];
                Add(((ulong)Math.Min(label, other) << 32) | Math.Max(label, other), 1, agrees ? 1 : 0, votes && !agrees ? 1 : 0);
            }

            return;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Add(ulong key, int pixels, int agreeing, int rejecting)
    {
        ref Slot slot = ref Find(key);
        if (slot.Key == 0)
        {
            slot.Key = key;
            _count++;
        }

        slot.Pixels += pixels;
        slot.Agreeing += agreeing;
        slot.Rejecting += rejecting;
        if (_count * SlotsPerEntry > _slots.Length)
        {
            Grow();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Slot Find(ulong key)
    {
        ref Slot slots = ref MemoryMarshal.GetArrayDataReference(_slots);
        nint mask = _slots.Length - 1;

        // Fibonacci hashing (Knuth, TAOCP 3, section 6.4); the product wraps by design.
        nint at = (nint)(unchecked(key * 0x9E3779B97F4A7C15) >> _shift);
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

    // Background on either side has no key.
    private static ulong KeyOf(uint source, uint target) => source == 0 || target == 0 ? 0 : ((ulong)source << 32) | target;

    private static uint LowHalf(ulong key) => unchecked((uint)key);

    private static ulong Bits(int first, int end) => (end == 64 ? ulong.MaxValue : (1UL << end) - 1) & ~((1UL << first) - 1);

    private struct Slot
    {
        public ulong Key;
        public int Pixels;
        public int Agreeing;
        public int Rejecting;
    }
}
