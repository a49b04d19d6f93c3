using System.Text.Json;

namespace CellStitch.Accuracy;

/// <summary>What all methods scored on a case.</summary>
internal sealed record CaseResult(CaseGroup Group, string Volume, string Level, bool ParametersChosenOnIt, Dictionary<string, Scores> Scores)
{
    /// <summary>Volumes of one family, or one kind of tissue.</summary>
    public string Family => Group is CaseGroup.Synthetic or CaseGroup.Poor or CaseGroup.Absent or CaseGroup.Fresh or CaseGroup.Flat or CaseGroup.Classical
        ? Volume
        : Volume[..Volume.LastIndexOf('_')];
}

/// <summary>AP at 0.5 of what others did on the same files.</summary>
/// <param name="Published">The authors' program.</param>
/// <param name="Oracle">Every slice given to the true cell it overlaps most: the ceiling of linking without repairs.</param>
internal sealed record PublishedScores(Dictionary<string, double> Published, Dictionary<string, double> Oracle)
{
    public static PublishedScores Read(string file)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(file));
        return new PublishedScores(Of("published"), Of("oracle_links", "oracle_links_false_slices_dropped"));

        Dictionary<string, double> Of(params string[] names)
        {
            var scores = new Dictionary<string, double>();
            foreach (JsonProperty item in json.RootElement.EnumerateObject().Where(item => item.Value.ValueKind == JsonValueKind.Object))
            {
                foreach (string name in names)
                {
                    if (item.Value.TryGetProperty(name, out JsonElement found))
                    {
                        scores[item.Name] = found.GetProperty("ap50").GetDouble();
                    }
                }
            }

            return scores;
        }
    }
}
