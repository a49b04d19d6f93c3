using CellStitch.Core.Volumes;
using CellStitch.Segmentation.Flows;

namespace CellStitch.Segmentation.Systems;

/// <summary>Lets every voxel of a cell drift along the flows, as <see cref="FlowDynamics"/> does in an image: a step per flow, read between the eight voxels around.</summary>
internal sealed class VolumeDynamics
{
    private readonly VolumeShape _shape;
    private readonly float[] _z;
    private readonly float[] _y;
    private readonly float[] _x;
    private readonly int _steps;

    private VolumeDynamics(VolumeFlows flows, int steps) => (_shape, _z, _y, _x, _steps) = (flows.Shape, flows.Z, flows.Y, flows.X, steps);

    /// <summary>The sink of every voxel.</summary>
    /// <param name="flows">The flows; those outside cells are set to 0.</param>
    /// <param name="steps">Steps of every voxel.</param>
    /// <param name="threads">Layers worked on at once.</param>
    /// <param name="cancellation">Checked before each layer.</param>
    /// <returns>Raster index of the sink per voxel; −1 outside cells.</returns>
    public static int[] Sinks(VolumeFlows flows, int steps, int threads, CancellationToken cancellation)
    {
        int[] sinks = new int[flows.CellLogit.Length];
        for (int i = 0; i < sinks.Length; i++)
        {
            if (flows.CellLogit[i] <= 0)
            {
                sinks[i] = -1;
                (flows.Z[i], flows.Y[i], flows.X[i]) = (0, 0, 0);
            }
        }

        var dynamics = new VolumeDynamics(flows, steps);
        VolumeShape shape = flows.Shape;
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        // Rows, not layers: a stack of few layers keeps all threads busy too.
        Parallel.For(0, shape.Depth * shape.Height, options, row =>
        {
            for (int x = 0; x < shape.Width; x++)
            {
                ref int sink = ref sinks[(row * shape.Width) + x];
                sink = sink < 0 ? sink : dynamics.Follow(row / shape.Height, row % shape.Height, x);
            }
        });
        return sinks;
    }

    private int Follow(double z, double y, double x)
    {
        (int layer, int row) = (_shape.LayerPixels, _shape.Width);
        (double lastZ, double lastY, double lastX) = (_shape.Depth - 1.0, _shape.Height - 1.0, _shape.Width - 1.0);
        // A volume of one layer, or one row or column, has nothing to read between.
        int below = _shape.Depth > 1 ? layer : 0;
        int next = _shape.Height > 1 ? row : 0;
        int right = _shape.Width > 1 ? 1 : 0;
        // Nothing overflows: positions are clamped to the volume.
        unchecked
        {
            for (int step = 0; step < _steps; step++)
            {
                int k = Math.Max(Math.Min((int)z, _shape.Depth - 2), 0);
                int i = Math.Max(Math.Min((int)y, _shape.Height - 2), 0);
                int j = Math.Max(Math.Min((int)x, _shape.Width - 2), 0);
                (double a, double b, double c) = (z - k, y - i, x - j);
                int at = (k * layer) + (i * row) + j;
                double w00 = (1 - a) * (1 - b);
                double w01 = (1 - a) * b;
                double w10 = a * (1 - b);
                double w11 = a * b;
                double nextZ = Math.Clamp(z + (Between(_z) / FlowField.Scale), 0, lastZ);
                double nextY = Math.Clamp(y + (Between(_y) / FlowField.Scale), 0, lastY);
                double nextX = Math.Clamp(x + (Between(_x) / FlowField.Scale), 0, lastX);
                if (nextZ == z && nextY == y && nextX == x)
                {
                    break;
                }

                (z, y, x) = (nextZ, nextY, nextX);

                double Between(float[] flow) =>
                    (w00 * Line(flow, at)) + (w01 * Line(flow, at + next)) + (w10 * Line(flow, at + below)) + (w11 * Line(flow, at + below + next));

                double Line(float[] flow, int start) => ((1 - c) * flow[start]) + (c * flow[start + right]);
            }

            return ((int)z * layer) + ((int)y * row) + (int)x;
        }
    }
}
