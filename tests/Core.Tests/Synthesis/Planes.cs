using CellStitch.Core.Synthesis;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.Synthesis;

/// <summary>Planes of a volume, voxel by voxel, and volumes to take them from.</summary>
internal static class Planes
{
    public static int Count(LabelVolume volume, MaskProjection projection) => projection switch
    {
        MaskProjection.Xy => volume.Shape.Depth,
        MaskProjection.Xz => volume.Shape.Height,
        _ => volume.Shape.Width,
    };

    public static uint[,] Of(LabelVolume volume, MaskProjection projection, int index)
    {
        (int depth, int height, int width) = volume.Shape;
        return projection switch
        {
            MaskProjection.Xy => Fill(height, width, (y, x) => volume[index, y, x]),
            MaskProjection.Xz => Fill(depth, width, (z, x) => volume[z, index, x]),
            _ => Fill(depth, height, (z, y) => volume[z, y, index]),
        };
    }

    public static uint[] Flat(uint[,] plane) => [.. plane.Cast<uint>()];

    /// <summary>
    /// Square prisms of 5 × 5 px, 2 px apart, through all planes of a projection: every cell has a slice in each of them, at the same place.
    /// </summary>
    public static LabelVolume Prisms(MaskProjection projection, int planes, int perSide)
    {
        const int Pitch = 7;
        const int Edge = 5;
        int side = perSide * Pitch;
        VolumeShape shape = projection switch
        {
            MaskProjection.Xy => new VolumeShape(planes, side, side),
            MaskProjection.Xz => new VolumeShape(side, planes, side),
            _ => new VolumeShape(side, side, planes),
        };
        var volume = new LabelVolume(shape);
        for (int z = 0; z < shape.Depth; z++)
        {
            for (int y = 0; y < shape.Height; y++)
            {
                for (int x = 0; x < shape.Width; x++)
                {
                    (int row, int column) = projection switch
                    {
                        MaskProjection.Xy => (y, x),
                        MaskProjection.Xz => (z, x),
                        _ => (z, y),
                    };
                    bool isInside = row % Pitch < Edge && column % Pitch < Edge;
                    volume[z, y, x] = isInside ? (uint)((row / Pitch * perSide) + (column / Pitch) + 1) : 0;
                }
            }
        }

        return volume;
    }

    /// <summary>For each mask object of a plane, the true cells it covers.</summary>
    public static Dictionary<uint, HashSet<uint>> CellsOfObjects(uint[,] truth, uint[,] mask)
    {
        var cells = new Dictionary<uint, HashSet<uint>>();
        foreach ((uint cell, uint o) in Flat(truth).Zip(Flat(mask)).Where(pair => pair.Second != 0))
        {
            cells.TryAdd(o, []);
            if (cell != 0)
            {
                cells[o].Add(cell);
            }
        }

        return cells;
    }

    private static uint[,] Fill(int rows, int columns, Func<int, int, uint> label)
    {
        var plane = new uint[rows, columns];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                plane[row, column] = label(row, column);
            }
        }

        return plane;
    }
}
