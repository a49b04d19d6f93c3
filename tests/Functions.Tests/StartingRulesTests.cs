using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;
using CellStitch.Functions.Tests.App;
using CellStitch.Tests;

namespace CellStitch.Functions.Tests;

/// <summary>When a job starts, and when it does not (docs/formats.md, "The drop folder").</summary>
public sealed class StartingRulesTests(SharedApp shared)
{
    private static readonly Masks Small = Masks.Golden("small_tissue_1");
    private static readonly Masks Other = Masks.Golden("small_tissue_2");

    [Theory]
    [InlineData("in-order", "xy.tif", "xz.tif", "yz.tif")]
    [InlineData("out-of-order", "yz.tif", "xy.tif", "xz.tif")]
    [InlineData("options-before-masks", "job.json", "xz.tif", "yz.tif", "xy.tif")]
    public async Task Files_OneByOne_StartOneRun(string job, params string[] order)
    {
        (AppProcess app, TestAccount account) = await shared.GetAsync();
        var files = Small.Files().Append(("job.json", "{}"u8.ToArray())).ToDictionary(file => file.Item1, file => file.Item2);
        foreach (string name in order)
        {
            await account.DropAsync(job, (name, files[name]));
            await app.LineAsync($"{job}/{name} was dropped");
        }

        Small.Stitch().AssertEqualTo(await account.EndAsync(job, app));
        Assert.Single(await app.RunsAsync(job));
    }

    [Fact]
    public async Task Projection_Late_IsWaitedFor()
    {
        (AppProcess app, TestAccount account) = await shared.GetAsync();
        await account.DropAsync("late", Small.Files().Take(2));
        JsonObject waiting = await app.StateAsync("late", "waiting");
        Assert.Equal("yz.tif has not arrived; the projections count together.", (string?)waiting["message"]);

        await account.DropAsync("late", Small.Files().Last());
        Small.Stitch().AssertEqualTo(await account.EndAsync("late", app));
        Assert.Single(await app.RunsAsync("late"));
    }

    [Fact]
    public async Task XyAlone_StartsWithoutVotesAfterTheWait()
    {
        (AppProcess app, TestAccount account) = await shared.GetAsync();
        await account.DropAsync("alone", Small.Files().First());
        JsonObject waiting = await app.StateAsync("alone", "waiting");
        Assert.Equal("xy.tif came alone; the projections may still be on their way.", (string?)waiting["message"]);

        JobEnd end = await account.EndAsync("alone", app);
        (Small with { Xz = null, Yz = null }).Stitch().AssertEqualTo(end);
        Assert.Contains(MaskWarnings.NoVotes, Encoding.UTF8.GetString(end.Files["metrics.json"]), StringComparison.Ordinal);
        DateTimeOffset dropped = (await account.Drop.GetBlobClient("alone/xy.tif").GetPropertiesAsync(cancellationToken: TestContext.Current.CancellationToken)).Value.LastModified;
        Assert.True(end.Json("manifest.json").GetProperty("startedUtc").GetDateTimeOffset() - dropped >= SharedApp.ProjectionWait);
    }

    [Fact]
    public async Task XyAlone_ProjectionsDuringTheWait_CountVotes()
    {
        (AppProcess app, TestAccount account) = await shared.GetAsync();
        await account.DropAsync("joined", Small.Files().First());
        await app.StateAsync("joined", "waiting");
        await account.DropAsync("joined", Small.Files().Skip(1));

        Small.Stitch().AssertEqualTo(await account.EndAsync("joined", app));
        Assert.Single(await app.RunsAsync("joined"));
    }

    [Fact]
    public async Task Files_EqualOnesAgain_EndUnchanged()
    {
        (AppProcess app, TestAccount account) = await shared.GetAsync();
        await account.DropAsync("again", Small.Files());
        JobEnd first = await account.EndAsync("again", app);
        await app.StateAsync("again", "completed");

        await account.DropAsync("again", Small.Files());
        await app.StateAsync("again", "unchanged");
        JobEnd second = await account.ReadEndAsync("again");
        Assert.Equal(first.Files["manifest.json"], second.Files["manifest.json"]);
        Assert.Equal(2, (await app.RunsAsync("again")).Count);
    }

