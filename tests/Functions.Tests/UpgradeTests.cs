using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using CellStitch.Core.Volumes;
using CellStitch.Functions.Activities;
using CellStitch.Functions.Jobs;
using CellStitch.Functions.Orchestrators;
using CellStitch.Functions.Storage;
using CellStitch.Functions.Tests.App;
using CellStitch.Functions.Tests.Security;
using Microsoft.Extensions.Options;

namespace CellStitch.Functions.Tests;

/// <summary>New code under running instances.</summary>
public sealed class UpgradeTests
{
    private const string Older = "CellStitch.Cloud 0.0.1";

    private static readonly Dictionary<string, string> NoSettling = new() { ["CellStitch__SettleSeconds"] = "3600" };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_RunOfAnotherVersionUnderWay_StartsItAnew()
    {
        var account = new TestAccount();
        var masks = Masks.Random(61, new VolumeShape(60, 24, 20));
        string run;
        await using (AppProcess old = await AppProcess.StartAsync(account.Connection, NoSettling))
        {
            await account.DropAsync("grown", [.. masks.Files(), ("job.json", """{ "blockVoxels": 1 }"""u8.ToArray())]);
            run = await StartAsVersionAsync(Older, old, account, "grown");
            await old.LineAsync("Activity Measure of ");
            await old.KillAsync();
        }

        await ReplaceInPlanAsync(account, run);
        await using AppProcess updated = await AppProcess.StartAsync(account.Connection, NoSettling);

        masks.Stitch().AssertEqualTo(await account.EndAsync("grown", updated));
        await updated.LineAsync($"run {run}: started anew, since {Older} had started it");
        JsonObject status = await updated.StateAsync("grown", "completed");
        Assert.Equal(run, (string?)status["instanceId"]);
    }

    [Fact]
    public async Task Start_SettlingOfAnotherVersion_StartsItAnew()
    {
        var account = new TestAccount();
        var masks = Masks.Random(62, new VolumeShape(5, 24, 20));
        var noTrigger = new Dictionary<string, string> { ["AzureWebJobs_JobUploaded_Disabled"] = "true" };
        await using (AppProcess old = await AppProcess.StartAsync(account.Connection, noTrigger))
        {
            await account.DropAsync("waiting", [.. masks.Files()]);
            FileVersion xy = (await DropFolder.ListAsync(account.Drop, "waiting", Cancellation)).OrderBy(file => file.Modified).Last();
            await StartAsync(old, nameof(SettleJob), JobName.SettleId(xy.Blob, xy.ETag), new SettleRequest("waiting", xy.Blob, xy.ETag, 3600, 3600, Program: Older));
            await old.LineAsync("Activity Settle of ");
            await old.KillAsync();
        }

        await using AppProcess updated = await AppProcess.StartAsync(account.Connection, noTrigger);

        masks.Stitch().AssertEqualTo(await account.EndAsync("waiting", updated));
        await updated.LineAsync($"started anew, since {Older} had started it");
    }

    [Fact]
    public async Task Activity_PlanOfAnotherVersion_IsTriedAgainRatherThanMixed()
    {
        using var app = new DirectApp();
        await app.Data.CreateContainersAsync(Cancellation);
        await new BlobWork(app.Data.Work, "grown-0123456789abcdef").WriteAsync(
            WorkName.Plan, PlanJson.Write(PlanOf(Older)), Cancellation);
        var edge = new ActivityEdge(app.Data, Options.Create(new AppSettings()));

        await Assert.ThrowsAsync<OtherProgramException>(() => new Correct(edge).Run(new Part("grown-0123456789abcdef", 0), Cancellation));
    }

    private static JobPlan PlanOf(string program) => new()
    {
        Job = "grown",
        Run = "grown-0123456789abcdef",
        Program = program,
        Files = [],
        Options = new JobOptions(),
        Shape = new VolumeShape(1, 1, 1),
        VoxelSize = null,
        Projections = null,
        BlockLayers = 1,
        BlockRows = 1,
        Fused = false,
        Warnings = [],
    };

    // As an older app would have started it.
    private static async Task<string> StartAsVersionAsync(string program, AppProcess app, TestAccount account, string job)
    {
        IReadOnlyList<FileVersion> files = await DropFolder.ListAsync(account.Drop, job, Cancellation);
        string run = JobName.RunId(job, files);
        await StartAsync(app, nameof(StitchVolume), run, new StitchRequest(job, files, program));
        return run;
    }

    private static async Task StartAsync(AppProcess app, string orchestrator, string instanceId, object input)
    {
        using HttpResponseMessage answer = await app.Http.PostAsJsonAsync(
            new Uri($"runtime/webhooks/durabletask/orchestrators/{orchestrator}/{instanceId}", UriKind.Relative), input, Cancellation);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task ReplaceInPlanAsync(TestAccount account, string run)
    {
        BlobClient plan = account.Work.GetBlobClient($"{run}/{WorkName.Plan}");
        JsonNode content = JsonNode.Parse((await plan.DownloadContentAsync(Cancellation)).Value.Content)!;
        content["program"] = Older;
        await plan.UploadAsync(BinaryData.FromString(content.ToJsonString()), overwrite: true, Cancellation);
    }
}
