using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs.Models;
using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;
using CellStitch.Functions.Jobs;
using CellStitch.Functions.Tests.App;

namespace CellStitch.Functions.Tests;

/// <summary>The HTTP API, over HTTP.</summary>
public sealed class JobsApiTests(SharedApp shared)
{
    private static readonly Masks Small = Masks.Golden("small_tissue_1");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Upload_FilesOfAJob_GivesResultsToDownload()
    {
        (AppProcess app, _) = await shared.GetAsync();
        foreach ((string name, byte[] bytes) in Small.Files())
        {
            // A stream of unknown length, as a program sends it that makes the file meanwhile.
            using var content = new StreamContent(new MemoryStream(bytes));
            using var request = new HttpRequestMessage(HttpMethod.Put, Address($"jobs/uploaded/upload/{name}")) { Content = content };
            request.Headers.TransferEncodingChunked = true;
            using HttpResponseMessage answer = await app.Http.SendAsync(request, Cancellation);
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            Assert.NotNull(answer.Headers.ETag);
        }

        JsonObject status = await app.StateAsync("uploaded", "completed");
        Assert.Equal(
            ["cells.csv", "labels.tif", "manifest.json", "metrics.json"],
            status["files"]!.AsArray().Select(file => (string)file!["name"]!).Order(StringComparer.Ordinal));
        Expected expected = Small.Stitch();
        byte[] labels = await app.Http.GetByteArrayAsync(Address("jobs/uploaded/files/labels.tif"), Cancellation);
        Assert.Equal(expected.Labels, Masks.Read(labels).Voxels.ToArray());
        Assert.Equal(expected.Cells, await app.Http.GetStringAsync(Address("jobs/uploaded/files/cells.csv"), Cancellation));
    }

