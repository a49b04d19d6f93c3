namespace CellStitch.Core.Interpolation;

/// <summary>One slice by itself: its pixels in its bounding box, with a frame of one background pixel around it.</summary>
internal sealed class SliceMask
{
    private readonly byte[] _pixels;

    private SliceMask(PixelBox box, byte[] pixels) => (Box, _pixels) = (box, pixels);

    /// <summary>The bounding box, without the frame.</summary>
    public PixelBox Box { get; }

    /// <summary>Columns with the frame.</summary>
    public int Stride => Box.Width + 2;

    /// <summary>1 in the slice and 0 elsewhere, framed, in raster order.</summary>
    public ReadOnlySpan<byte> Framed => _pixels;

    /// <summary>Position of a pixel of the image in <see cref="Framed"/>.</summary>
    public int IndexOf(int y, int x) => ((y - Box.Top + 1) * Stride) + x - Box.Left + 1;

    /// <summary>Whether a pixel of the image, which may lie outside the box, belongs to the slice.</summary>
    public bool Contains(int y, int x) =>
        y >= Box.Top && y < Box.Bottom && x >= Box.Left && x < Box.Right && _pixels[IndexOf(y, x)] != 0;

    /// <summary>Cuts a slice out of its layer.</summary>
    /// <param name="layer">The layer in raster order.</param>
    /// <param name="width">Its width.</param>
    /// <param name="label">The cell.</param>
    /// <param name="box">The slice's bounding box.</param>
    public static SliceMask Cut(ReadOnlySpan<uint> layer, int width, uint label, PixelBox box)
    {
        var mask = new SliceMask(box, new byte[(box.Height + 2) * (box.Width + 2)]);
        for (int y = 0; y < box.Height; y++)
        {
            ReadOnlySpan<uint> row = layer.Slice(((box.Top + y) * width) + box.Left, box.Width);
            Span<byte> cut = mask._pixels.AsSpan(((y + 1) * mask.Stride) + 1, box.Width);
            for (int x = 0; x < row.Length; x++)
            {
                cut[x] = row[x] == label ? (byte)1 : (byte)0;
            }
        }

        return mask;
    }

    /// <summary>A filled rectangle.</summary>
    public static SliceMask Filled(PixelBox box)
    {
        var mask = new SliceMask(box, new byte[(box.Height + 2) * (box.Width + 2)]);
        for (int y = 0; y < box.Height; y++)
        {
            mask._pixels.AsSpan(((y + 1) * mask.Stride) + 1, box.Width).Fill(1);
        }

        return mask;
    }

    /// <summary>The slice with everything filled that 4-connected paths from outside cannot reach.</summary>
    public SliceMask WithoutHoles()
    {
        byte[] filled = [.. _pixels];
        BackgroundFill.FillEnclosed(filled, Stride);
        return new SliceMask(Box, filled);
    }
}

/// <summary>Filling of what a closed line encloses.</summary>
internal static class BackgroundFill
{
    private const byte Outside = 2;

    /// <summary>Sets all 0 that no 4-connected path of zeros joins with the rim of the raster.</summary>
    /// <param name="raster">0 and 1 in raster order.</param>
    /// <param name="width">Columns.</param>
    public static void FillEnclosed(Span<byte> raster, int width)
    {
        int height = raster.Length / width;
        var open = new Stack<int>();
        for (int x = 0; x < width; x++)
        {
            Reach(raster, x, open);
            Reach(raster, ((height - 1) * width) + x, open);
        }

        for (int y = 0; y < height; y++)
        {
            Reach(raster, y * width, open);
            Reach(raster, (y * width) + width - 1, open);
        }

        while (open.TryPop(out int at))
        {
            int x = at % width;
            if (x > 0)
            {
                Reach(raster, at - 1, open);
            }

            if (x < width - 1)
            {
                Reach(raster, at + 1, open);
            }

            if (at >= width)
            {
                Reach(raster, at - width, open);
            }

            if (at < raster.Length - width)
            {
                Reach(raster, at + width, open);
            }
        }

        foreach (ref byte pixel in raster)
        {
            pixel = pixel == Outside ? (byte)0 : (byte)1;
        }
    }

    private static void Reach(Span<byte> raster, int at, Stack<int> open)
    {
        if (raster[at] == 0)
        {
            raster[at] = Outside;
            open.Push(at);
        }
    }
}
