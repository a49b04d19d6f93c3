using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Queues;
using CellStitch.Tests;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace CellStitch.EmbeddedHost.Tests.Hosting;

public class BlobTriggerTests
{
    private readonly string _account = Azurite.NewAccount();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private BlobContainerClient Drop => new(_account, "drop");

    [Fact]
    public async Task BlobTrigger_NewBlob_RunsOnceWithItsName()
    {
        await using TestHost host = await TestHost.Start([typeof(Dropped)], _account);
        // The host creates the container.
        await TestHost.Until(async () => await Drop.ExistsAsync(Cancellation), "the container is there");

        await Put("job/xy.tif", "1");

        await TestHost.Until(() => host.Calls.All.Length > 0, "the function runs");
        Assert.Equal("job/xy.tif = 1", Assert.Single(host.Calls.All));
    }

    [Fact]
    public async Task BlobTrigger_BlobReplaced_RunsAgain()
    {
        await using TestHost host = await TestHost.Start([typeof(Dropped)], _account);
        await Put("a", "1");
        await TestHost.Until(() => host.Calls.All.Length == 1, "the function runs");

        await Put("a", "2");

        await TestHost.Until(() => host.Calls.All.Length == 2, "the function runs again");
        Assert.Equal(["a = 1", "a = 2"], host.Calls.All);
    }

    [Fact]
    public async Task BlobTrigger_HostStartedAgain_LeavesHandledBlobsAlone()
    {
        await Put("old", "1");
        await using (TestHost first = await TestHost.Start([typeof(Dropped)], _account))
        {
            await TestHost.Until(async () => first.Calls.All.Length == 1 && await Receipts() == 1, "the first blob is handled");
        }

        await using TestHost second = await TestHost.Start([typeof(Dropped)], _account);
        await Put("new", "2");

        await TestHost.Until(() => second.Calls.All.Length > 0, "the second blob is handled");
        Assert.Equal("new = 2", Assert.Single(second.Calls.All));
    }

    [Fact]
    public async Task BlobTrigger_BlobDeleted_DropsItsReceipt()
    {
        await using TestHost host = await TestHost.Start([typeof(Dropped)], _account);
        await Put("a", "1");
        await TestHost.Until(async () => await Receipts() == 1, "the receipt is written");

        await Drop.DeleteBlobAsync("a", cancellationToken: Cancellation);

        await TestHost.Until(async () => await Receipts() == 0, "the receipt is deleted");
    }

