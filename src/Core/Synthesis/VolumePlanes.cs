using CellStitch.Core.Volumes;

namespace CellStitch.Core.Synthesis;

/// <summary>The planes of a volume along one of its axes: rows are layers in XZ and YZ.</summary>
internal sealed class VolumePlanes(LabelVolume volume, MaskProjection projection)
{
    private readonly VolumeShape _shape = volume.Shape;

    public int Count => projection switch
    {
        MaskProjection.Xy => _shape.Depth,
        MaskProjection.Xz => _shape.Height,
        _ => _shape.Width,
    };

    public int Pixels => Rows * Columns;

    private int Rows => projection == MaskProjection.Xy ? _shape.Height : _shape.Depth;

    private int Columns => projection == MaskProjection.Yz ? _shape.Height : _shape.Width;

    /// <summary>Copies neighbouring planes out of the volume, one after the other.</summary>
    public void Read(int first, int count, Span<uint> planes)
    {
        for (int row = 0; row < Rows; row++)
        {
            for (int i = 0; i < count && projection != MaskProjection.Yz; i++)
            {
                Line(first + i, row).CopyTo(planes.Slice((i * Pixels) + (row * Columns), Columns));
            }

            for (int y = 0; y < Columns && projection == MaskProjection.Yz; y++)
            {
                Span<uint> line = volume.Layer(row).Slice((y * _shape.Width) + first, count);
                for (int i = 0; i < count; i++)
                {
                    planes[(i * Pixels) + (row * Columns) + y] = line[i];
                }
            }
        }
    }

    /// <summary>Copies planes back to where <see cref="Read"/> took them from.</summary>
    public void Write(int first, int count, ReadOnlySpan<uint> planes)
    {
        for (int row = 0; row < Rows; row++)
        {
            for (int i = 0; i < count && projection != MaskProjection.Yz; i++)
            {
                planes.Slice((i * Pixels) + (row * Columns), Columns).CopyTo(Line(first + i, row));
            }

            for (int y = 0; y < Columns && projection == MaskProjection.Yz; y++)
            {
                Span<uint> line = volume.Layer(row).Slice((y * _shape.Width) + first, count);
                for (int i = 0; i < count; i++)
                {
                    line[i] = planes[(i * Pixels) + (row * Columns) + y];
                }
            }
        }
    }

    /// <summary>The size of the planes, and the mean slice from evenly spaced ones.</summary>
    /// <param name="sampledPlanes">Number of planes to look at; 0 leaves the means at 0.</param>
    public PlaneGeometry Geometry(int sampledPlanes)
    {
        var components = new SliceComponents();
        var plane = new uint[Pixels];
        var found = new int[Pixels];
        long slices = 0;
        long area = 0;
        int sampled = Math.Min(sampledPlanes, Count);
        for (int i = 0; i < sampled; i++)
        {
            // The middle of the i-th of equal parts.
            Read((int)(((2L * i) + 1) * Count / (2L * sampled)), 1, plane);
            components.Find(plane, Columns, found);
            slices += components.Count;
            area += Pixels - plane.AsSpan().Count(0u);
        }

        double rowStep = projection == MaskProjection.Xy ? 1 : volume.VoxelSize?.Anisotropy ?? 1;
        return new PlaneGeometry(
            Rows, Columns, rowStep, slices / (double)Math.Max(1, sampled), area / (double)Math.Max(1, slices));
    }

    private Span<uint> Line(int plane, int row)
    {
        return projection == MaskProjection.Xy
            ? volume.Layer(plane).Slice(row * Columns, Columns)
            : volume.Layer(row).Slice(plane * Columns, Columns);
    }
}
