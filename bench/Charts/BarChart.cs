using System.Globalization;
using System.Text;

namespace CellStitch.Charts;

/// <summary>The bars of one group.</summary>
/// <param name="Name">What stands below it.</param>
/// <param name="Values">A value in [0, 1] per series; not a number where there is none.</param>
public sealed record BarGroup(string Name, IReadOnlyList<double> Values);

/// <summary>Groups of bars between 0 and 1, as SVG.</summary>
public static class BarChart
{
    private const int BarPx = 22;
    private const int GapPx = 28;
    private const int LeftPx = 44;
    private const int LegendPx = 20;
    private const int HeightPx = 240;

    // An entry of the legend: its square and 7 pixels a letter.
    private const int SquarePx = 34;
    private const int LetterPx = 7;

    private static readonly string[] Colours = ["#0b6e4f", "#c1666b", "#8d99ae", "#4a5a78", "#d4a24c", "#7a4e9c", "#3a9fbf", "#9a9a3c", "#b0563a", "#555555"];

    /// <summary>Draws a chart; equal values give equal bytes.</summary>
    /// <param name="series">Names of the bars of a group, in order; at most ten.</param>
    /// <param name="groups">The groups from left to right, each with a value per series.</param>
    public static string Draw(IReadOnlyList<string> series, IReadOnlyList<BarGroup> groups)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(series.Count, Colours.Length);
        int groupPx = (series.Count * BarPx) + GapPx;
        int width = LeftPx + (groups.Count * groupPx) + GapPx;
        List<(int X, int Line)> legend = Legend(series, width);
        int top = (LegendPx * (legend[^1].Line + 1)) + LegendPx;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{top + HeightPx + 40}\" font-family=\"sans-serif\" font-size=\"12\">\n");
        svg.Append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        for (int tick = 0; tick <= 5; tick++)
        {
            int y = top + HeightPx - (HeightPx * tick / 5);
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{LeftPx}\" x2=\"{width - 8}\" y1=\"{y}\" y2=\"{y}\" stroke=\"#ddd\"/>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{LeftPx - 6}\" y=\"{y + 4}\" text-anchor=\"end\">{tick / 5.0:F1}</text>\n");
        }

        for (int s = 0; s < series.Count; s++)
        {
            (int x, int y) = (legend[s].X, 12 + (legend[s].Line * LegendPx));
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x}\" y=\"{y}\" width=\"12\" height=\"12\" fill=\"{Colours[s]}\"/>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x + 18}\" y=\"{y + 10}\">{series[s]}</text>\n");
        }

        for (int g = 0; g < groups.Count; g++)
        {
            int left = LeftPx + GapPx + (g * groupPx);
            for (int s = 0; s < series.Count; s++)
            {
                double value = groups[g].Values[s];
                if (double.IsNaN(value))
                {
                    continue;
                }

                int height = (int)Math.Round(HeightPx * value);
                int x = left + (s * BarPx);
                svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x}\" y=\"{top + HeightPx - height}\" width=\"{BarPx - 2}\" height=\"{height}\" fill=\"{Colours[s]}\"/>\n");
                svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x + 10}\" y=\"{top + HeightPx - height - 3}\" text-anchor=\"middle\" font-size=\"9\">{value:F2}</text>\n");
            }

            int middle = left + (series.Count * BarPx / 2);
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{middle}\" y=\"{top + HeightPx + 18}\" text-anchor=\"middle\">{groups[g].Name}</text>\n");
        }

        svg.Append("</svg>\n");
        return svg.ToString();
    }

    // As many entries in a line as the width takes.
    private static List<(int X, int Line)> Legend(IReadOnlyList<string> series, int width)
    {
        var places = new List<(int X, int Line)>();
        (int x, int line) = (LeftPx, 0);
        foreach (string name in series)
        {
            int entry = SquarePx + (LetterPx * name.Length);
            if (x > LeftPx && x + entry > width)
            {
                (x, line) = (LeftPx, line + 1);
            }

            places.Add((x, line));
            x += entry;
        }

        return places;
    }
}
