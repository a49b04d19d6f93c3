using CellStitch.Core.Volumes;

namespace CellStitch.Segmentation.Flows;

/// <summary>The layers, rows and columns a label covers.</summary>
internal readonly record struct MaskBox(int Front, int Top, int Left, int Depth, int Height, int Width)
{
    public VolumeShape Shape => new(Depth, Height, Width);

    /// <summary>The boxes of labels 1 … n at 0 … n − 1; an empty box where a label has no voxel.</summary>
    public static MaskBox[] Of(ReadOnlySpan<int> labels, VolumeShape shape)
    {
        int count = 0;
        foreach (int label in labels)
        {
            count = Math.Max(count, label);
        }

        var corners = new (int Front, int Top, int Left, int Back, int Bottom, int Right)[count];
        Array.Fill(corners, (int.MaxValue, int.MaxValue, int.MaxValue, -1, -1, -1));
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] > 0)
            {
                (int z, int inLayer) = Math.DivRem(i, shape.LayerPixels);
                (int y, int x) = Math.DivRem(inLayer, shape.Width);
                ref (int Front, int Top, int Left, int Back, int Bottom, int Right) corner = ref corners[labels[i] - 1];
                corner = (
                    Math.Min(corner.Front, z), Math.Min(corner.Top, y), Math.Min(corner.Left, x),
                    Math.Max(corner.Back, z), Math.Max(corner.Bottom, y), Math.Max(corner.Right, x));
            }
        }

        return [.. corners.Select(c => c.Back < 0 ? default : new MaskBox(c.Front, c.Top, c.Left, c.Back - c.Front + 1, c.Bottom - c.Top + 1, c.Right - c.Left + 1))];
    }

    /// <summary>The first voxel of a row of the box.</summary>
    /// <param name="row">Row, counted through the layers of the box.</param>
    /// <param name="shape">The volume.</param>
    public int RowStart(int row, VolumeShape shape) =>
        ((Front + (row / Height)) * shape.LayerPixels) + ((Top + (row % Height)) * shape.Width) + Left;
}
