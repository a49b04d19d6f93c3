using System.Collections.Concurrent;
using CellStitch.Core.Volumes;

namespace CellStitch.Segmentation.Images;

/// <summary>The lines of voxels along one axis of a volume in (z, y, x) raster order. An image is a volume of one layer.</summary>
/// <param name="Count">Number of lines.</param>
/// <param name="Length">Voxels of a line.</param>
/// <param name="Step">Distance in memory of neighbours on a line.</param>
internal readonly record struct AxisLines(int Count, int Length, int Step)
{
    public static AxisLines Of(VolumeShape shape, VolumeAxis axis) => axis switch
    {
        VolumeAxis.Z => new AxisLines(shape.LayerPixels, shape.Depth, shape.LayerPixels),
        VolumeAxis.Y => new AxisLines(shape.Depth * shape.Width, shape.Height, shape.Width),
        _ => new AxisLines(shape.Depth * shape.Height, shape.Width, 1),
    };

    /// <summary>The first voxel of a line.</summary>
    public int Start(int line) => (line / Step * Step * Length) + (line % Step);

    /// <summary>Works on all lines, each by itself: the result does not depend on the number of threads.</summary>
    /// <param name="threads">Lines worked on at once.</param>
    /// <param name="work">Takes the first line and the line after the last one.</param>
    /// <param name="cancellation">Ends the work.</param>
    public void Each(int threads, Action<int, int> work, CancellationToken cancellation = default)
    {
        if (threads == 1)
        {
            work(0, Count);
            return;
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        Parallel.ForEach(Partitioner.Create(0, Count), options, lines => work(lines.Item1, lines.Item2));
    }
}
