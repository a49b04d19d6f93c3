using CellStitch.Core.Volumes;
using CellStitch.Segmentation.Images;

namespace CellStitch.Segmentation.Stacks;

/// <summary>The slices of a volume in one direction, and where their pixels lie in it. Rows of XZ and YZ slices are layers.</summary>
/// <param name="Axis">The axis along which the slices follow each other.</param>
/// <param name="Shape">The volume.</param>
internal readonly record struct Slices(VolumeAxis Axis, VolumeShape Shape)
{
    public int Count => Axis switch
    {
        VolumeAxis.Z => Shape.Depth,
        VolumeAxis.Y => Shape.Height,
        _ => Shape.Width,
    };

    public (int Height, int Width) Size => Axis switch
    {
        VolumeAxis.Z => (Shape.Height, Shape.Width),
        VolumeAxis.Y => (Shape.Depth, Shape.Width),
        _ => (Shape.Depth, Shape.Height),
    };

    /// <summary>The voxel of a pixel.</summary>
    public int Place(int slice, int row, int column) => Axis switch
    {
        VolumeAxis.Z => (slice * Shape.LayerPixels) + (row * Shape.Width) + column,
        VolumeAxis.Y => (row * Shape.LayerPixels) + (slice * Shape.Width) + column,
        _ => (row * Shape.LayerPixels) + (column * Shape.Width) + slice,
    };

    /// <summary>A slice as an image.</summary>
    public GreyImage Cut(float[] voxels, int slice)
    {
        (int height, int width) = Size;
        GreyImage image = GreyImage.Empty(height, width);
        for (int row = 0; row < height; row++)
        {
            for (int column = 0; column < width; column++)
            {
                image.Pixels[(row * width) + column] = voxels[Place(slice, row, column)];
            }
        }

        return image;
    }
}
