using System.Text.Json;
using CellStitch.Tests;
using Json.Schema;

namespace CellStitch.Functions.Tests.App;

/// <summary>The schemas of docs/schemas.</summary>
internal static class Schemas
{
    private static readonly EvaluationOptions Options = new() { OutputFormat = OutputFormat.List };
    private static readonly Dictionary<string, JsonSchema> Read = new[] { "error", "evaluation", "job", "jobstatus", "manifest", "metrics" }.ToDictionary(
        name => name, name => JsonSchema.FromFile(Path.Combine(SharedData.RepositoryRoot, "docs", "schemas", $"{name}.schema.json")));

    /// <summary>Fails with what does not hold to the schema.</summary>
    public static void AssertHolds(string schema, JsonElement json)
    {
        EvaluationResults found = Read[schema].Evaluate(json, Options);
        Assert.True(found.IsValid, $"{string.Join('\n', (found.Details ?? []).Where(one => one.Errors is not null).Select(one => $"{one.InstanceLocation}: {string.Join("; ", one.Errors!.Values)}"))}\n{json}");
    }

    /// <summary>Names of the properties of a schema's root.</summary>
    public static IEnumerable<string> Properties(string schema)
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "docs", "schemas", $"{schema}.schema.json")));
        return [.. file.RootElement.GetProperty("properties").EnumerateObject().Select(property => property.Name)];
    }
}
