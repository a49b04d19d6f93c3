namespace CellStitch.Segmentation.Flows;

/// <summary>The rows and columns a label covers.</summary>
internal readonly record struct MaskBox(int Top, int Left, int Height, int Width)
{
    /// <summary>The boxes of labels 1 … n at 0 … n − 1; an empty box where a label has no pixel.</summary>
    public static MaskBox[] Of(ReadOnlySpan<int> labels, int width)
    {
        int count = 0;
        foreach (int label in labels)
        {
            count = Math.Max(count, label);
        }

        var corners = new (int Top, int Left, int Bottom, int Right)[count];
        Array.Fill(corners, (int.MaxValue, int.MaxValue, -1, -1));
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] > 0)
            {
                (int y, int x) = Math.DivRem(i, width);
                ref (int Top, int Left, int Bottom, int Right) corner = ref corners[labels[i] - 1];
                corner = (Math.Min(corner.Top, y), Math.Min(corner.Left, x), Math.Max(corner.Bottom, y), Math.Max(corner.Right, x));
            }
        }

        return [.. corners.Select(c => c.Bottom < 0 ? default : new MaskBox(c.Top, c.Left, c.Bottom - c.Top + 1, c.Right - c.Left + 1))];
    }
}
