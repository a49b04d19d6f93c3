using CellStitch.Core.Volumes;

namespace CellStitch.Core.Stitching;

/// <summary>A run of neighbouring layers.</summary>
/// <param name="First">First layer.</param>
/// <param name="End">Layer after the last.</param>
public readonly record struct LayerRange(int First, int End)
{
    /// <summary>Number of layers.</summary>
    public int Count => End - First;

    /// <summary>
    /// The same layers numbered in the order of the tracing, when these are numbered from the top, and the other way round.
    /// </summary>
    /// <param name="direction">The direction of the tracing.</param>
    /// <param name="depth">Layers of the volume.</param>
    public LayerRange Traced(StitchDirection direction, int depth) =>
        direction == StitchDirection.Down ? this : new LayerRange(depth - End, depth - First);

    /// <summary>These layers and some on either side, as far as there are any.</summary>
    /// <param name="layers">How many.</param>
    /// <param name="depth">Layers of the volume.</param>
    internal LayerRange Widened(int layers, int depth) => new(Math.Max(0, First - layers), Math.Min(depth, End + layers));

    internal void RequireWithin(VolumeShape shape)
    {
        if (First < 0 || First >= End || End > shape.Depth)
        {
            throw new ArgumentException($"Layers {First} to {End - 1} of {shape.Depth}; expected at least one, within the volume.");
        }
    }
}

/// <summary>A run of neighbouring rows, the same in every layer.</summary>
/// <param name="First">First row.</param>
/// <param name="End">Row after the last.</param>
public readonly record struct RowRange(int First, int End)
{
    /// <summary>Number of rows.</summary>
    public int Count => End - First;

    /// <summary>All rows of a layer.</summary>
    /// <param name="shape">Shape of the volume.</param>
    public static RowRange All(VolumeShape shape) => new(0, shape.Height);

    internal void RequireWithin(VolumeShape shape)
    {
        if (First < 0 || First >= End || End > shape.Height)
        {
            throw new ArgumentException($"Rows {First} to {End - 1} of {shape.Height}; expected at least one, within the layer.");
        }
    }
}