    [Fact]
    public async Task BlobTrigger_FailsFiveTimes_GoesToThePoisonQueueOnce()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using TestHost host = await TestHost.Start(
            [typeof(Failing)], _account, new() { Configure = builder => builder.Services.AddSingleton<TimeProvider>(time) });
        await Put("bad.tif", "1");
        var queue = new QueueClient(_account, "webjobs-blobtrigger-poison", new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });

        await TestHost.Until(
            async () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return await queue.ExistsAsync(Cancellation) && (await queue.PeekMessagesAsync(10, Cancellation)).Value.Length > 0 && await Receipts() == 1;
            },
            "a message is in the poison queue");

        Assert.Equal(5, host.Calls.All.Length);
        JsonElement message = JsonDocument.Parse(Assert.Single((await queue.PeekMessagesAsync(10, Cancellation)).Value).Body).RootElement;
        BlobProperties blob = await Drop.GetBlobClient("bad.tif").GetPropertiesAsync(cancellationToken: Cancellation);
        Assert.Equal("BlobTrigger", message.GetProperty("Type").GetString());
        Assert.Equal("Host.Functions.Failing", message.GetProperty("FunctionId").GetString());
        Assert.Equal("BlockBlob", message.GetProperty("BlobType").GetString());
        Assert.Equal("drop", message.GetProperty("ContainerName").GetString());
        Assert.Equal("bad.tif", message.GetProperty("BlobName").GetString());
        Assert.Equal(blob.ETag.ToString("H"), message.GetProperty("ETag").GetString());
    }

    [Fact]
    public async Task BlobTrigger_FailsTwice_IsTriedUntilItSucceeds()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using TestHost host = await TestHost.Start(
            [typeof(FailingTwice)], _account, new() { Configure = builder => builder.Services.AddSingleton<TimeProvider>(time) });
        DateTimeOffset began = time.GetUtcNow();
        await Put("late.tif", "1");

        await TestHost.Until(
            async () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return await Receipts() == 1;
            },
            "the blob is handled");

        Assert.Equal(3, host.Calls.All.Length);
        // The pauses of 2 and 8 s.
        Assert.True(time.GetUtcNow() - began >= TimeSpan.FromSeconds(10));
        Assert.False(await new QueueClient(_account, "webjobs-blobtrigger-poison").ExistsAsync(Cancellation));
    }

    [Fact]
    public async Task BlobTrigger_ManyBlobs_RunsAsManyAtOnceAsHostJsonSays()
    {
        for (int i = 0; i < 20; i++)
        {
            await Put($"blob{i}", "1");
        }

        await using TestHost host = await TestHost.Start(
            [typeof(Slow)],
            _account,
            new()
            {
                HostJson = """{ "version": "2.0", "extensions": { "blobs": { "maxDegreeOfParallelism": 3 } } }""",
                Configure = builder => builder.Services.AddSingleton<AtOnce>(),
            });

        await TestHost.Until(() => host.Calls.All.Length == 20, "all blobs are handled");
        Assert.Equal(3, host.Services.GetRequiredService<AtOnce>().Most);
    }

    [Fact]
    public async Task BlobTrigger_FromEventGrid_IsListedAsDisabled()
    {
        await using TestHost host = await TestHost.Start([typeof(Evented)], _account);

        await TestHost.Until(() => host.Log.All.Any(line => line.Contains("Function Evented is disabled here", StringComparison.Ordinal)), "the log says so");
    }

    [Theory]
    [InlineData("drop/{name}", "a/b.tif", "a/b.tif", null)]
    [InlineData("drop/{name}.{ext}", "a.b.tif", "a.b", "tif")]
    [InlineData("drop/in/{name}.json", "in/x.json", "x", null)]
    public void BlobPath_MatchingName_GivesItsParts(string path, string blob, string name, string? extension)
    {
        Dictionary<string, object?>? parts = CellStitch.EmbeddedHost.Hosting.BlobPath.Parse(path).Match(blob);

        Assert.Equal(name, parts!["name"]);
        Assert.Equal(extension, parts.GetValueOrDefault("ext"));
    }

    [Theory]
    [InlineData("{name}")]
    [InlineData("drop/{")]
    [InlineData("drop/{a}{a}")]
    public void BlobPath_Wrong_IsRefused(string path)
    {
        Assert.Throws<FormatException>(() => CellStitch.EmbeddedHost.Hosting.BlobPath.Parse(path));
    }

    private async Task Put(string name, string text)
    {
        await Drop.CreateIfNotExistsAsync(cancellationToken: Cancellation);
        await Drop.GetBlobClient(name).UploadAsync(BinaryData.FromString(text), overwrite: true, Cancellation);
    }

    private async Task<int> Receipts()
    {
        var hosts = new BlobContainerClient(_account, "azure-webjobs-hosts");
        return await hosts.ExistsAsync(Cancellation)
            ? await hosts.GetBlobsAsync(BlobTraits.None, BlobStates.None, "blobreceipts/", Cancellation).CountAsync(Cancellation)
            : 0;
    }

    public sealed class Dropped(Calls calls)
    {
        [Function("Dropped")]
        public async Task Run([BlobTrigger("drop/{name}")] BlobClient blob, string name, CancellationToken cancellation)
        {
            BinaryData content = (await blob.DownloadContentAsync(cancellation)).Value.Content;
            calls.Add($"{name} = {content}");
        }
    }

    public sealed class Failing(Calls calls)
    {
        [Function("Failing")]
        public void Run([BlobTrigger("drop/{name}")] BlobClient blob)
        {
            calls.Add(blob.Name);
            throw new InvalidOperationException("no good");
        }
    }

    public sealed class FailingTwice(Calls calls)
    {
        [Function("FailingTwice")]
        public void Run([BlobTrigger("drop/{name}")] BlobClient blob)
        {
            calls.Add(blob.Name);
            if (calls.All.Length < 3)
            {
                throw new IOException("not yet");
            }
        }
    }

    public sealed class AtOnce
    {
        private int _now;

        public int Most { get; private set; }

        public void Enter()
        {
            lock (this)
            {
                Most = Math.Max(Most, ++_now);
            }
        }

        public void Leave()
        {
            lock (this)
            {
                _now--;
            }
        }
    }

    public sealed class Slow(Calls calls, AtOnce atOnce)
    {
        [Function("Slow")]
        public async Task Run([BlobTrigger("drop/{name}")] BlobClient blob)
        {
            atOnce.Enter();
            await blob.DownloadContentAsync();
            await blob.DownloadContentAsync();
            await blob.DownloadContentAsync();
            atOnce.Leave();
            calls.Add(blob.Name);
        }
    }

    public static class Evented
    {
        [Function("Evented")]
        public static string Run([BlobTrigger("drop/{name}", Source = BlobTriggerSource.EventGrid)] BlobClient blob)
        {
            return blob.Name;
        }
    }
}
