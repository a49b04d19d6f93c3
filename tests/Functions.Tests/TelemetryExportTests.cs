using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CellStitch.Core.Volumes;
using CellStitch.Functions.Tests.App;
using CellStitch.Tests;

namespace CellStitch.Functions.Tests;

/// <summary>What reaches Application Insights is what the alerts and the workbook ask for; tests/Infra.Tests/QueryTests.cs reads the queries themselves.</summary>
public sealed partial class TelemetryExportTests
{
    private static readonly string[] Kinds = ["MessageData", "MetricData", "RemoteDependencyData"];

    [Fact]
    public async Task Job_ExportedToApplicationInsights_HasAllFieldsThatQueriesAskFor()
    {
        await using var insights = new InsightsEndpoint();
        var account = new TestAccount();
        var masks = Masks.Random(71, new VolumeShape(12, 24, 20));
        await using (AppProcess app = await AppProcess.StartAsync(account.Connection, new Dictionary<string, string>
        {
            ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = insights.Connection,
            ["APPLICATIONINSIGHTS_STATSBEAT_DISABLED"] = "true",
        }))
        {
            await account.DropAsync("observed", [.. masks.Files(), ("job.json", """{ "blockVoxels": 1000 }"""u8.ToArray())]);
            await account.EndAsync("observed", app);
            await app.LineAsync("Job observed, run observed-");
            Assert.Equal(0, await app.StopAsync());
        }

        JsonObject ended = Assert.Single(insights.Items("MessageData"), message => (string?)Property(message, "EventName") == "JobEnded");
        Assert.Equal("observed", Property(ended, "Job"));
        Assert.Equal("Completed", Property(ended, "State"));
        Assert.StartsWith("observed-", Property(ended, "Run"), StringComparison.Ordinal);

        string[] metrics = [.. insights.Items("MetricData").Select(metric => (string)metric["metrics"]![0]!["name"]!).Distinct()];
        Assert.Contains("cellstitch.cells", metrics);
        string queries = Queries();
        Assert.All(
            MetricNames().Matches(queries).Select(match => match.Groups["name"].Value).Where(name => name != "cellstitch.activity.retries"),
            name => Assert.Contains(name, metrics));

        Assert.Contains(insights.Items("RemoteDependencyData"), span => (string?)span["name"] == "measure" && Property(span, "cellstitch.job") == "observed");
        HashSet<string> sent = [.. Kinds.SelectMany(insights.Items).SelectMany(item => item["properties"]?.AsObject() ?? []).Select(property => property.Key)];
        string[] asked = [.. Fields().Matches(queries).Select(match => match.Groups["name"].Value).Distinct()];
        Assert.Contains("EventName", asked);
        Assert.All(asked, name => Assert.Contains(name, sent));
    }

    private static string Queries() => string.Concat(
        new[] { Path.Combine("modules", "alerts.bicep"), "workbook.json" }.Select(file => File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "infra", file))));

    private static string? Property(JsonObject item, string name) => (string?)item["properties"]?[name];

    [GeneratedRegex(@"Properties(?:\.(?<name>\w+)|\['(?<name>[^']+)'\])", RegexOptions.ExplicitCapture)]
    private static partial Regex Fields();

    [GeneratedRegex(@"Name == '(?<name>[\w.]+)'", RegexOptions.ExplicitCapture)]
    private static partial Regex MetricNames();
}
