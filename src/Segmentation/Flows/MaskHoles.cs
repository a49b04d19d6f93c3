namespace CellStitch.Segmentation.Flows;

/// <summary>The last step to masks: small ones go, holes are filled, numbers close up.</summary>
internal static class MaskHoles
{
    /// <summary>
    /// Goes through the masks by ascending label. A mask that fills its hole takes over other masks inside it that are not yet numbered, so a mask's size is counted
    /// when its turn comes.
    /// </summary>
    /// <param name="labels">Labels 1 … n, gaps allowed; changed.</param>
    /// <param name="width">Columns.</param>
    /// <param name="smallest">Pixels, without holes, of the smallest mask that stays.</param>
    /// <returns>Labels 1 … m.</returns>
    public static int[] FillAndDrop(int[] labels, int width, int smallest)
    {
        MaskBox[] boxes = MaskBox.Of(labels, width);
        int[] numbered = new int[labels.Length];
        int next = 0;
        for (int i = 0; i < boxes.Length; i++)
        {
            MaskBox box = boxes[i];
            if (box.Height == 0)
            {
                continue;
            }

            bool[] mask = Cut(labels, width, i + 1, box);
            int size = mask.AsSpan().Count(true);
            if (size == 0)
            {
                continue;
            }

            if (size >= smallest)
            {
                next++;
                Fill(mask, box.Height, box.Width);
            }

            for (int at = 0; at < mask.Length; at++)
            {
                if (mask[at])
                {
                    int pixel = ((box.Top + (at / box.Width)) * width) + box.Left + (at % box.Width);
                    numbered[pixel] = size >= smallest ? next : numbered[pixel];
                    labels[pixel] = 0;
                }
            }
        }

        return numbered;
    }

    private static bool[] Cut(int[] labels, int width, int label, MaskBox box)
    {
        var mask = new bool[box.Height * box.Width];
        for (int y = 0; y < box.Height; y++)
        {
            ReadOnlySpan<int> row = labels.AsSpan(((box.Top + y) * width) + box.Left, box.Width);
            for (int x = 0; x < row.Length; x++)
            {
                mask[(y * box.Width) + x] = row[x] == label;
            }
        }

        return mask;
    }

    // What the outside of the box does not reach, going up, down, left and right, is inside.
    private static void Fill(bool[] mask, int height, int width)
    {
        var outside = new bool[mask.Length];
        var open = new Stack<int>();
        for (int y = 0; y < height; y++)
        {
            Visit(y, 0);
            Visit(y, width - 1);
        }

        for (int x = 0; x < width; x++)
        {
            Visit(0, x);
            Visit(height - 1, x);
        }

        while (open.TryPop(out int at))
        {
            (int y, int x) = Math.DivRem(at, width);
            Visit(y - 1, x);
            Visit(y + 1, x);
            Visit(y, x - 1);
            Visit(y, x + 1);
        }

        for (int i = 0; i < mask.Length; i++)
        {
            mask[i] = !outside[i];
        }

        void Visit(int y, int x)
        {
            if (y >= 0 && x >= 0 && y < height && x < width && !mask[(y * width) + x] && !outside[(y * width) + x])
            {
                outside[(y * width) + x] = true;
                open.Push((y * width) + x);
            }
        }
    }
}
