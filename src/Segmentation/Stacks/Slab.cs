using CellStitch.Core.Volumes;
using CellStitch.Segmentation.Flows;

namespace CellStitch.Segmentation.Stacks;

/// <summary>Neighbouring slices of one direction: XY slices follow each other along z, XZ slices along y, YZ slices along x.</summary>
/// <param name="Axis">The axis along which the slices follow each other.</param>
/// <param name="First">First slice.</param>
/// <param name="Count">Number of slices, at least 1.</param>
public sealed record Slab(VolumeAxis Axis, int First, int Count)
{
    /// <summary>The directions of the three mask stacks, in the order xy, xz, yz.</summary>
    public static IReadOnlyList<VolumeAxis> Axes { get; } = [VolumeAxis.Z, VolumeAxis.Y, VolumeAxis.X];

    /// <summary>Cuts a volume into slabs of at most <paramref name="voxels"/> voxels, but at least one slice.</summary>
    /// <param name="shape">The volume.</param>
    /// <param name="axis">The axis along which the slices follow each other.</param>
    /// <param name="voxels">Voxels of a slab; 12 bytes each are held while it is segmented.</param>
    public static IReadOnlyList<Slab> Of(VolumeShape shape, VolumeAxis axis, long voxels)
    {
        int slices = new Slices(axis, shape).Count;
        long count = Math.Clamp(voxels / (shape.Voxels / slices), 1, slices);
        // Equal shares: the last slab is not a sliver.
        int slabs = (int)((slices + count - 1) / count);
        return [.. Enumerable.Range(0, slabs).Select(i => new Slab(axis, Start(i), Start(i + 1) - Start(i)))];

        int Start(int i) => (int)((long)i * slices / slabs);
    }

    /// <summary>The slab's part of a volume.</summary>
    public VolumeShape ShapeIn(VolumeShape volume) => Axis switch
    {
        VolumeAxis.Z => volume with { Depth = Count },
        VolumeAxis.Y => volume with { Height = Count },
        _ => volume with { Width = Count },
    };

    /// <summary>Segments the slices.</summary>
    /// <param name="raw">The stack.</param>
    /// <param name="setup">What was decided for it.</param>
    /// <param name="network">The network, where the method needs one.</param>
    /// <param name="threads">Slices that are segmented at once; the masks do not depend on it.</param>
    /// <param name="done">Told after every slice, from any thread.</param>
    /// <param name="cancellation">Checked before every slice.</param>
    /// <returns>The masks on (z, y, x) axes; labels are unique within a slice.</returns>
    /// <exception cref="InvalidMaskException">The stack cannot be read.</exception>
    public LabelVolume Segment(
        IRawSource raw, SegmentationSetup setup, FlowNetwork? network, int threads, Action? done = null, CancellationToken cancellation = default)
    {
        VolumeShape shape = ShapeIn(raw.Shape);
        float[] voxels = Read(raw, shape, cancellation);
        var masks = new LabelVolume(shape, raw.VoxelSize, raw.Name);
        var segmenter = new SliceSegmenter(setup, network);
        var slices = new Slices(Axis, shape);
        Parallel.For(0, Count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, slice =>
        {
            uint[] labels = segmenter.Masks(slices.Cut(voxels, slice), Axis == VolumeAxis.Z ? 1 : setup.Anisotropy);
            Put(labels, slices, slice, masks.Voxels);
            done?.Invoke();
        });
        return masks;
    }

    /// <summary>Number of masks in all slices of a segmented slab.</summary>
    /// <param name="masks">What <see cref="Segment"/> returned.</param>
    public long CountMasks(LabelVolume masks)
    {
        uint[] last = new uint[Count];
        for (int i = 0; i < masks.Voxels.Length; i++)
        {
            int slice = Axis switch
            {
                VolumeAxis.Z => i / masks.Shape.LayerPixels,
                VolumeAxis.Y => i / masks.Shape.Width % masks.Shape.Height,
                _ => i % masks.Shape.Width,
            };
            // Masks are numbered without gaps at nominal size; one that vanished on the way back is not worth a second pass.
            last[slice] = Math.Max(last[slice], masks.Voxels[i]);
        }

        return last.Sum(label => (long)label);
    }

    private float[] Read(IRawSource raw, VolumeShape shape, CancellationToken cancellation)
    {
        float[] voxels = new float[shape.Voxels];
        float[] row = new float[raw.Shape.Width];
        for (int z = 0; z < shape.Depth; z++)
        {
            cancellation.ThrowIfCancellationRequested();
            using IRawRows rows = Axis switch
            {
                VolumeAxis.Z => raw.OpenRows(First + z),
                VolumeAxis.Y => raw.OpenRows(z, First),
                _ => raw.OpenRows(z),
            };
            Span<float> layer = voxels.AsSpan(z * shape.LayerPixels, shape.LayerPixels);
            if (Axis != VolumeAxis.X)
            {
                rows.Read(layer);
                continue;
            }

            for (int y = 0; y < shape.Height; y++)
            {
                rows.Read(row);
                row.AsSpan(First, Count).CopyTo(layer[(y * Count)..]);
            }
        }

        return voxels;
    }

    private static void Put(uint[] labels, Slices slices, int slice, Span<uint> voxels)
    {
        (int height, int width) = slices.Size;
        for (int row = 0; row < height; row++)
        {
            for (int column = 0; column < width; column++)
            {
                voxels[slices.Place(slice, row, column)] = labels[(row * width) + column];
            }
        }
    }
}
