using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace CellStitch.Infra.Tests;

/// <summary>What is locked, and who may do what.</summary>
public sealed partial class SecurityTests
{
    private const string App = "the app";
    private const string Topic = "the topic";
    private const string User = "the user";

    private static readonly Dictionary<string, string> RoleNames = new()
    {
        ["b7e6dc6d-f1e8-4753-8033-0f276bb0955b"] = "Storage Blob Data Owner",
        ["ba92f5b4-2d11-453d-a403-e96b0029c9fe"] = "Storage Blob Data Contributor",
        ["2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"] = "Storage Blob Data Reader",
        ["db58b8e5-c6ad-4a2a-8342-4190687cbf4a"] = "Storage Blob Delegator",
        ["974c5e8b-45b9-4653-ba55-5f855dd0fb88"] = "Storage Queue Data Contributor",
        ["0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"] = "Storage Table Data Contributor",
        ["3913510d-42f4-4e42-8a64-420c390055eb"] = "Monitoring Metrics Publisher",
        ["0ad04412-c4d5-4796-b79c-f76d14c8d402"] = "Durable Task Data Contributor",
    };

    // Who, what, where; docs/security.md has the reasons.
    private static readonly (string Who, string Role, string Scope)[] Always =
    [
        (App, "Storage Blob Data Owner", "host"),
        (App, "Storage Queue Data Contributor", "host"),
        (App, "Storage Queue Data Contributor", "data"),
        (App, "Storage Blob Delegator", "data"),
        (App, "Storage Blob Data Contributor", "data/drop"),
        (App, "Storage Blob Data Contributor", "data/results"),
        (App, "Storage Blob Data Contributor", "data/work"),
        (App, "Monitoring Metrics Publisher", "insights"),
        (Topic, "Storage Blob Data Contributor", "data/deadletter"),
    ];

    public static TheoryData<string> Parameters => [.. Bicep.Parameters];

    [Theory]
    [MemberData(nameof(Parameters))]
    public void StorageAccounts_NoSharedKeyNoPublicBlobsNoOldTls(string parameters)
    {
        List<JsonObject> accounts = [.. Template.Predicted(parameters).OfType("Microsoft.Storage/storageAccounts")];

        Assert.Equal(2, accounts.Count);
        foreach (JsonObject account in accounts.Select(Template.Properties))
        {
            Assert.False((bool)account["allowSharedKeyAccess"]!);
            Assert.False((bool)account["allowBlobPublicAccess"]!);
            Assert.False((bool)account["allowCrossTenantReplication"]!);
            Assert.True((bool)account["supportsHttpsTrafficOnly"]!);
            Assert.True((bool)account["defaultToOAuthAuthentication"]!);
            Assert.Equal("TLS1_2", (string?)account["minimumTlsVersion"]);
        }
    }

    [Theory]
    [MemberData(nameof(Parameters))]
    public void Containers_AreNotPublic(string parameters) => Assert.All(
        Template.Predicted(parameters).OfType("Microsoft.Storage/storageAccounts/blobServices/containers"),
        container => Assert.False(container.ContainsKey("properties") && container.Properties().ContainsKey("publicAccess")));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void PrivateNetwork_BothAccountsDenyAllOthers(int parameters)
    {
        List<JsonObject> resources = Template.Predicted(Bicep.Parameters[parameters]);

        Assert.All(
            resources.OfType("Microsoft.Storage/storageAccounts"),
            account => Assert.Equal("Deny", (string?)account.Properties()["networkAcls"]!["defaultAction"]));
        Assert.Equal(5, resources.OfType("Microsoft.Network/privateEndpoints").Count());
        Assert.NotNull(resources.OfType("Microsoft.Web/sites").Single().Properties()["virtualNetworkSubnetId"]);
    }

    [Theory]
    [MemberData(nameof(Parameters))]
    public void App_HttpsOnlyWithoutPublishingPasswords(string parameters)
    {
        List<JsonObject> resources = Template.Predicted(parameters);
        JsonObject app = resources.OfType("Microsoft.Web/sites").Single();

        Assert.True((bool)app.Properties()["httpsOnly"]!);
        Assert.Equal("1.2", (string?)app.Properties()["siteConfig"]!["minTlsVersion"]);
        Assert.Equal("UserAssigned", (string?)app["identity"]!["type"]);
        Assert.Equal(
            ["ftp False", "scm False"],
            resources.OfType("Microsoft.Web/sites/basicPublishingCredentialsPolicies")
                .Select(policy => $"{policy.Name().Split('/')[^1]} {(bool)policy.Properties()["allow"]!}"));
        Assert.True((bool)resources.OfType("Microsoft.Insights/components").Single().Properties()["DisableLocalAuth"]!);
        Assert.True((bool)resources.OfType("Microsoft.OperationalInsights/workspaces").Single().Properties()["features"]!["disableLocalAuth"]!);
    }

