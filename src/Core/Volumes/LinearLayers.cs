using CellStitch.Core.Interpolation;

namespace CellStitch.Core.Volumes;

/// <summary>
/// A view of a raw stack with layers between its layers, so that voxels become cubes. Original layers lie where label interpolation puts them
/// (<see cref="Interpolator.PositionOf"/>); every layer is read at its own height, linearly between the two layers around it. Does not own the stack.
/// </summary>
/// <param name="stack">The stack.</param>
/// <param name="anisotropy">Distance of its layers in pixels, above 1.</param>
public sealed class LinearLayers(IRawSource stack, double anisotropy) : IRawSource
{
    /// <inheritdoc/>
    public string Name => stack.Name;

    /// <inheritdoc/>
    public VolumeShape Shape { get; } = stack.Shape with { Depth = Interpolator.PositionOf(stack.Shape.Depth - 1, anisotropy) + 1 };

    /// <summary>That of the stack, with closer layers.</summary>
    public VoxelSize? VoxelSize => stack.VoxelSize is { } size ? size with { ZUm = size.ZUm / anisotropy } : null;

    /// <inheritdoc/>
    public IReadOnlyList<string> Warnings => stack.Warnings;

    /// <inheritdoc/>
    public IRawRows OpenRows(int z, int firstRow = 0)
    {
        // The last layer may lie half a pixel below its place.
        double height = Math.Min(z / anisotropy, stack.Shape.Depth - 1);
        int above = (int)height;
        float share = (float)(height - above);
        return share == 0 ? stack.OpenRows(above, firstRow) : new BlendedRows(stack.OpenRows(above, firstRow), stack.OpenRows(above + 1, firstRow), share);
    }

    /// <summary>Nothing to release.</summary>
    public void Dispose()
    {
    }

    private sealed class BlendedRows(IRawRows above, IRawRows below, float share) : IRawRows
    {
        private float[] _below = [];

        public void Read(Span<float> rows)
        {
            _below = _below.Length < rows.Length ? new float[rows.Length] : _below;
            Span<float> other = _below.AsSpan(0, rows.Length);
            above.Read(rows);
            below.Read(other);
            for (int i = 0; i < rows.Length; i++)
            {
                rows[i] = (rows[i] * (1 - share)) + (other[i] * share);
            }
        }

        public void Dispose()
        {
            above.Dispose();
            below.Dispose();
        }
    }
}
