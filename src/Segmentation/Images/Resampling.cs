namespace CellStitch.Segmentation.Images;

/// <summary>Resizing with half-pixel centres: linear for intensities, nearest for labels (docs/models.md, "Size").</summary>
internal static class Resampling
{
    public static GreyImage Linear(GreyImage image, int height, int width)
    {
        if ((height, width) == (image.Height, image.Width))
        {
            return image;
        }

        (int[] rows, double[] rowShares) = Axis(image.Height, height);
        (int[] columns, double[] columnShares) = Axis(image.Width, width);
        int lastRow = image.Height - 1;
        int lastColumn = image.Width - 1;
        GreyImage resized = GreyImage.Empty(height, width);
        double[] line = new double[image.Width];
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<float> above = image.Pixels.AsSpan(rows[y] * image.Width, image.Width);
            ReadOnlySpan<float> below = image.Pixels.AsSpan(Math.Min(rows[y] + 1, lastRow) * image.Width, image.Width);
            double f = rowShares[y];
            for (int x = 0; x < line.Length; x++)
            {
                line[x] = (above[x] * (1 - f)) + (below[x] * f);
            }

            Span<float> target = resized.Pixels.AsSpan(y * width, width);
            for (int x = 0; x < width; x++)
            {
                double g = columnShares[x];
                target[x] = (float)((line[columns[x]] * (1 - g)) + (line[Math.Min(columns[x] + 1, lastColumn)] * g));
            }
        }

        return resized;
    }

    public static uint[] Nearest(ReadOnlySpan<int> labels, int height, int width, int toHeight, int toWidth)
    {
        var resized = new uint[toHeight * toWidth];
        for (int y = 0; y < toHeight; y++)
        {
            ReadOnlySpan<int> row = labels.Slice(Source(y, height, toHeight) * width, width);
            for (int x = 0; x < toWidth; x++)
            {
                resized[(y * toWidth) + x] = (uint)row[Source(x, width, toWidth)];
            }
        }

        return resized;

        static int Source(int i, int from, int to) => Math.Min((int)((i + 0.5) * from / to), from - 1);
    }

    private static (int[] Before, double[] Share) Axis(int from, int to)
    {
        int[] before = new int[to];
        double[] share = new double[to];
        for (int i = 0; i < to; i++)
        {
            double place = Math.Clamp(((i + 0.5) * from / to) - 0.5, 0, from - 1);
            before[i] = Math.Min((int)place, Math.Max(from - 2, 0));
            share[i] = place - before[i];
        }

        return (before, share);
    }
}
