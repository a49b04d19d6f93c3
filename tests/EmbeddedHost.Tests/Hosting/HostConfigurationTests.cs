using Azure.Storage.Blobs;
using CellStitch.EmbeddedHost.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CellStitch.EmbeddedHost.Tests.Hosting;

public class HostConfigurationTests
{
    private const string Account = "DefaultEndpointsProtocol=https;AccountKey=a2V5;EndpointSuffix=core.windows.net;AccountName=";

    [Fact]
    public void Settings_FromAllSources_LaterOnesWin()
    {
        const string Local = """
            {
              // comments are allowed
              "IsEncrypted": false,
              "Values": { "Order_A": "file", "Order_B": "file", "Order_C": "file", "Section__Key": "in a section" },
            }
            """;
        Environment.SetEnvironmentVariable("Order_B", "environment");
        Environment.SetEnvironmentVariable("Order_C", "environment");

        IConfiguration settings = Settings(new() { LocalSettings = Local, Args = ["--Order_C=argument"] });

        Assert.Equal(["file", "environment", "argument"], ["" + settings["Order_A"], "" + settings["Order_B"], "" + settings["Order_C"]]);
        Assert.Equal("in a section", settings["Section:Key"]);
    }

    [Fact]
    public void Settings_EncryptedFile_IsRefused()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Settings(new() { LocalSettings = """{ "IsEncrypted": true }""" }));

        Assert.Contains("is encrypted", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void HostJson_EachKey_IsReadAndCanBeOverridden()
    {
        const string Text = """
            {
              "version": "2.0",
              "functionTimeout": "00:07:00",
              "extensions": {
                "blobs": { "maxDegreeOfParallelism": 3, "poisonBlobThreshold": 2 },
                "durableTask": {
                  "hubName": "hub", "maxConcurrentActivityFunctions": 5, "maxConcurrentOrchestratorFunctions": 6,
                  "extendedSessionsEnabled": true, "extendedSessionIdleTimeoutInSeconds": 9,
                  "storageProvider": { "maxQueuePollingInterval": "00:00:02" }
                },
                "http": { "routePrefix": "v1/" }
              }
            }
            """;

        HostJson read = Services(new() { HostJson = Text, Args = ["--AzureFunctionsJobHost:extensions:durableTask:hubName=other"] })
            .GetRequiredService<HostJson>();

        Assert.Equal(TimeSpan.FromMinutes(7), read.FunctionTimeout);
        Assert.Equal((3, 2, TimeSpan.FromSeconds(2), "v1"), (read.BlobsAtOnce, read.PoisonBlobThreshold, read.PollingInterval, read.RoutePrefix));
        Assert.Equal(("other", 5, 6), (read.Durable.HubName, read.Durable.ActivitiesAtOnce, read.Durable.OrchestratorsAtOnce));
        Assert.Equal((true, TimeSpan.FromSeconds(9)), (read.Durable.ExtendedSessions, read.Durable.ExtendedSessionIdle));
        Assert.Empty(read.UnknownKeys);
    }

    [Theory]
    [InlineData("""{ "version": "3.0" }""", "host.json has version '3.0'")]
    [InlineData("""{ "functionTimeout": "soon" }""", "host.json: functionTimeout is 'soon'; it must be a time like 00:30:00.")]
    [InlineData("""{ "extensions": { "blobs": { "maxDegreeOfParallelism": 0 } } }""", "extensions.blobs.maxDegreeOfParallelism is '0'; it must be a whole number above 0.")]
    public void HostJson_WrongValue_SaysWhichAndWhatIsExpected(string text, string message)
    {
        var error = Assert.Throws<InvalidOperationException>(() => Services(new() { HostJson = text }));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void HostJson_UnknownKeys_AreNamed()
    {
        const string Text = """
            { "extensions": { "durableTask": { "hubname": "ok", "maxConcurrentActivities": 1, "tracing": {} }, "queues": { "any": 1 } } }
            """;

        HostJson read = Services(new() { HostJson = Text }).GetRequiredService<HostJson>();

        Assert.Equal(["extensions.durableTask.maxConcurrentActivities"], read.UnknownKeys);
    }

    [Theory]
    [InlineData(new[] { "Data=" + Account + "plain", "AzureWebJobsData=" + Account + "prefixed" }, "https://prefixed.blob.core.windows.net/")]
    [InlineData(new[] { "Data=" + Account + "plain", "ConnectionStrings:Data=" + Account + "listed" }, "https://listed.blob.core.windows.net/")]
    [InlineData(new[] { "Data=" + Account + "plain" }, "https://plain.blob.core.windows.net/")]
    [InlineData(new[] { "Data:accountName=named" }, "https://named.blob.core.windows.net/")]
    [InlineData(new[] { "Data:blobServiceUri=https://data.example/", "Data:credential=managedidentity", "Data:clientId=x" }, "https://data.example/")]
    public void StorageConnections_ByName_FollowTheOfficialOrder(string[] settings, string uri)
    {
        BlobServiceClient blobs = Services(new() { Args = [.. settings.Select(setting => $"--{setting}")] })
            .GetRequiredService<StorageConnections>().Blobs("Data");

        Assert.Equal(uri, blobs.Uri.AbsoluteUri);
    }

    [Fact]
    public void StorageConnections_Missing_SaysWhatToSet()
    {
        var connections = new StorageConnections(new ConfigurationManager());

        var error = Assert.Throws<InvalidOperationException>(() => connections.Blobs("Data"));

        Assert.Contains("There is no storage connection 'Data': set AzureWebJobsData or Data to", error.Message, StringComparison.Ordinal);
    }

    private static IServiceProvider Services(TestHost.Options options)
    {
        return TestHost.Build([], Account + "unused", options).Services;
    }

    private static IConfiguration Settings(TestHost.Options options)
    {
        return Services(options).GetRequiredService<IConfiguration>();
    }
}
