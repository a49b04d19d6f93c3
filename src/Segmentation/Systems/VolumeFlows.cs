using CellStitch.Core.Volumes;
using CellStitch.Segmentation.Flows;
using CellStitch.Segmentation.Images;
using CellStitch.Segmentation.Stacks;

namespace CellStitch.Segmentation.Systems;

/// <summary>
/// What the network says of a volume, seen from three sides: the flow along every axis is the mean of the two directions of slices that see it, the cell logit the mean
/// of all three.
/// </summary>
/// <param name="shape">The volume.</param>
internal sealed class VolumeFlows(VolumeShape shape)
{
    private const int Views = 3;
    private const int ViewsOfAnAxis = 2;

    public VolumeShape Shape => shape;

    /// <summary>Flow to larger z, in units of <see cref="FlowField.Scale"/>, as all flows.</summary>
    public float[] Z { get; } = new float[shape.Voxels];

    public float[] Y { get; } = new float[shape.Voxels];

    public float[] X { get; } = new float[shape.Voxels];

    public float[] CellLogit { get; } = new float[shape.Voxels];

    /// <summary>Runs the network over the slices of all three directions, resized as for 2D masks, and its output back at the size of the slice.</summary>
    /// <param name="voxels">Normalised intensities.</param>
    /// <param name="shape">The volume.</param>
    /// <param name="setup">Diameter and anisotropy.</param>
    /// <param name="network">Takes an image at nominal size; from several threads.</param>
    /// <param name="threads">Slices worked on at once; the flows do not depend on it.</param>
    /// <param name="progress">Receives the share done.</param>
    /// <param name="cancellation">Checked before each slice.</param>
    public static VolumeFlows Of(
        float[] voxels,
        VolumeShape shape,
        SegmentationSetup setup,
        Func<GreyImage, FlowField> network,
        int threads,
        Action<double> progress,
        CancellationToken cancellation)
    {
        var flows = new VolumeFlows(shape);
        (int done, int slices) = (0, shape.Depth + shape.Height + shape.Width);
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        // One direction after the other, so that sums have an order.
        foreach (VolumeAxis axis in Slab.Axes)
        {
            var view = new Slices(axis, shape);
            double rowStretch = axis == VolumeAxis.Z ? 1 : setup.Anisotropy;
            Parallel.For(0, view.Count, options, slice =>
            {
                flows.Add(view, slice, Seen(view.Cut(voxels, slice), setup.Diameter, rowStretch, network));
                progress((double)Interlocked.Increment(ref done) / slices);
            });
        }

        return flows;
    }

    private static GreyImage[] Seen(GreyImage slice, double diameter, double rowStretch, Func<GreyImage, FlowField> network)
    {
        (int height, int width) = NominalSize.Of(slice.Height, slice.Width, diameter, rowStretch);
        FlowField seen = network(Resampling.Linear(slice, height, width));
        return [Plane(seen.DownFlow), Plane(seen.RightFlow), Plane(seen.CellLogit)];

        GreyImage Plane(ReadOnlySpan<float> values) => Resampling.Linear(new GreyImage(height, width, values.ToArray()), slice.Height, slice.Width);
    }

    // No two slices of a direction share a voxel, so they may be added at once.
    private void Add(Slices view, int slice, GreyImage[] planes)
    {
        (float[] down, float[] right) = view.Axis switch
        {
            VolumeAxis.Z => (Y, X),
            VolumeAxis.Y => (Z, X),
            _ => (Z, Y),
        };
        (int height, int width) = view.Size;
        for (int i = 0; i < height * width; i++)
        {
            int at = view.Place(slice, i / width, i % width);
            down[at] += planes[0].Pixels[i] / ViewsOfAnAxis;
            right[at] += planes[1].Pixels[i] / ViewsOfAnAxis;
            CellLogit[at] += planes[2].Pixels[i] / Views;
        }
    }
}