    [Fact]
    public async Task Mask_ReplacedDuringARun_SupersedesIt()
    {
        (AppProcess app, TestAccount account) = await shared.GetAsync();
        var masks = Masks.Random(11, new VolumeShape(60, 24, 20));
        var newer = new Masks(Masks.Random(12, masks.Xy.Shape).Xy, masks.Xz, masks.Yz);
        await account.DropAsync("replaced", [.. masks.Files(), ("job.json", """{ "files": ["xy.tif", "xz.tif", "yz.tif"], "blockVoxels": 1 }"""u8.ToArray())]);
        JsonObject running = await Wait.ForAsync(
            async _ => await app.StatusAsync("replaced") is { } status && (string?)status["stage"] == "measure" ? status : null, () => app.Tail());
        string older = (string)running["instanceId"]!;
        await account.DropAsync("replaced", newer.Files().First());

        await Wait.ForAsync(
            async _ => await app.StatusAsync("replaced") is { } status && (string?)status["instanceId"] != older && (string?)status["state"] == "completed" ? status : null,
            () => app.Tail());
        newer.Stitch().AssertEqualTo(await account.ReadEndAsync("replaced"));
        IReadOnlyList<JsonNode> runs = await app.RunsAsync("replaced");
        Assert.Equal(2, runs.Count);
        Assert.Equal((int)Orchestrators.RunState.Superseded, (int)runs.Single(run => (string?)run["instanceId"] == older)["output"]!["State"]!);
    }

