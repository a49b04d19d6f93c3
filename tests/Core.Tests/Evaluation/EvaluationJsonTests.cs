using System.Text.Json;
using CellStitch.Core.Evaluation;
using CellStitch.Tests;
using Json.Schema;
using static CellStitch.Core.Tests.Evaluation.RandomVolumes;

namespace CellStitch.Core.Tests.Evaluation;

public sealed class EvaluationJsonTests
{
    private static readonly JsonSchema Schema =
        JsonSchema.FromFile(Path.Combine(SharedData.RepositoryRoot, "docs", "schemas", "evaluation.schema.json"));

    [Theory]
    [InlineData("1 1 1 2 2 2 2 2 . 7 7", "5 5 5 5 5 5 6 6 8 . .")]
    [InlineData(". .", ". .")]
    [InlineData("1 1", ". .")]
    [InlineData(". .", "4294967295 1")]
    public void Json_OfScores_FitsTheSchema(string truth, string predicted)
    {
        EvaluationResults results = Evaluate(Json(truth, predicted));
        Assert.True(results.IsValid, string.Join('\n', results.Details?.Select(detail => $"{detail.InstanceLocation}: {detail.IsValid}") ?? []));
    }

    [Theory]
    [InlineData("\"ap50\"", "\"AP50\"")]
    [InlineData("\"iou\": 0.55", "\"iou\": 0.56")]
    [InlineData("\"truthCells\": 1", "\"truthCells\": -1")]
    [InlineData("\"missed\": []", "\"missed\": [0]")]
    public void Schema_OfSpoiledJson_RefusesIt(string good, string bad)
    {
        string json = Json("1 1 1 1", "5 5 6 6");
        Assert.Contains(good, json);
        Assert.False(Evaluate(json.Replace(good, bad)).IsValid);
    }

    [Fact]
    public void Json_OfSplitAndMerged_IsCellThenParts()
    {
        using JsonDocument json = JsonDocument.Parse(Json("1 1 1 2 2 2 2 2 . 7 7", "5 5 5 5 5 5 6 6 8 . ."));
        Assert.Equal("[[2,[5,6]]]", Compact(json, "split"));
        Assert.Equal("[[5,[1,2]]]", Compact(json, "merged"));
        Assert.Equal("[7]", Compact(json, "missed"));
        Assert.Equal("[8]", Compact(json, "invented"));
    }

    [Fact]
    public void Json_ReadBack_GivesTheSameJson()
    {
        string json = Json("1 1 1 2 2 2 2 2 . 7 7", "5 5 5 5 5 5 6 6 8 . .");
        SegmentationScores scores = JsonSerializer.Deserialize(json, EvaluationJson.Default.SegmentationScores)!;
        Assert.Equal(json, JsonSerializer.Serialize(scores, EvaluationJson.Default.SegmentationScores));
    }

    [Theory]
    [InlineData("[7]")]
    [InlineData("7")]
    [InlineData("[7,[1,2],3]")]
    public void Json_PartsOfAnotherForm_AreRefused(string parts)
    {
        string json = Json("1 1 1 1", "5 5 6 6").Replace("\"merged\": []", $"\"merged\": [{parts}]");
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(json, EvaluationJson.Default.SegmentationScores));
    }

    private static EvaluationResults Evaluate(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return Schema.Evaluate(document.RootElement.Clone(), new EvaluationOptions { OutputFormat = OutputFormat.List });
    }

    private static string Json(string truth, string predicted)
    {
        return JsonSerializer.Serialize(Scores(truth, predicted), EvaluationJson.Default.SegmentationScores);
    }

    private static string Compact(JsonDocument json, string property) => JsonSerializer.Serialize(json.RootElement.GetProperty(property));
}
