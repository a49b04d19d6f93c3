namespace CellStitch.Segmentation.Images;

/// <summary>One 2D image of intensities.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Pixels">Height × width intensities in raster order.</param>
internal sealed record GreyImage(int Height, int Width, float[] Pixels)
{
    public static GreyImage Empty(int height, int width) => new(height, width, new float[height * width]);
}
