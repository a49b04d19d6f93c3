using CellStitch.Core.Volumes;

namespace CellStitch.Segmentation.Flows;

/// <summary>The last step to masks, or to cells: small ones go, holes are filled, numbers close up.</summary>
internal static class MaskHoles
{
    /// <summary>
    /// Goes through the masks by ascending label. A mask that fills its hole takes over other masks inside it that are not yet numbered, so a mask's size is counted
    /// when its turn comes. A hole is what the outside does not reach, going from voxel to voxel; in a volume of one layer, going within it.
    /// </summary>
    /// <param name="labels">Labels 1 … n, gaps allowed; changed.</param>
    /// <param name="shape">Shape (z, y, x); one layer for an image.</param>
    /// <param name="smallest">Voxels, without holes, of the smallest mask that stays.</param>
    /// <returns>Labels 1 … m.</returns>
    public static int[] FillAndDrop(int[] labels, VolumeShape shape, int smallest)
    {
        MaskBox[] boxes = MaskBox.Of(labels, shape);
        int[] numbered = new int[labels.Length];
        int next = 0;
        for (int i = 0; i < boxes.Length; i++)
        {
            MaskBox box = boxes[i];
            if (box.Height == 0)
            {
                continue;
            }

            bool[] mask = Cut(labels, shape, i + 1, box);
            int size = mask.AsSpan().Count(true);
            if (size == 0)
            {
                continue;
            }

            if (size >= smallest)
            {
                next++;
                Fill(mask, box.Shape, isFlat: shape.Depth == 1);
            }

            for (int at = 0; at < mask.Length; at++)
            {
                if (mask[at])
                {
                    int voxel = box.RowStart(at / box.Width, shape) + (at % box.Width);
                    numbered[voxel] = size >= smallest ? next : numbered[voxel];
                    labels[voxel] = 0;
                }
            }
        }

        return numbered;
    }

    private static bool[] Cut(int[] labels, VolumeShape shape, int label, MaskBox box)
    {
        var mask = new bool[box.Shape.Voxels];
        for (int row = 0; row < box.Depth * box.Height; row++)
        {
            ReadOnlySpan<int> line = labels.AsSpan(box.RowStart(row, shape), box.Width);
            for (int x = 0; x < line.Length; x++)
            {
                mask[(row * box.Width) + x] = line[x] == label;
            }
        }

        return mask;
    }

    // What the outside of the box does not reach, going along the axes, is inside.
    private static void Fill(bool[] mask, VolumeShape box, bool isFlat)
    {
        var outside = new bool[mask.Length];
        var open = new Stack<int>();
        for (int i = 0; i < mask.Length; i++)
        {
            (int z, int y, int x) = Place(i);
            if (y == 0 || x == 0 || y == box.Height - 1 || x == box.Width - 1 || (!isFlat && (z == 0 || z == box.Depth - 1)))
            {
                Visit(i);
            }
        }

        while (open.TryPop(out int at))
        {
            (int z, int y, int x) = Place(at);
            VisitIf(z > 0, at - box.LayerPixels);
            VisitIf(z < box.Depth - 1, at + box.LayerPixels);
            VisitIf(y > 0, at - box.Width);
            VisitIf(y < box.Height - 1, at + box.Width);
            VisitIf(x > 0, at - 1);
            VisitIf(x < box.Width - 1, at + 1);
        }

        for (int i = 0; i < mask.Length; i++)
        {
            mask[i] = !outside[i];
        }

        (int Z, int Y, int X) Place(int i) => (i / box.LayerPixels, i / box.Width % box.Height, i % box.Width);

        void VisitIf(bool isInBox, int i)
        {
            if (isInBox)
            {
                Visit(i);
            }
        }

        void Visit(int i)
        {
            if (!mask[i] && !outside[i])
            {
                outside[i] = true;
                open.Push(i);
            }
        }
    }
}
