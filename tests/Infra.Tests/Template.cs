using System.Text.Json;
using System.Text.Json.Nodes;

namespace CellStitch.Infra.Tests;

/// <summary>What the templates come to: compiled by the tests, and predicted for a parameter file (BicepTests holds the kept prediction to the files).</summary>
internal static class Template
{
    private static readonly Lazy<Task<JsonObject>> MainJson = new(() => CompileAsync("main.bicep"));
    private static readonly Lazy<Task<JsonObject>> EventingJson = new(() => CompileAsync("eventing.bicep"));

    public static Task<JsonObject> Main => MainJson.Value;

    public static Task<JsonObject> Eventing => EventingJson.Value;

    /// <summary>The resources that a parameter file asks for.</summary>
    public static List<JsonObject> Predicted(string parameters) => [.. Snapshot(parameters)["predictedResources"]!.AsArray().Select(resource => resource!.AsObject())];

    /// <summary>The outputs of a parameter file.</summary>
    public static JsonObject Outputs(string parameters) => Snapshot(parameters)["outputs"]!.AsObject();

    public static IEnumerable<JsonObject> OfType(this IEnumerable<JsonObject> resources, string type) => resources.Where(resource => (string)resource["type"]! == type);

    public static string Name(this JsonObject resource) => (string)resource["name"]!;

    public static JsonObject Properties(this JsonObject resource) => resource["properties"]!.AsObject();

    private static JsonNode Snapshot(string parameters) => JsonNode.Parse(File.ReadAllText(Path.ChangeExtension(parameters, ".snapshot.json")))!;

    private static async Task<JsonObject> CompileAsync(string file) => JsonSerializer.Deserialize<JsonObject>(await Bicep.RunAsync("build", Path.Combine(Bicep.Folder, file), "--stdout"))!;
}
