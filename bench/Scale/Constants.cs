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

    /// <summary>CPU seconds of a step, from the table "The whole of `stitch`".</summary>
    public double StitchCpuSeconds(string step) => Measured($@"\| {Regex.Escape(step)} \| [\d.]+ \| ([\d.]+) \|", $"the CPU seconds of \"{step}\"");

    /// <summary>Voxels of the volume that the steps were measured on.</summary>
    public double StitchVoxels => Measured(@"synthetic tissue of (\d+) × \d+ × \d+ voxels", "the volume of \"stitch\"")
        * Measured(@"synthetic tissue of \d+ × (\d+) × \d+ voxels", "the volume of \"stitch\"")
        * Measured(@"synthetic tissue of \d+ × \d+ × (\d+) voxels", "the volume of \"stitch\"");

    /// <summary>Seconds of an exact transport per cell of a layer: the largest measured layer.</summary>
    public double TransportSecondsPerCell => Measured(@"\| packed \| 20000 \| \d+ \| ([\d.]+) ", "the transport of 20,000 cells") / 1000 / 20000;

    /// <summary>Bytes of memory per pixel of a layer: of the process, and for each block at work.</summary>
    public (double Process, double Block) BytesPerPixel => (
        Measured(@"per pixel of a layer (\d+) bytes", "the bytes per pixel of a process"),
        Measured(@"per pixel of a layer \d+ bytes \+ (\d+) for each", "the bytes per pixel of a block"));

    private double Measured(string pattern, string what)
    {
        Match match = Regex.Match(_results, pattern);
        return match.Success
            ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
            : throw new KeyNotFoundException($"bench/RESULTS.md does not tell {what}.");
    }

    [GeneratedRegex(@"^\| `(?<name>\w+)` \| (?<value>[\d.e-]+) \|", RegexOptions.Multiline)]
    private static partial Regex Rows();
}
