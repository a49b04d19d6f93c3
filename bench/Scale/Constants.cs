using System.Globalization;
using System.Text.RegularExpressions;

namespace CellStitch.Scale;

/// <summary>The figures that the model rests on: each is read by its name from bench/RESULTS.md or from the tables of docs/scale.md. One that is missing ends the program.</summary>
internal sealed partial class Constants
{
    private readonly string _results;
    private readonly Dictionary<string, string> _limits;

    public Constants(string results, string scale)
    {
        _results = results;
        _limits = Rows().Matches(scale).ToDictionary(row => row.Groups["name"].Value, row => row.Groups["value"].Value);
    }

    /// <summary>A limit or price, from a row <c>| `name` | value | … |</c> of docs/scale.md.</summary>
    /// <exception cref="KeyNotFoundException">There is no such row.</exception>
    public double Limit(string name) => _limits.TryGetValue(name, out string? value)
        ? double.Parse(value, CultureInfo.InvariantCulture)
        : throw new KeyNotFoundException($"docs/scale.md has no row `{name}`.");

    /// <summary>CPU seconds of a step in profile robust, from the table "The whole of `stitch`".</summary>
    public double StitchCpuSeconds(string step) => Measured($@"\| {Regex.Escape(step)} \| (?:[\d.]+ \| ){{5}}([\d.]+) \|", $"the CPU seconds of \"{step}\"");

    /// <summary>Voxels of the volume that the steps were measured on.</summary>
    public double StitchVoxels => Measured(@"synthetic tissue of (\d+) × \d+ × \d+ voxels", "the volume of \"stitch\"") * PagePixels;

    /// <summary>Seconds of the linking per slice, one after the other.</summary>
    public double LinkingSecondsPerSlice => Measured(@"agglomeration ([\d.]+) ms", "the time of the agglomeration") / 1000 / Measured(@"best of \d: ([\d,]+) slices", "the slices of the agglomeration");

    /// <summary>Pixels of the largest layer that was measured to fit an instance with four blocks at once.</summary>
    public double LargestPage => Measured(@"layers of (\d+) Mpixel fit 2048 MB with four blocks at once", "the largest layer that fits") * 1e6;

    /// <summary>Bytes of memory per slice that the linking takes, which is one activity's work.</summary>
    public double LinkingBytesPerSlice => Measured(@"(\d+) bytes of evidence per slice", "the memory of the evidence") + Measured(@"(\d+) more to decide", "the memory of the linking");

    private double PagePixels => Measured(@"synthetic tissue of \d+ × (\d+) × \d+ voxels", "the volume of \"stitch\"") * Measured(@"synthetic tissue of \d+ × \d+ × (\d+) voxels", "the volume of \"stitch\"");

    private double Measured(string pattern, string what)
    {
        Match match = Regex.Match(_results, pattern);
        return match.Success
            ? double.Parse(match.Groups[1].Value, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture)
            : throw new KeyNotFoundException($"bench/RESULTS.md does not tell {what}.");
    }

    [GeneratedRegex(@"^\| `(?<name>\w+)` \| (?<value>[\d.e-]+) \|", RegexOptions.Multiline)]
    private static partial Regex Rows();
}
