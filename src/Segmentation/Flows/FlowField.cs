namespace CellStitch.Segmentation.Flows;

/// <summary>What the network says of an image: for every pixel the way to its cell's centre, and whether it is in a cell at all.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Values">Three planes in raster order: 5·dY, 5·dX, cell logit.</param>
internal sealed record FlowField(int Height, int Width, float[] Values)
{
    /// <summary>The network was trained on flows of this length.</summary>
    public const double Scale = 5;

    public int Pixels => Height * Width;

    public ReadOnlySpan<float> DownFlow => Values.AsSpan(0, Pixels);

    public ReadOnlySpan<float> RightFlow => Values.AsSpan(Pixels, Pixels);

    public ReadOnlySpan<float> CellLogit => Values.AsSpan(2 * Pixels, Pixels);
}
