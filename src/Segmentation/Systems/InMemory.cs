using System.Globalization;
using CellStitch.Core.Volumes;
using CellStitch.Segmentation.Images;

namespace CellStitch.Segmentation.Systems;

/// <summary>The whole stack in memory, for the systems that cannot do without: what fits, how it gets there and how labels get out.</summary>
internal static class InMemory
{
    // Measured: 43 bytes for the watershed and 41 for given boundaries, of 8 million voxels; flows add 20 where they are made and are gone when distances come.
    private const int BytesPerVoxel = 48;

    /// <summary>Refuses a stack that is too large before any of it is read.</summary>
    /// <param name="raw">The stack.</param>
    /// <param name="available">Memory of the machine, or of its container; by default what the runtime may use.</param>
    /// <exception cref="InvalidMaskException">It does not fit.</exception>
    public static void Require(IRawSource raw, long? available = null)
    {
        long machine = available ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        long needed = raw.Shape.Voxels * BytesPerVoxel;
        string needs = string.Create(CultureInfo.InvariantCulture, $"{raw.Shape} voxels need {needed / 1e9:0.0} GB of memory, since this method holds the whole stack");
        string advice = "cut the stack, or use 'cellstitch run', which streams it.";
        if (raw.Shape.Voxels > Array.MaxLength)
        {
            throw new InvalidMaskException(MaskFault.TooLarge, raw.Name, null, $"{needs}; it takes at most {Array.MaxLength} voxels: {advice}");
        }

        if (needed > machine)
        {
            throw new InvalidMaskException(
                MaskFault.TooLarge, raw.Name, null, string.Create(CultureInfo.InvariantCulture, $"{needs}; there are {machine / 1e9:0.0} GB: {advice}"));
        }
    }

    /// <summary>Reads the stack and normalises it.</summary>
    public static float[] Read(IRawSource raw, IntensityRange range, double contrast, CancellationToken cancellation)
    {
        float[] voxels = new float[raw.Shape.Voxels];
        for (int z = 0; z < raw.Shape.Depth; z++)
        {
            cancellation.ThrowIfCancellationRequested();
            using IRawRows rows = raw.OpenRows(z);
            Span<float> layer = voxels.AsSpan(z * raw.Shape.LayerPixels, raw.Shape.LayerPixels);
            rows.Read(layer);
            range.Normalise(layer, contrast);
        }

        return voxels;
    }

    /// <summary>The labels as a volume, numbered 1 … K by their first voxel.</summary>
    /// <param name="labels">Labels of any order, 0 is background; used up.</param>
    /// <param name="raw">The stack they belong to.</param>
    public static LabelVolume Number(int[] labels, IRawSource raw)
    {
        uint[] numbers = new uint[labels.Max() + 1];
        uint next = 0;
        uint[] voxels = new uint[labels.Length];
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] > 0)
            {
                ref uint number = ref numbers[labels[i]];
                number = number == 0 ? ++next : number;
                voxels[i] = number;
            }
        }

        return new LabelVolume(raw.Shape, voxels, raw.VoxelSize, raw.Name);
    }
}