    [Fact]
    public async Task Download_Range_GivesThatPart()
    {
        (AppProcess app, _) = await shared.GetAsync();
        byte[] labels = await DoneAsync("ranged", "labels.tif");
        using var request = new HttpRequestMessage(HttpMethod.Get, Address("jobs/ranged/files/labels.tif"));
        request.Headers.Range = new RangeHeaderValue(100, 299);
        using HttpResponseMessage answer = await app.Http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal(labels.Length, answer.Content.Headers.ContentRange?.Length);
        Assert.Equal(labels[100..300], await answer.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Theory]
    [InlineData("GET", "jobs/nobody", null, HttpStatusCode.NotFound)]
    [InlineData("GET", "jobs/nobody/files/labels.tif", null, HttpStatusCode.NotFound)]
    [InlineData("GET", "jobs/nobody/files/.run", null, HttpStatusCode.NotFound)]
    [InlineData("POST", "jobs/nobody/cancel", null, HttpStatusCode.NotFound)]
    [InlineData("POST", "jobs/nobody", null, HttpStatusCode.Conflict)]
    [InlineData("POST", "jobs/nobody", """{ "direction": "sideways" }""", HttpStatusCode.BadRequest)]
    [InlineData("POST", "jobs/.hidden", null, HttpStatusCode.BadRequest)]
    [InlineData("DELETE", "jobs/.hidden", null, HttpStatusCode.BadRequest)]
    [InlineData("PUT", "jobs/.hidden/upload/xy.tif", "x", HttpStatusCode.BadRequest)]
    [InlineData("PUT", "jobs/nobody/upload/notes.txt", "x", HttpStatusCode.BadRequest)]
    [InlineData("PUT", "jobs/nobody/upload/defaults.json", "x", HttpStatusCode.BadRequest)]
    public async Task Refusal_IsProblemDetails(string method, string path, string? body, HttpStatusCode status)
    {
        (AppProcess app, _) = await shared.GetAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), Address(path)) { Content = body is null ? null : new StringContent(body) };
        using HttpResponseMessage answer = await app.Http.SendAsync(request, Cancellation);

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        JsonElement problem = JsonElement.Parse(await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.EndsWith(".", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "jobs")]
    [InlineData("POST", "jobs/keyless")]
    [InlineData("DELETE", "jobs/keyless")]
    [InlineData("PUT", "jobs/keyless/upload/xy.tif")]
    [InlineData("GET", "jobs/keyless/files/labels.tif")]
    public async Task Call_WithoutKey_IsRefused(string method, string path)
    {
        (AppProcess app, _) = await shared.GetAsync();
        using var keyless = new HttpClient { BaseAddress = app.Http.BaseAddress };
        using var request = new HttpRequestMessage(new HttpMethod(method), Address(path));
        using HttpResponseMessage answer = await keyless.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Health_WithoutKey_Answers()
    {
        (AppProcess app, _) = await shared.GetAsync();
        using var keyless = new HttpClient { BaseAddress = app.Http.BaseAddress };
        JsonElement health = JsonElement.Parse(await keyless.GetStringAsync(Address("health"), Cancellation));
        Assert.Equal("ok", health.GetProperty("status").GetString());
    }

    [Fact]
    public async Task List_NamesAllJobs()
    {
        (AppProcess app, TestAccount account) = await shared.GetAsync();
        await DoneAsync("listed", "manifest.json");
        await account.DropAsync("listed-waiting", Small.Files().Skip(1));

        JsonElement list = JsonElement.Parse(await app.Http.GetStringAsync(Address("jobs"), Cancellation)).GetProperty("jobs");
        Assert.All(list.EnumerateArray(), job => Schemas.AssertHolds("jobstatus", job));
        string[] names = [.. list.EnumerateArray().Select(job => job.GetProperty("job").GetString()!)];
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        Assert.Contains("listed", names);
        Assert.Contains("listed-waiting", names);
    }

    [Fact]
    public async Task Start_WithOptions_RunsAgainByThem()
    {
        (AppProcess app, TestAccount account) = await shared.GetAsync();
        await DoneAsync("restarted", "manifest.json");
        await app.StateAsync("restarted", "completed");

        using (HttpResponseMessage same = await app.Http.PostAsync(Address("jobs/restarted"), null, Cancellation))
        {
            Assert.Equal(HttpStatusCode.Accepted, same.StatusCode);
            await app.StateAsync("restarted", "unchanged");
        }

        using var options = new StringContent("""{ "singleLayer": "keep", "minimumVolume": 0 }""");
        using HttpResponseMessage answer = await app.Http.PostAsync(Address("jobs/restarted"), options, Cancellation);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await app.StateAsync("restarted", "completed");
        Small.Stitch(new StitchOptions { SingleLayer = SingleLayerRule.Keep, MinimumVolume = 0 }).AssertEqualTo(await account.ReadEndAsync("restarted"));
    }

    [Theory]
    [InlineData("measure")]
    [InlineData("interpolate")]
    public async Task Cancel_RunningJob_StopsItUntilStartedAgain(string stage)
    {
        (AppProcess app, TestAccount account) = await shared.GetAsync();
        string job = $"cancelled-in-{stage}";
        (Masks masks, JobOptions interpolation) = await RunningAsync(job, stage);

        using (HttpResponseMessage answer = await app.Http.PostAsync(Address($"jobs/{job}/cancel"), null, Cancellation))
        {
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        }

        await app.StateAsync(job, "cancelled");
        Assert.Null(await account.ReadAsync(job, "manifest.json"));

        using (HttpResponseMessage answer = await app.Http.PostAsync(Address($"jobs/{job}"), null, Cancellation))
        {
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        }

        masks.Stitch(interpolation: interpolation).AssertEqualTo(await account.EndAsync(job, app));
    }

    [Theory]
    [InlineData("measure")]
    [InlineData("interpolate")]
    public async Task Delete_RunningJob_LeavesTheInputsAlone(string stage)
    {
        (AppProcess app, TestAccount account) = await shared.GetAsync();
        string job = $"deleted-in-{stage}";
        await RunningAsync(job, stage);
        await DeleteAsync(app, $"jobs/{job}");

        Assert.Empty(await NamesAsync(account.Results, $"{job}/"));
        Assert.Empty(await app.RunsAsync(job));
        // An activity that was at work when the job was deleted takes away what it still wrote.
        await Wait.ForAsync(
            async _ => await NamesAsync(account.Work, $"{job}-") is { Count: 0 } none ? none : null, () => "Intermediates of the deleted job stay.");
        Assert.Equal(4, (await NamesAsync(account.Drop, $"{job}/")).Count);
    }

    [Fact]
    public async Task Delete_WithInputs_LeavesNothing()
    {
        (AppProcess app, TestAccount account) = await shared.GetAsync();
        await DoneAsync("removed", "manifest.json");
        await app.StateAsync("removed", "completed");
        await DeleteAsync(app, "jobs/removed?inputs=true");

        Assert.Empty(await NamesAsync(account.Results, "removed/"));
        Assert.Empty(await NamesAsync(account.Work, "removed-"));
        Assert.Empty(await NamesAsync(account.Drop, "removed/"));
        Assert.Null(await app.StatusAsync("removed"));
    }

    private static Uri Address(string path) => new($"api/{path}", UriKind.Relative);

    private static async Task DeleteAsync(AppProcess app, string path)
    {
        using HttpResponseMessage answer = await app.Http.DeleteAsync(Address(path), Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    private static async Task<List<string>> NamesAsync(Azure.Storage.Blobs.BlobContainerClient container, string prefix)
    {
        var names = new List<string>();
        await foreach (BlobItem blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, Cancellation))
        {
            names.Add(blob.Name);
        }

        return names;
    }

    private async Task<byte[]> DoneAsync(string job, string file)
    {
        (AppProcess app, TestAccount account) = await shared.GetAsync();
        await account.DropAsync(job, [.. Small.Files(), ("job.json", """{ "files": ["xy.tif", "xz.tif", "yz.tif"] }"""u8.ToArray())]);
        return (await account.EndAsync(job, app)).Files[file];
    }

    // A job of many activities of one stage, in the middle of them.
    private async Task<(Masks Masks, JobOptions Interpolation)> RunningAsync(string job, string stage)
    {
        (AppProcess app, TestAccount account) = await shared.GetAsync();
        bool interpolate = stage == "interpolate";
        var masks = Masks.Random(21, new VolumeShape(interpolate ? 16 : 80, 24, 20));
        string blocks = interpolate ? "\"blockVoxels\": 3840, \"anisotropy\": 2, \"pairsPerActivity\": 1" : "\"blockVoxels\": 1";
        await account.DropAsync(job, [.. masks.Files(), ("job.json", Encoding.UTF8.GetBytes($$"""{ "files": ["xy.tif", "xz.tif", "yz.tif"], {{blocks}} }"""))]);
        await Wait.ForAsync(async _ => await app.StatusAsync(job) is { } status && (string?)status["stage"] == stage ? status : null, () => app.Tail());
        return (masks, new JobOptions { Anisotropy = interpolate ? 2 : null });
    }
}
