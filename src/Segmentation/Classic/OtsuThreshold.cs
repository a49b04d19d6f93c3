namespace CellStitch.Segmentation.Classic;

/// <summary>Otsu's threshold: the cut between dark and bright pixels with the largest variance between the two.</summary>
internal static class OtsuThreshold
{
    private const int Bins = 256;

    /// <summary>The threshold of normalised intensities; those outside 0 … 1 count as 0 or 1.</summary>
    public static double Of(IEnumerable<float> pixels)
    {
        var counts = new long[Bins];
        foreach (float pixel in pixels)
        {
            counts[(int)Math.Clamp(pixel * Bins, 0, Bins - 1)]++;
        }

        double total = counts.Sum();
        double sum = counts.Select((count, i) => (double)count * i).Sum();
        (double below, double sumBelow, double best, int cut) = (0, 0, -1, 0);
        for (int i = 0; i < Bins - 1; i++)
        {
            below += counts[i];
            sumBelow += (double)counts[i] * i;
            double above = total - below;
            if (below == 0 || above == 0)
            {
                continue;
            }

            double difference = (sumBelow / below) - ((sum - sumBelow) / above);
            double variance = below * above * difference * difference;
            (best, cut) = variance > best ? (variance, i) : (best, cut);
        }

        return (cut + 1.0) / Bins;
    }
}
