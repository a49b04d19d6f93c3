using System.Globalization;
using System.Text;

namespace CellStitch.Accuracy;

/// <summary>Bars of AP at 0.5 per group and method, as SVG.</summary>
internal static class AccuracyChart
{
    private const int BarPx = 22;
    private const int GapPx = 28;
    private const int LeftPx = 44;
    private const int TopPx = 40;
    private const int HeightPx = 240;

    private static readonly string[] Colours = ["#0b6e4f", "#c1666b", "#8d99ae", "#4a5a78"];

    public static string Draw(IReadOnlyList<CaseResult> results)
    {
        IReadOnlyList<Method> methods = Method.Compared;
        IGrouping<CaseGroup, CaseResult>[] groups = [.. results.GroupBy(result => result.Group).OrderBy(group => group.Key)];
        int groupPx = (methods.Count * BarPx) + GapPx;
        int width = LeftPx + (groups.Length * groupPx) + GapPx;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{TopPx + HeightPx + 40}\" font-family=\"sans-serif\" font-size=\"12\">\n");
        svg.Append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        for (int tick = 0; tick <= 5; tick++)
        {
            int y = TopPx + HeightPx - (HeightPx * tick / 5);
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{LeftPx}\" x2=\"{width - 8}\" y1=\"{y}\" y2=\"{y}\" stroke=\"#ddd\"/>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{LeftPx - 6}\" y=\"{y + 4}\" text-anchor=\"end\">{tick / 5.0:F1}</text>\n");
        }

        for (int m = 0; m < methods.Count; m++)
        {
            int x = LeftPx + (m * 130);
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x}\" y=\"12\" width=\"12\" height=\"12\" fill=\"{Colours[m]}\"/>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x + 18}\" y=\"22\">{methods[m].Name}</text>\n");
        }

        for (int g = 0; g < groups.Length; g++)
        {
            int left = LeftPx + GapPx + (g * groupPx);
            for (int m = 0; m < methods.Count; m++)
            {
                double score = groups[g].Average(result => result.Scores[methods[m].Name].Ap50);
                int height = (int)Math.Round(HeightPx * score);
                int x = left + (m * BarPx);
                svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x}\" y=\"{TopPx + HeightPx - height}\" width=\"{BarPx - 2}\" height=\"{height}\" fill=\"{Colours[m]}\"/>\n");
                svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x + 10}\" y=\"{TopPx + HeightPx - height - 3}\" text-anchor=\"middle\" font-size=\"9\">{score:F2}</text>\n");
            }

            int middle = left + (methods.Count * BarPx / 2);
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{middle}\" y=\"{TopPx + HeightPx + 18}\" text-anchor=\"middle\">{groups[g].Key.ToString().ToLowerInvariant()}</text>\n");
        }

        svg.Append("</svg>\n");
        return svg.ToString();
    }
}
