using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CellStitch.Functions;
using CellStitch.Functions.Storage;
using CellStitch.Tests;
using Microsoft.Azure.Functions.Worker;

namespace CellStitch.Infra.Tests;

/// <summary>Infrastructure and code say the same: settings, containers, functions, events of the log, limits.</summary>
public sealed partial class AgreementTests
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip };

    // Settings of the sample that are another thing in Azure: connections by identity, and what Flex Consumption has in its configuration.
    private static readonly Dictionary<string, string[]> ByIdentity = new()
    {
        ["FUNCTIONS_WORKER_RUNTIME"] = [],
        ["AzureWebJobsStorage"] =
        [
            "AzureWebJobsStorage__credential", "AzureWebJobsStorage__clientId", "AzureWebJobsStorage__blobServiceUri", "AzureWebJobsStorage__queueServiceUri",
            "AzureWebJobsStorage__tableServiceUri",
        ],
        ["DataStorage"] = ["DataStorage__credential", "DataStorage__clientId", "DataStorage__blobServiceUri", "DataStorage__queueServiceUri"],
    };

    private static readonly string[] OnlyInAzure = ["APPLICATIONINSIGHTS_CONNECTION_STRING", "APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "DOTNET_GCHeapHardLimit"];

    // What differs on purpose between a machine of one's own and an instance of 2 GiB.
    private static readonly string[] OtherInAzure =
        ["AzureWebJobs.JobUploaded.Disabled", "AzureWebJobs.JobUploadedEvent.Disabled", "CellStitch__ThreadsPerActivity"];

    public static TheoryData<string> Parameters => [.. Bicep.Parameters];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Settings_AreThoseOfTheSample(int parameters)
    {
        IEnumerable<string> expected = Sample().SelectMany(setting => ByIdentity.GetValueOrDefault(setting.Key, [setting.Key])).Concat(OnlyInAzure);

        Assert.Equal(expected.Order(StringComparer.Ordinal), Settings(Bicep.Parameters[parameters]).Select(setting => setting.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Settings_HaveTheValuesOfTheSample()
    {
        JsonObject azure = Settings(Bicep.Parameters[0]);

        Assert.All(
            Sample().Where(setting => !ByIdentity.ContainsKey(setting.Key) && !OtherInAzure.Contains(setting.Key)),
            setting => Assert.Equal((string?)setting.Value, (string?)azure[setting.Key]));
    }

    [Fact]
    public void Settings_OfTheApp_AreThePropertiesOfItsSettings()
    {
        IEnumerable<string> read = typeof(AppSettings).GetProperties().Where(property => property.CanWrite).Select(property => $"{AppSettings.Section}__{property.Name}");

        Assert.Equal(
            read.Order(StringComparer.Ordinal),
            Settings(Bicep.Parameters[0]).Select(setting => setting.Key).Where(key => key.StartsWith(AppSettings.Section, StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Parameters))]
    public void Containers_AreThoseOfTheCode(string parameters)
    {
        IEnumerable<string> data = Template.Predicted(parameters).OfType("Microsoft.Storage/storageAccounts/blobServices/containers")
            .Select(Template.Name).Where(name => name.StartsWith("stdata", StringComparison.Ordinal)).Select(name => name.Split('/')[^1]);

        Assert.Equal([DataAccount.DropContainer, DataAccount.ResultsContainer, DataAccount.WorkContainer, "deadletter"], data);
    }

    [Fact]
    public async Task Subscription_IsForTheEventFunctionAndTheDropContainer()
    {
        JsonObject eventing = await Template.Eventing;
        string trigger = typeof(JobUploaded).GetMethods()
            .Single(method => method.GetParameters().Any(parameter => parameter.GetCustomAttributes(false).OfType<BlobTriggerAttribute>().Any(blob => blob.Source == BlobTriggerSource.EventGrid)))
            .GetCustomAttributes(false).OfType<FunctionAttribute>().Single().Name;
        JsonObject subscription = eventing["resources"]!.AsArray().Single()!.AsObject();

        Assert.Equal(trigger, (string?)eventing["variables"]!["functionName"]);
        Assert.Equal(DataAccount.DropContainer, (string?)eventing["variables"]!["dropContainer"]);
        // The slash keeps a container "drop2" out.
        Assert.EndsWith("/blobs/', variables('dropContainer'))]", (string)subscription.Properties()["filter"]!["subjectBeginsWith"]!, StringComparison.Ordinal);
        Assert.Equal("deadletter", (string?)subscription.Properties()["deadLetterWithResourceIdentity"]!["deadLetterDestination"]!["properties"]!["blobContainerName"]);
    }

    [Fact]
    public void DisabledTrigger_IsThePollingOne()
    {
        JsonObject settings = Settings(Bicep.Parameters[0]);

        Assert.Equal("true", (string?)settings["AzureWebJobs.JobUploaded.Disabled"]);
        Assert.Equal("false", (string?)settings["AzureWebJobs.JobUploadedEvent.Disabled"]);
    }

    [Fact]
    public void Alerts_AskForEventsThatTheAppLogs()
    {
        string logs = File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "src", "Functions", "Logs.cs"));
        string alerts = File.ReadAllText(Path.Combine(Bicep.Folder, "modules", "alerts.bicep"));
        string[] asked = [.. EventNames().Matches(alerts).Select(match => match.Value.Trim('"')).Distinct()];

        Assert.Contains("JobEnded", asked);
        Assert.All(asked, name => Assert.Contains($"partial void {name}(", logs, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Parameters))]
    public void HostJson_ActivitiesAtOnceFitTheInstance(string parameters)
    {
        JsonNode host = JsonNode.Parse(File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "host.json")))!;
        int activities = (int)host["extensions"]!["durableTask"]!["maxConcurrentActivityFunctions"]!;
        int memory = (int)Template.Predicted(parameters).OfType("Microsoft.Web/sites").Single().Properties()["functionAppConfig"]!["scaleAndConcurrency"]!["instanceMemoryMB"]!;

        // Measured with four activities at once and the heap limited as the settings do.
        Match peak = LimitedPeak().Match(File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "bench", "RESULTS.md")));
        Assert.True(peak.Success);
        Assert.Equal(4, activities);
        const int HostMegabytes = 500;
        Assert.InRange(int.Parse(peak.Groups["mb"].ValueSpan, provider: null) + HostMegabytes, 0, memory);

        long limit = long.Parse((string)Settings(parameters)["DOTNET_GCHeapHardLimit"]!, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        long measured = long.Parse(peak.Groups["limit"].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        Assert.InRange(limit, measured, (memory - HostMegabytes) * 1_000_000L);
    }

    [Fact]
    public void HostJson_TimeoutIsBelowTheLifeOfLocksAndIntermediates()
    {
        JsonNode host = JsonNode.Parse(File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "host.json")))!;

        Assert.InRange(TimeSpan.Parse((string)host["functionTimeout"]!, CultureInfo.InvariantCulture), TimeSpan.FromMinutes(5), TimeSpan.FromDays(int.Parse((string)Settings(Bicep.Parameters[0])["CellStitch__KeepWorkDays"]!, provider: null)));
    }

    [Theory]
    [MemberData(nameof(Parameters))]
    public void Lifecycle_IntermediatesOutliveTheNightlyTimer(string parameters)
    {
        JsonObject rules = Template.Predicted(parameters).OfType("Microsoft.Storage/storageAccounts/managementPolicies").Single().Properties();
        JsonNode work = rules["policy"]!["rules"]!.AsArray().Single(rule => (string?)rule!["name"] == "delete-intermediates")!["definition"]!;

        Assert.Equal($"{DataAccount.WorkContainer}/", (string?)work["filters"]!["prefixMatch"]![0]);
        Assert.Equal((string?)Settings(parameters)["CellStitch__KeepWorkDays"], work["actions"]!["baseBlob"]!["delete"]!["daysAfterModificationGreaterThan"]!.ToString());
    }

    [Fact]
    public void Document_ListsEveryFunction()
    {
        string table = File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "docs", "azure.md")).Split("## What runs where")[1].Split("## ")[0];
        IEnumerable<string> functions = typeof(AppSettings).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            .Select(method => method.GetCustomAttribute<FunctionAttribute>()?.Name).OfType<string>();

        Assert.Equal(functions.Order(StringComparer.Ordinal), FunctionNames().Matches(table).Select(match => match.Groups["name"].Value).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Parameters))]
    public void App_RunsTheFrameworkThatIsBuilt(string parameters)
    {
        JsonNode runtime = Template.Predicted(parameters).OfType("Microsoft.Web/sites").Single().Properties()["functionAppConfig"]!["runtime"]!;

        Assert.Equal("dotnet-isolated", (string?)runtime["name"]);
        Assert.Equal($"{Environment.Version.Major}.{Environment.Version.Minor}", (string?)runtime["version"]);
    }

    private static JsonObject Settings(string parameters) => Template.Predicted(parameters).OfType("Microsoft.Web/sites/config").Single().Properties();

    private static JsonObject Sample() => JsonNode.Parse(
        File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "local.settings.sample.json")), documentOptions: Lenient)!["Values"]!.AsObject();

    // In the first column of the table.
    [GeneratedRegex(@"(?<=^\|[^|]*)`(?<name>[A-Z]\w+)`(?=[^|]*\|)", RegexOptions.Multiline)]
    private static partial Regex FunctionNames();

    [GeneratedRegex("\"(?:Job|Run)[A-Z]\\w+\"")]
    private static partial Regex EventNames();

    [GeneratedRegex("`DOTNET_GCHeapHardLimit=0x(?<limit>[0-9A-F]+)`(?:(?!DOTNET_GCHeapHardLimit).)*peaks at (?<mb>\\d+) MB", RegexOptions.Singleline)]
    private static partial Regex LimitedPeak();
}
