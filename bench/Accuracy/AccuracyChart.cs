using CellStitch.Charts;

namespace CellStitch.Accuracy;

/// <summary>Bars of AP at 0.5 per group and method, as SVG.</summary>
internal static class AccuracyChart
{
    public static string Draw(IReadOnlyList<CaseResult> results) => BarChart.Draw(
        [.. Method.Compared.Select(method => method.Name)],
        [
            .. results.GroupBy(result => result.Group).OrderBy(group => group.Key).Select(group => new BarGroup(
                group.Key.ToString().ToLowerInvariant(), [.. Method.Compared.Select(method => group.Average(result => result.Scores[method.Name].Ap50))])),
        ]);
}