    [Fact]
    public void AllowedClients_AreTheOnlyCallersBesideEventGrid()
    {
        JsonNode config = Template.Predicted(Bicep.Parameters[2]).OfType("Microsoft.Web/sites").Single().Properties()["siteConfig"]!;

        Assert.Equal("Deny", (string?)config["ipSecurityRestrictionsDefaultAction"]);
        Assert.Equal(["AzureEventGrid", "192.0.2.0/24"], config["ipSecurityRestrictions"]!.AsArray().Select(rule => (string?)rule!["ipAddress"]));
    }

    [Fact]
    public void Roles_HistoryInStorage_AsIntended() => AssertRoles(
        Bicep.Parameters[0], [.. Always, (App, "Storage Table Data Contributor", "host")]);

    [Fact]
    public void Roles_SchedulerAndUser_AsIntended() => AssertRoles(
        Bicep.Parameters[2],
        [
            .. Always,
            (App, "Durable Task Data Contributor", "scheduler/cellstitch"),
            (User, "Storage Blob Data Contributor", "data/drop"),
            (User, "Storage Blob Data Reader", "data/results"),
        ]);

    [Theory]
    [MemberData(nameof(Parameters))]
    public void Settings_HoldNoSecret(string parameters)
    {
        JsonObject settings = Template.Predicted(parameters).OfType("Microsoft.Web/sites/config").Single().Properties();

        Assert.DoesNotContain(settings, setting => SecretWords().IsMatch((string)setting.Value!));
    }

    [Theory]
    [MemberData(nameof(Parameters))]
    public void Outputs_AreNamesAndAddresses(string parameters) => Assert.Equal(
        ["AZURE_EVENT_TOPIC_NAME", "AZURE_FUNCTION_APP_NAME", "AZURE_RESOURCE_GROUP", "CELLSTITCH_API_URL", "CELLSTITCH_DATA_ACCOUNT"],
        Template.Outputs(parameters).Select(output => output.Key).Order(StringComparer.Ordinal));

    // The one secret there is: from the app into the subscription, in one expression.
    [Fact]
    public async Task Keys_OnlyTheWebhookTakesOne()
    {
        Assert.DoesNotContain("listKeys", (await Template.Main).ToJsonString(), StringComparison.OrdinalIgnoreCase);
        JsonObject eventing = await Template.Eventing;
        Assert.Single(Regex.Matches(eventing.ToJsonString(), "listKeys", RegexOptions.IgnoreCase));
        Assert.False(eventing.ContainsKey("outputs"));
    }

    private static void AssertRoles(string parameters, IEnumerable<(string Who, string Role, string Scope)> expected)
    {
        List<JsonObject> resources = Template.Predicted(parameters);
        IEnumerable<(string, string, string)> found = resources.OfType("Microsoft.Authorization/roleAssignments").Select(assignment =>
        {
            string principal = (string)assignment.Properties()["principalId"]!;
            string who = principal.Contains("userAssignedIdentities", StringComparison.Ordinal) ? App
                : principal.Contains("systemTopics", StringComparison.Ordinal) ? Topic
                : User;
            return (who, RoleNames[((string)assignment.Properties()["roleDefinitionId"]!).Split('/')[^1]], Scope((string)assignment["id"]!));
        });
        Assert.Equal(expected.Order(), found.Order());
    }

    private static string Scope(string id)
    {
        Match scope = Scopes().Match(id);
        string resource = scope.Groups["resource"].Value;
        string what = resource.StartsWith("sthost", StringComparison.Ordinal) ? "host"
            : resource.StartsWith("stdata", StringComparison.Ordinal) ? "data"
            : resource.StartsWith("appi-", StringComparison.Ordinal) ? "insights"
            : resource.StartsWith("dts-", StringComparison.Ordinal) ? "scheduler"
            : id;
        return scope.Groups["inner"].Success ? $"{what}/{scope.Groups["inner"].Value}" : what;
    }

    [GeneratedRegex(@"/providers/[^/]+/[^/]+/(?<resource>[^/]+)(?:/blobServices/default/containers/(?<inner>[^/]+)|/taskHubs/(?<inner>[^/]+))?/providers/Microsoft\.Authorization/")]
    private static partial Regex Scopes();

    [GeneratedRegex("AccountKey|SharedAccess|Password|Secret|sig=|listKeys", RegexOptions.IgnoreCase)]
    private static partial Regex SecretWords();
}
