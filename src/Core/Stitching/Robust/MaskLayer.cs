using System.Numerics;
using System.Runtime.InteropServices;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Stitching;

/// <summary>A slice of one layer as the evidence sees it.</summary>
/// <param name="Label">Label in the mask; unique within the layer.</param>
/// <param name="Pixels">Area in pixels.</param>
/// <param name="FirstPixel">Smallest raster index.</param>
/// <param name="Support">Pixels with a cell in XZ plus pixels with a cell in YZ, 0 … 2 · <paramref name="Pixels"/>.</param>
internal readonly record struct SupportedSlice(uint Label, int Pixels, int FirstPixel, int Support);

/// <summary>Arrays of pixels that are used again and again. Fresh ones of this size would pile up faster than they are collected.</summary>
/// <param name="pixels">Length of an array.</param>
internal sealed class SparePixels(int pixels)
{
    // Not a concurrent bag: the lists it keeps for every thread outlive it by a collection or two.
    private readonly Stack<uint[]> _spare = [];

    public uint[] Take()
    {
        lock (_spare)
        {
            return _spare.TryPop(out uint[]? used) ? used : new uint[pixels];
        }
    }

    public void Give(uint[] used)
    {
        lock (_spare)
        {
            _spare.Push(used);
        }
    }
}

/// <summary>Some rows of one layer of all stacks, in memory. The arrays of absent projections are empty, the others may be longer than the rows.</summary>
internal sealed class MaskLayer
{
    private MaskLayer(int z, int pixels, uint[] xy, uint[] xz, uint[] yz)
    {
        (Z, Pixels, Xy, Xz, Yz) = (z, pixels, xy, xz, yz);
    }

    public int Z { get; }

    /// <summary>Pixels of the rows.</summary>
    public int Pixels { get; }

    public uint[] Xy { get; }

    public uint[] Xz { get; }

    public uint[] Yz { get; }

    public bool HasProjections => Xz.Length > 0;

    /// <summary>Reads rows of a layer.</summary>
    /// <param name="stacks">The mask stacks.</param>
    /// <param name="z">The layer.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="spare">Where the arrays come from.</param>
    public static MaskLayer Read(MaskStacks stacks, int z, RowRange rows, SparePixels spare)
    {
        int count = rows.Count * stacks.Shape.Width;
        return new MaskLayer(z, count, Rows(stacks.Xy), Rows(stacks.Xz), Rows(stacks.Yz));

        uint[] Rows(ILayerSource? stack)
        {
            if (stack is null)
            {
                return [];
            }

            uint[] pixels = spare.Take();
            using IRowReader reader = stack.OpenRows(z, rows.First);
            reader.Read(pixels.AsSpan(0, count));
            return pixels;
        }
    }

    /// <summary>Gives the arrays back; the layer is of no use after that.</summary>
    public void Release(SparePixels spare)
    {
        foreach (uint[] pixels in new[] { Xy, Xz, Yz }.Where(pixels => pixels.Length > 0))
        {
            spare.Give(pixels);
        }
    }

    /// <summary>The slices in the first <paramref name="pixels"/> pixels, by first pixel; first pixels count from <paramref name="offset"/>.</summary>
    public SupportedSlice[] Slices(int pixels, int offset)
    {
        var slices = new List<SupportedSlice>();
        var indexOf = new Dictionary<uint, int>();
        ref uint xy = ref MemoryMarshal.GetArrayDataReference(Xy);
        ref uint xz = ref MemoryMarshal.GetArrayDataReference(Xz);
        ref uint yz = ref MemoryMarshal.GetArrayDataReference(Yz);
        uint label = 0;
        (int start, int support) = (0, 0);
        for (int at = 0; at < pixels; at += PixelRuns.Block)
        {
            int count = Math.Min(PixelRuns.Block, pixels - at);
            ulong changes = at == 0 ? 1 | (PixelRuns.ChangesPlain(ref xy, ref xy, 1, count - 1) << 1)
                : count == PixelRuns.Block ? PixelRuns.Changes(ref xy, ref xy, at)
                : PixelRuns.ChangesPlain(ref xy, ref xy, at, count);
            ulong xzCells = HasProjections ? PixelRuns.Votes(ref xz, ref xz, at, count).Voting : 0;
            ulong yzCells = HasProjections ? PixelRuns.Votes(ref yz, ref yz, at, count).Voting : 0;
            ulong rest = ulong.MaxValue;
            for (; changes != 0; changes &= changes - 1)
            {
                int end = BitOperations.TrailingZeroCount(changes);
                ulong before = (1UL << end) - 1;
                support += BitOperations.PopCount(xzCells & rest & before) + BitOperations.PopCount(yzCells & rest & before);
                Close(at + end);
                label = Xy[at + end];
                rest = ~before;
            }

            support += BitOperations.PopCount(xzCells & rest) + BitOperations.PopCount(yzCells & rest);
        }

        Close(pixels);
        return [.. slices];

        void Close(int end)
        {
            if (label != 0)
            {
                ref int index = ref CollectionsMarshal.GetValueRefOrAddDefault(indexOf, label, out bool known);
                if (!known)
                {
                    index = slices.Count;
                    slices.Add(new SupportedSlice(label, 0, offset + start, 0));
                }

                SupportedSlice slice = slices[index];
                slices[index] = slice with { Pixels = slice.Pixels + end - start, Support = slice.Support + support };
            }

            (start, support) = (end, 0);
        }
    }
}
