using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using CellStitch.Tests;

namespace CellStitch.Infra.Tests;

/// <summary>
/// The queries of the alerts and of the workbook, read by the parser that Log Analytics uses, against the tables that the app writes to. That the app writes the fields they ask
/// for is held by tests/Functions.Tests/TelemetryExportTests.cs.
/// </summary>
public sealed class QueryTests
{
    private static readonly NpmFolder Parser = new(Path.Combine(SharedData.RepositoryRoot, "tests", "Infra.Tests", "kql"));

    public static TheoryData<string> Parameters => [.. Bicep.Parameters];

    [Theory]
    [MemberData(nameof(Parameters))]
    public async Task Alerts_QueriesAreSound(string parameters)
    {
        string[] queries =
        [
            .. from rule in Template.Predicted(parameters).OfType("Microsoft.Insights/scheduledQueryRules")
               from criterion in rule.Properties()["criteria"]!["allOf"]!.AsArray()
               select (string)criterion!["query"]!,
        ];

        Assert.Equal(3, queries.Length);
        await AssertSoundAsync(queries);
    }

    [Fact]
    public async Task Workbook_QueriesAreSound()
    {
        JsonNode workbook = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Bicep.Folder, "workbook.json"), TestContext.Current.CancellationToken))!;
        string[] queries = [.. workbook["items"]!.AsArray().Select(item => (string?)item!["content"]!["query"]).OfType<string>()];

        Assert.NotEmpty(queries);
        await AssertSoundAsync(queries);
    }

    [Theory]
    [InlineData("AppTraces | wher Message == ''")]
    [InlineData("AppTraces | where EventName == 'JobEnded'")]
    [InlineData("traces | take 1")]
    public async Task Parser_FaultyQuery_IsFound(string query) => Assert.NotEmpty(Assert.Single(await CheckAsync([query])));

    private static async Task AssertSoundAsync(string[] queries)
    {
        string[][] found = await CheckAsync(queries);

        Assert.All(queries.Zip(found), pair => Assert.True(pair.Second.Length == 0, $"{pair.First}\n{string.Join('\n', pair.Second)}"));
    }

    private static async Task<string[][]> CheckAsync(string[] queries)
    {
        Parser.Install();
        var start = new ProcessStartInfo("node", [Path.Combine(SharedData.RepositoryRoot, "tests", "Infra.Tests", "kql", "check.cjs")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using Process node = NpmFolder.StartOrExplain(start);
        await node.StandardInput.WriteAsync(JsonSerializer.Serialize(queries).AsMemory(), TestContext.Current.CancellationToken);
        node.StandardInput.Close();
        string output = await node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, node.ExitCode);
        return JsonSerializer.Deserialize<string[][]>(output)!;
    }
}
