using System.Collections.Concurrent;
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

/// <summary>Some rows of one layer of all stacks, in memory. The arrays of absent projections are empty.</summary>
internal sealed class MaskLayer
{
    private MaskLayer(int z, uint[] xy, uint[] xz, uint[] yz)
    {
        (Z, Xy, Xz, Yz) = (z, xy, xz, yz);
    }

    public int Z { get; }

    public uint[] Xy { get; }

    public uint[] Xz { get; }

    public uint[] Yz { get; }

    public int Pixels => Xy.Length;

    public bool HasProjections => Xz.Length > 0;

    /// <summary>Reads rows of a layer.</summary>
    /// <param name="stacks">The mask stacks.</param>
    /// <param name="z">The layer.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="spare">Arrays of this size that nobody uses any more; taken from first.</param>
    public static MaskLayer Read(MaskStacks stacks, int z, RowRange rows, ConcurrentBag<uint[]> spare)
    {
        return new MaskLayer(z, Rows(stacks.Xy), Rows(stacks.Xz), Rows(stacks.Yz));

        uint[] Rows(ILayerSource? stack)
        {
            if (stack is null)
            {
                return [];
            }

            uint[] pixels = spare.TryTake(out uint[]? used) ? used : new uint[rows.Count * stack.Shape.Width];
            using IRowReader reader = stack.OpenRows(z, rows.First);
            reader.Read(pixels);
            return pixels;
        }
    }

    /// <summary>Gives the arrays to the spare ones; the layer is of no use after that.</summary>
    public void Release(ConcurrentBag<uint[]> spare)
    {
        foreach (uint[] pixels in new[] { Xy, Xz, Yz }.Where(pixels => pixels.Length > 0))
        {
            spare.Add(pixels);
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