    [Theory]
    [InlineData("unknown-option", """{ "rejectThreshold": 0.3 }""", "unknownOption", "job.json: unknown option \"rejectThreshold\"; known are ")]
    [InlineData("bad-value", """{ "direction": "sideways" }""", "unknownOption", "job.json: the value of \"direction\" cannot be used")]
    [InlineData("not-json", "{ direction", "unknownOption", "job.json: is no valid JSON")]
    [InlineData("hook-not-allowed", """{ "webhook": "http://169.254.169.254/latest" }""", "unknownOption", "job.json: webhook names the host 169.254.169.254")]
    public async Task Options_ThatCannotBeUsed_GiveErrorJson(string job, string options, string code, string begin)
    {
        (AppProcess app, TestAccount account) = await shared.GetAsync();
        await account.DropAsync(job, [.. Small.Files(), ("job.json", Encoding.UTF8.GetBytes(options))]);

        JobEnd end = await account.EndAsync(job, app);
        Assert.Equal(code, end.Error?.Code);
        Assert.StartsWith(begin, end.Error?.Message, StringComparison.Ordinal);
        Assert.Single(end.Files);
        Assert.True(await account.Drop.GetBlobClient($"{job}/xy.tif").ExistsAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("single-raw", "single-raw.tif")]
    [InlineData("raw-in-folder", "raw-in-folder/raw.tif")]
    public async Task RawStack_IsRefusedAsUnsupported(string job, string blob)
    {
        (AppProcess app, TestAccount account) = await shared.GetAsync();
        await account.Drop.GetBlobClient(blob).UploadAsync(BinaryData.FromBytes(Small.Files().First().Bytes), TestContext.Current.CancellationToken);

        Assert.Equal("unsupported", (await account.EndAsync(job, app)).Error?.Code);
    }

    [Theory]
    [InlineData("readme.txt")]
    [InlineData("ignored/notes.txt")]
    [InlineData("ignored/deeper/xy.tif")]
    [InlineData("ignored/XY.TIF")]
    [InlineData(".hidden/xy.tif")]
    public async Task Blob_OfAnotherName_IsIgnored(string blob)
    {
        (AppProcess app, TestAccount account) = await shared.GetAsync();
        await account.Drop.GetBlobClient(blob).UploadAsync(BinaryData.FromString("not ours"), TestContext.Current.CancellationToken);

        await app.LineAsync($"{blob} was dropped and is not ours");
        Assert.Null(await app.StatusAsync("ignored"));
    }

    [Fact]
    public async Task Webhook_IsToldTheEnd()
    {
        (AppProcess app, TestAccount account) = await shared.GetAsync();
        using var listener = new HttpListener();
        string address = $"http://127.0.0.1:{Azurite.FreePorts(1)[0]}/";
        listener.Prefixes.Add(address);
        listener.Start();
        await account.DropAsync("told", [.. Small.Files(), ("job.json", Encoding.UTF8.GetBytes($$"""{ "webhook": "{{address}}done" }"""))]);

        HttpListenerContext call = await listener.GetContextAsync().WaitAsync(Wait.Limit, TestContext.Current.CancellationToken);
        JsonElement told = (await JsonDocument.ParseAsync(call.Request.InputStream, cancellationToken: TestContext.Current.CancellationToken)).RootElement;
        call.Response.Close();
        Assert.Equal("/done", call.Request.Url!.AbsolutePath);
        Assert.Equal("told", told.GetProperty("job").GetString());
        Assert.Equal("completed", told.GetProperty("state").GetString());
        Assert.Equal((await account.EndAsync("told", app)).Json("metrics.json").GetProperty("cells").GetInt32(), told.GetProperty("cells").GetInt32());
    }

    [Fact]
    public async Task Start_FilesListed_DoesNotWaitAndTakesDefaults()
    {
        var account = new TestAccount();
        await using AppProcess app = await AppProcess.StartAsync(account.Connection, new Dictionary<string, string> { ["CellStitch__SettleSeconds"] = "3600" });
        await account.Drop.GetBlobClient("defaults.json").UploadAsync(
            BinaryData.FromString("""{ "singleLayer": "keep", "minimumVolume": 0 }"""), TestContext.Current.CancellationToken);
        await account.DropAsync("defaults", [.. Small.Files(), ("job.json", """{ "files": ["xy.tif", "xz.tif", "yz.tif"] }"""u8.ToArray())]);
        await account.DropAsync("own", [.. Other.Files(), ("job.json", """{ "files": ["xy.tif", "xz.tif", "yz.tif"], "singleLayer": "remove" }"""u8.ToArray())]);

        Small.Stitch(new StitchOptions { SingleLayer = SingleLayerRule.Keep, MinimumVolume = 0 }).AssertEqualTo(await account.EndAsync("defaults", app));
        Other.Stitch(new StitchOptions { SingleLayer = SingleLayerRule.Remove, MinimumVolume = 0 }).AssertEqualTo(await account.EndAsync("own", app));
    }

    [Fact]
    public async Task Event_DeliveredAgainAfterARestart_StartsNothing()
    {
        var account = new TestAccount();
        await using (AppProcess app = await AppProcess.StartAsync(account.Connection))
        {
            await account.DropAsync("events", Small.Files());
            await account.EndAsync("events", app);
            await app.StateAsync("events", "completed");
            Assert.Equal(0, await app.StopAsync());
        }

        BlobContainerClient receipts = new BlobServiceClient(account.Connection).GetBlobContainerClient("azure-webjobs-hosts");
        string[] given = await NamesAsync(receipts);
        Assert.Equal(3, given.Length);
        foreach (string receipt in given)
        {
            await receipts.DeleteBlobAsync(receipt, cancellationToken: TestContext.Current.CancellationToken);
        }

        await using AppProcess next = await AppProcess.StartAsync(account.Connection);
        await Wait.ForAsync(async _ => (await NamesAsync(receipts)).Length == 3 ? receipts : null, () => $"new receipts\n{next.Tail()}");
        Assert.Single(await next.RunsAsync("events"));
        Assert.DoesNotContain(next.Lines, line => line.Contains("was dropped", StringComparison.Ordinal));
    }

    private static async Task<string[]> NamesAsync(BlobContainerClient receipts)
    {
        var names = new List<string>();
        await foreach (var blob in receipts.GetBlobsAsync(
            Azure.Storage.Blobs.Models.BlobTraits.None, Azure.Storage.Blobs.Models.BlobStates.None, "blobreceipts/", TestContext.Current.CancellationToken))
        {
            names.Add(blob.Name);
        }

        return [.. names];
    }
}
