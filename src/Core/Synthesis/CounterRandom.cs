namespace CellStitch.Core.Synthesis;

/// <summary>
/// Random numbers that are a pure function of what they are for (seed, cell, slice, …), so that no order of work and no thread count
/// changes them. The mixing function is SplitMix64's finaliser (Steele, Lea, Flood, OOPSLA 2014).
/// </summary>
internal static class CounterRandom
{
    // 2⁶⁴ / golden ratio, SplitMix64's increment.
    private const ulong Increment = 0x9E3779B97F4A7C15;

    // A double holds 53 bits.
    private const double UnitPerBit = 1.0 / (1L << 53);

    public static ulong Mix(ulong key, ulong part)
    {
        // Arithmetic modulo 2⁶⁴ is the definition of the function.
        unchecked
        {
            ulong h = (key ^ (part * Increment)) + Increment;
            h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9;
            h = (h ^ (h >> 27)) * 0x94D049BB133111EB;
            return h ^ (h >> 31);
        }
    }

    public static ulong Mix(ulong key, ulong part, ulong nextPart) => Mix(Mix(key, part), nextPart);

    /// <summary>Uniform in [0, 1).</summary>
    public static double Unit(ulong key) => (key >> 11) * UnitPerBit;

    /// <summary>Uniform in [0, 1), the <paramref name="index"/>-th number of a key.</summary>
    public static double Unit(ulong key, ulong index) => Unit(Mix(key, index));

    /// <summary>
    /// Nearly normal, mean 0, variance 1: the sum of eight uniform numbers (Irwin and Hall). Logarithms and sines would differ in the last bit
    /// from one platform to the next; sums do not.
    /// </summary>
    public static double Normal(ulong key)
    {
        const int WordsPerKey = 4;
        const int BitsPerWord = 16;
        // Eight words of variance 2³² / 12 each.
        const double Deviation = 53509.8;
        const int Mean = 8 * 0xFFFF / 2;
        ulong other = Mix(key, WordsPerKey);
        int sum = 0;
        for (int shift = 0; shift < WordsPerKey * BitsPerWord; shift += BitsPerWord)
        {
            sum += (int)((key >> shift) & 0xFFFF) + (int)((other >> shift) & 0xFFFF);
        }

        return (sum - Mean) / Deviation;
    }
}
