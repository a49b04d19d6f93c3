using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CellStitch.Core.Volumes;
using CellStitch.Functions.Jobs;
using CellStitch.Functions.Tests.App;

namespace CellStitch.Functions.Tests;

/// <summary>What the app writes holds to docs/schemas, and the schemas know all of it.</summary>
public sealed class SchemaTests(SharedApp shared)
{
    [Fact]
    public void JobSchema_KnowsEveryOption()
    {
        Assert.Equal(
            JobOptions.Json.GetTypeInfo(typeof(JobOptions)).Properties.Select(property => property.Name).Order(StringComparer.Ordinal),
            Schemas.Properties("job").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Results_OfAJobWithAllOptions_HoldToTheirSchemas()
    {
        (AppProcess app, TestAccount account) = await shared.GetAsync();
        (Masks masks, LabelVolume truth) = Masks.Tissue(cells: 20, new VolumeShape(6, 48, 44), seed: 3);
        const string Options = """
            {
              "files": ["xy.tif", "xz.tif", "yz.tif", "truth.tif"], "profile": "paper", "dropFragments": true, "repair": true, "maximumGap": 3, "rejectionThreshold": 0.3, "minimumVolume": 4, "direction": "up",
              "singleLayer": "keep", "solver": "orTools", "voxelSizeUm": { "z": 2, "y": 0.5, "x": 0.5 }, "anisotropy": 4.5,
              "axes": { "xz": "ZYX", "yz": "ZYX" }, "blockVoxels": 5000, "interpolate": true, "pairsPerActivity": 20, "webhook": "http://elsewhere.example/done"
            }
            """;
        Schemas.AssertHolds("job", JsonElement.Parse(Options));
        await account.DropAsync("all-options", [.. masks.Files(), ("truth.tif", Masks.ToTiff(truth)), ("job.json", Encoding.UTF8.GetBytes(Options))]);

        JobEnd end = await account.EndAsync("all-options", app);
        Assert.Null(end.Error);
        JsonElement manifest = end.Json("manifest.json");
        Schemas.AssertHolds("manifest", manifest);
        Schemas.AssertHolds("job", manifest.GetProperty("options"));
        // The webhook's address may hold a secret, which readers of results must not learn (docs/security.md).
        JsonObject told = JsonNode.Parse(Options)!.AsObject();
        told.Remove("webhook");
        Assert.True(JsonElement.DeepEquals(Element(told), manifest.GetProperty("options")), manifest.ToString());
        JsonElement metrics = end.Json("metrics.json");
        Schemas.AssertHolds("metrics", metrics);
        Schemas.AssertHolds("evaluation", metrics.GetProperty("evaluation"));
        Assert.Equal((4.5, "option", 2), (metrics.GetProperty("anisotropy").GetDouble(), metrics.GetProperty("anisotropySource").GetString(), metrics.GetProperty("voxelSizeUm").GetProperty("z").GetDouble()));
        Schemas.AssertHolds("jobstatus", Element(await app.StateAsync("all-options", "completed")));
    }

    [Fact]
    public async Task Status_InEveryState_HoldsToItsSchema()
    {
        (AppProcess app, TestAccount account) = await shared.GetAsync();
        Masks masks = Masks.Golden("small_tissue_1");
        await account.DropAsync("status-waiting", masks.Files().Skip(1));
        Schemas.AssertHolds("jobstatus", Element(await app.StateAsync("status-waiting", "waiting")));

        await account.DropAsync("status-failed", [.. masks.Files(), ("job.json", """{ "files": ["xy.tif"], "voxelSize": 1 }"""u8.ToArray())]);
        JobEnd failed = await account.EndAsync("status-failed", app);
        Schemas.AssertHolds("error", failed.Json("error.json"));
        Schemas.AssertHolds("jobstatus", Element(await app.StateAsync("status-failed", "failed")));

        await account.DropAsync("status-running", [.. masks.Files(), ("job.json", """{ "files": ["xy.tif"], "blockVoxels": 1 }"""u8.ToArray())]);
        Schemas.AssertHolds("jobstatus", Element(await app.StateAsync("status-running", "running", "completed")));
        Schemas.AssertHolds("jobstatus", Element(await app.StateAsync("status-running", "completed")));
    }

    private static JsonElement Element(JsonObject status) => JsonElement.Parse(status.ToJsonString());
}
