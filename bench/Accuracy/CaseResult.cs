using System.Text.Json;

namespace CellStitch.Accuracy;

/// <summary>What all methods scored on a case.</summary>
internal sealed record CaseResult(CaseGroup Group, string Volume, string Level, bool ParametersChosenOnIt, Dictionary<string, Scores> Scores)
{
    /// <summary>What perfect linking of the same slices scores.</summary>
    public required Scores Perfect { get; init; }

    /// <summary>The errors of profile robust, by method.</summary>
    public required IReadOnlyDictionary<string, ErrorCounts> Errors { get; init; }

    /// <summary>Volumes of one family, or one kind of tissue.</summary>
    public string Family => Group is CaseGroup.Synthetic or CaseGroup.Poor or CaseGroup.Absent or CaseGroup.Fresh or CaseGroup.Flat or CaseGroup.Classical
        ? Volume
        : Volume[..Volume.LastIndexOf('_')];
}

/// <summary>AP at 0.5 of the authors' program on the same files.</summary>
internal static class PublishedScores
{
    /// <summary>Reads them, by "volume/level".</summary>
    public static Dictionary<string, double> Read(string file)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(file));
        var scores = new Dictionary<string, double>();
        foreach (JsonProperty item in json.RootElement.EnumerateObject().Where(item => item.Value.ValueKind == JsonValueKind.Object))
        {
            if (item.Value.TryGetProperty("published", out JsonElement found))
            {
                scores[item.Name] = found.GetProperty("ap50").GetDouble();
            }
        }

        return scores;
    }
}
