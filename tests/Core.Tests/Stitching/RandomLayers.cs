namespace CellStitch.Core.Tests.Stitching;

/// <summary>Random label layers for comparisons with plain code: blocky, with background, with labels anywhere in 32 bits.</summary>
internal static class RandomLayers
{
    /// <summary>Runs of random length, less than <paramref name="longest"/>, over <paramref name="labels"/>, partly copied from the row above so that slices extend downwards.</summary>
    public static uint[] Runs(Random random, int height, int width, uint[] labels, double copy = 0.7, int longest = 12)
    {
        var layer = new uint[height * width];
        for (int at = 0; at < layer.Length;)
        {
            int length = Math.Min(random.Next(1, longest), layer.Length - at);
            if (at >= width && random.NextDouble() < copy)
            {
                layer.AsSpan(at - width, length).CopyTo(layer.AsSpan(at));
            }
            else
            {
                layer.AsSpan(at, length).Fill(labels[random.Next(labels.Length)]);
            }

            at += length;
        }

        return layer;
    }

    /// <summary>Background and <paramref name="count"/> labels, dense or spread over all 32 bits.</summary>
    public static uint[] Labels(Random random, int count, bool sparse)
    {
        var labels = new uint[count + 1];
        for (int i = 1; i < labels.Length; i++)
        {
            labels[i] = sparse ? (uint)random.NextInt64(1, uint.MaxValue + 1L) : (uint)i;
        }

        return labels;
    }
}
