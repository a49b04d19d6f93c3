using CellStitch.Segmentation.Images;

namespace CellStitch.Segmentation.Flows;

/// <summary>Cuts an image into overlapping tiles for the network and blends what it returns (docs/models.md, "Tiles").</summary>
/// <param name="Side">Rows and columns of a tile, a multiple of <see cref="Step"/>.</param>
/// <param name="FixedSize">The network takes no smaller images: they are padded to one tile.</param>
internal sealed record Tiling(int Side, bool FixedSize)
{
    /// <summary>The network halves an image four times.</summary>
    public const int Step = 16;

    private const int Planes = 3;
    private const double Overlap = 0.1;
    private const double TaperMargin = 20;
    private const double TaperWidth = 7.5;

    /// <summary>Runs a network over an image.</summary>
    /// <param name="image">Normalised intensities.</param>
    /// <param name="network">Takes pixels, rows and columns of a tile, returns three planes of that size.</param>
    public FlowField Run(GreyImage image, Func<float[], int, int, float[]> network)
    {
        (int height, int width) = (image.Height, image.Width);
        int paddedHeight = Padded(height);
        int paddedWidth = Padded(width);
        int top = (paddedHeight - height) / 2;
        int left = (paddedWidth - width) / 2;
        float[] padded = Pad(image, paddedHeight, paddedWidth, top, left);
        float[] blended = paddedHeight <= Side && paddedWidth <= Side
            ? network(padded, paddedHeight, paddedWidth)
            : Blend(padded, paddedHeight, paddedWidth, network);

        float[] values = new float[Planes * height * width];
        for (int line = 0; line < Planes * height; line++)
        {
            int row = (line / height * paddedHeight) + top + (line % height);
            blended.AsSpan((row * paddedWidth) + left, width).CopyTo(values.AsSpan(line * width));
        }

        return new FlowField(height, width, values);
    }

    /// <summary>First rows, or columns, of the tiles along an axis.</summary>
    public int[] Starts(int length)
    {
        if (length <= Side)
        {
            return [0];
        }

        int count = (int)Math.Ceiling((1 + (2 * Overlap)) * length / Side);
        // The small sum keeps a whole number whole that division left just below.
        return [.. Enumerable.Range(0, count).Select(i => (int)Math.Floor(((double)i * (length - Side) / (count - 1)) + 1e-9))];
    }

    private int Padded(int length)
    {
        int padded = (length + Step - 1) / Step * Step;
        return FixedSize ? Math.Max(padded, Side) : padded;
    }

    private static float[] Pad(GreyImage image, int height, int width, int top, int left)
    {
        float[] padded = new float[height * width];
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<float> row = image.Pixels.AsSpan(Math.Clamp(y - top, 0, image.Height - 1) * image.Width, image.Width);
            Span<float> target = padded.AsSpan(y * width, width);
            target[..left].Fill(row[0]);
            row.CopyTo(target[left..]);
            target[(left + image.Width)..].Fill(row[^1]);
        }

        return padded;
    }

    private float[] Blend(float[] padded, int height, int width, Func<float[], int, int, float[]> network)
    {
        int tileHeight = Math.Min(Side, height);
        int tileWidth = Math.Min(Side, width);
        double[] rowWeights = Weights(tileHeight);
        double[] columnWeights = Weights(tileWidth);
        double[] sums = new double[Planes * height * width];
        double[] weights = new double[height * width];
        float[] tile = new float[tileHeight * tileWidth];
        foreach (int top in Starts(height))
        {
            foreach (int left in Starts(width))
            {
                for (int y = 0; y < tileHeight; y++)
                {
                    padded.AsSpan(((top + y) * width) + left, tileWidth).CopyTo(tile.AsSpan(y * tileWidth));
                }

                float[] output = network(tile, tileHeight, tileWidth);
                for (int y = 0; y < tileHeight; y++)
                {
                    for (int x = 0; x < tileWidth; x++)
                    {
                        double weight = rowWeights[y] * columnWeights[x];
                        int at = ((top + y) * width) + left + x;
                        weights[at] += weight;
                        for (int plane = 0; plane < Planes; plane++)
                        {
                            sums[(plane * height * width) + at] += output[(((plane * tileHeight) + y) * tileWidth) + x] * weight;
                        }
                    }
                }
            }
        }

        float[] blended = new float[sums.Length];
        for (int i = 0; i < blended.Length; i++)
        {
            blended[i] = (float)(sums[i] / weights[i % weights.Length]);
        }

        return blended;
    }

    // 1 inside, falling to about 0 at the edges of the tile, where the network sees too little around.
    private double[] Weights(int length) => [.. Enumerable.Range(0, length).Select(i => length == Side
        ? 1 / (1 + Math.Exp((Math.Abs(i - ((Side - 1) / 2.0)) - ((Side / 2.0) - TaperMargin)) / TaperWidth))
        : 1.0)];
}
