namespace CellStitch.Core.Interpolation;

/// <summary>What a cell claims of one layer between two original ones, or of the lower one where it is missing there.</summary>
/// <param name="Label">The cell.</param>
/// <param name="Step">The layer, 1 … steps − 1; steps for the lower original one.</param>
/// <param name="Matched">Whether the cell is in both original layers; where it is in one only, matched cells go before it.</param>
/// <param name="Box">Where it claims anything.</param>
/// <param name="Depths">
/// Per pixel of the box how deep it lies in the cell, in <see cref="PerPixel"/> of a pixel; below 0 outside, and <see cref="Nowhere"/> where the cell makes no claim.
/// </param>
internal sealed record InterpolatedSlice(uint Label, int Step, bool Matched, PixelBox Box, short[] Depths)
{
    /// <summary>Units of depth in a pixel: fine enough to tell cells apart, while depths of 1000 pixels fit 16 bits.</summary>
    public const int PerPixel = 32;

    /// <summary>No claim.</summary>
    public const short Nowhere = short.MinValue;

    /// <summary>A depth in pixels as it is stored.</summary>
    public static short Stored(float depth) => unchecked((short)Math.Clamp(MathF.Round(depth * PerPixel), Nowhere + 1, short.MaxValue));
}
