namespace CellStitch.Segmentation.Images;

/// <summary>
/// Exact percentiles of any number of pixels in two passes and 1 MiB: the first pass counts the upper halves of their bits, the second the lower
/// halves of those that can be an answer.
/// </summary>
internal static class IntensityHistogram
{
    private const int Buckets = 1 << 16;

    /// <summary>The range of pixels that are handed out twice, in the same or another order.</summary>
    /// <param name="pixels">Calls back with all pixels, in parts.</param>
    public static IntensityRange Range(Action<Action<ReadOnlySpan<float>>> pixels)
    {
        var upper = new long[Buckets];
        long count = 0;
        pixels(part =>
        {
            count += part.Length;
            foreach (float pixel in part)
            {
                upper[Key(pixel) >> 16]++;
            }
        });

        (long Rank, double Weight)[] places = [Place(IntensityRange.LowPercent), Place(IntensityRange.HighPercent)];
        long[] ranks = [.. places.SelectMany(place => new[] { place.Rank, Math.Min(place.Rank + 1, count - 1) })];
        (uint Bucket, long Before)[] found = [.. ranks.Select(rank => Find(upper, rank))];
        var lower = found.Select(place => place.Bucket).Distinct().ToDictionary(bucket => bucket, _ => new long[Buckets]);
        pixels(part =>
        {
            uint last = uint.MaxValue;
            long[]? counts = null;
            foreach (float pixel in part)
            {
                uint key = Key(pixel);
                if (key >> 16 != last)
                {
                    last = key >> 16;
                    counts = lower.GetValueOrDefault(last);
                }

                if (counts is not null)
                {
                    counts[key & (Buckets - 1)]++;
                }
            }
        });

        double[] values = [.. found.Select((place, i) => Value((place.Bucket << 16) | Find(lower[place.Bucket], ranks[i] - place.Before).Bucket))];
        return new IntensityRange(Between(0), Between(1));

        (long, double) Place(double percent)
        {
            double at = percent / 100 * (count - 1);
            return ((long)at, at - Math.Floor(at));
        }

        double Between(int place) => values[2 * place] + (places[place].Weight * (values[(2 * place) + 1] - values[2 * place]));
    }

    private static (uint Bucket, long Before) Find(long[] counts, long rank)
    {
        long before = 0;
        uint bucket = 0;
        for (; before + counts[bucket] <= rank; bucket++)
        {
            before += counts[bucket];
        }

        return (bucket, before);
    }

    // The bits of floats sort as the floats do once negative ones are turned round. The sum turns −0 into 0.
    private static uint Key(float pixel)
    {
        uint bits = BitConverter.SingleToUInt32Bits(pixel + 0f);
        return (bits >> 31) == 0 ? bits | 0x8000_0000 : ~bits;
    }

    private static float Value(uint key) => BitConverter.UInt32BitsToSingle((key >> 31) == 0 ? ~key : key & 0x7FFF_FFFF);
}
