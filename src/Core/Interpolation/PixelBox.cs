namespace CellStitch.Core.Interpolation;

/// <summary>A rectangle of pixels.</summary>
/// <param name="Top">First row.</param>
/// <param name="Left">First column.</param>
/// <param name="Height">Rows, at least 1.</param>
/// <param name="Width">Columns, at least 1.</param>
internal readonly record struct PixelBox(int Top, int Left, int Height, int Width)
{
    public int Bottom => Top + Height;

    public int Right => Left + Width;

    public int Pixels => Height * Width;

    /// <summary>The smallest box with these corners; the far ones are exclusive.</summary>
    public static PixelBox Between(int top, int left, int bottom, int right) => new(top, left, bottom - top, right - left);

    public PixelBox Union(PixelBox other) => Between(
        Math.Min(Top, other.Top), Math.Min(Left, other.Left), Math.Max(Bottom, other.Bottom), Math.Max(Right, other.Right));

    /// <summary>The box with a margin on every side, as far as the image reaches.</summary>
    public PixelBox Grown(int margin, PixelBox image) => Between(
        Math.Max(Top - margin, image.Top),
        Math.Max(Left - margin, image.Left),
        Math.Min(Bottom + margin, image.Bottom),
        Math.Min(Right + margin, image.Right));
}
