namespace CellStitch.Core.Volumes;

/// <summary>The size of a volume in voxels, in the order (z, y, x).</summary>
/// <param name="Depth">Number of layers (z), at least 1.</param>
/// <param name="Height">Rows of a layer (y), at least 1.</param>
/// <param name="Width">Columns of a layer (x), at least 1.</param>
public readonly record struct VolumeShape(int Depth, int Height, int Width)
{
    /// <summary>Pixels of one layer; at most 2³¹ − 1, which every source checks before it hands out a shape.</summary>
    public int LayerPixels => Height * Width;

    /// <summary>Voxels of the whole volume.</summary>
    public long Voxels => (long)Depth * LayerPixels;

    /// <summary>For messages: <c>depth × height × width</c>.</summary>
    public override string ToString() => $"{Depth} × {Height} × {Width}";
}
