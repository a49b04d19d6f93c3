using System.Text;
using CellStitch.Core.IO;
using CellStitch.Core.Synthesis;
using CellStitch.Core.Volumes;
using CellStitch.Functions.Tests.App;
using CellStitch.Segmentation.Flows;
using CellStitch.Segmentation.Stacks;
using CellStitch.Tests;

namespace CellStitch.Functions.Tests;

/// <summary>A dropped raw stack gives what <c>cellstitch run</c> gives: the masks of its slices, and the cells stitched from them.</summary>
public sealed class RawJobTests(SharedApp shared)
{
    private static readonly SynthOptions Cells = new() { Cells = 40, Shape = new VolumeShape(8, 72, 64), Anisotropy = 3, Seed = 11 };

    [Fact]
    public async Task RawJob_Membranes_GivesMasksAndTheirStitching()
    {
        (AppProcess app, TestAccount account) = await shared.GetAsync();
        var truth = new CellTruth(Cells);
        byte[] raw = Render(truth);
        await account.DropAsync(
            "raw-job",
            [("raw.tif", raw), ("truth.tif", Masks.ToTiff(LabelVolume.From(truth))), ("job.json", Options("""{ "files": ["raw.tif", "truth.tif"], "diameter": 20, "contrast": 1.2 }"""))]);

        JobEnd end = await account.EndAsync("raw-job", app);
        Assert.Null(end.Error);
        LabelVolume[] expected = Segment(raw, new SegmentationOptions { Diameter = 20, Contrast = 1.2 });
        string[] files = ["xy.tif", "xz.tif", "yz.tif"];
        foreach ((string file, LabelVolume masks) in files.Zip(expected))
        {
            LabelVolume made = Masks.Read(end.Files[$"masks/{file}"]);
            Assert.Equal(masks.Voxels.ToArray(), made.Voxels.ToArray());
            Assert.Equal(masks.VoxelSize, made.VoxelSize);
        }

        new Masks(expected[0], expected[1], expected[2]).Stitch(truth: LabelVolume.From(truth)).AssertEqualTo(end);
        string[] outputs = [.. end.Json("manifest.json").GetProperty("outputs").EnumerateArray().Select(output => output.GetProperty("name").GetString()!)];
        Assert.All(files, file => Assert.Contains($"masks/{file}", outputs));
        using HttpResponseMessage fetched = await app.Http.GetAsync(new Uri("api/jobs/raw-job/files/masks/xz.tif", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(end.Files["masks/xz.tif"], await fetched.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task RawJob_RealNuclei_GivesWhatTheCommandLineGives()
    {
        (AppProcess app, TestAccount account) = await shared.GetAsync();
        byte[] raw = await File.ReadAllBytesAsync(SharedData.Data("real", "stardist_demo3d", "raw.tif"), TestContext.Current.CancellationToken);
        await account.DropAsync("raw-real", [("raw.tif", raw), ("job.json", Options("""{ "files": ["raw.tif"], "diameter": 11.3, "anisotropy": 1 }"""))]);

        JobEnd end = await account.EndAsync("raw-real", app);
        Assert.Null(end.Error);
        LabelVolume[] masks = Segment(raw, new SegmentationOptions { Diameter = 11.3, Anisotropy = 1 });
        LabelVolume cells = Masks.Read(end.Files["labels.tif"]);
        Assert.Equal(new Masks(masks[0], masks[1], masks[2]).Stitch().Labels, cells.Voxels.ToArray());
        Assert.InRange(end.Json("metrics.json").GetProperty("cells").GetInt32(), 40, 60);
    }

    [Theory]
    [InlineData("raw-no-model", """{ "model": "mine.onnx" }""", "missingFile")]
    [InlineData("raw-no-channel", """{ "channel": 2 }""", "notOneChannel")]
    public async Task RawJob_ThatCannotBeSegmented_SaysWhy(string job, string options, string code)
    {
        (AppProcess app, TestAccount account) = await shared.GetAsync();
        await account.DropAsync(job, [("raw.tif", Render(new CellTruth(Cells))), ("job.json", Options(options))]);
        Assert.Equal(code, (await account.EndAsync(job, app)).Error?.Code);
    }

    private static byte[] Options(string json) => Encoding.UTF8.GetBytes(json);

    private static byte[] Render(CellTruth truth)
    {
        using var tiff = new MemoryStream();
        using (var writer = new TiffWriter(tiff))
        {
            RawRendering.Write(truth, Stain.Membranes, seed: 1, writer, TestContext.Current.CancellationToken);
        }

        return tiff.ToArray();
    }

    private static LabelVolume[] Segment(byte[] tiff, SegmentationOptions options)
    {
        using var raw = RawReader.Open(new MemoryStream(tiff), "raw.tif");
        using FlowNetwork network = FlowNetwork.Open(FlowNetwork.DefaultModelPath);
        var setup = SegmentationSetup.Decide(raw, options, network, TestContext.Current.CancellationToken);
        return [.. Slab.Axes.Select(axis => Slab.Of(raw.Shape, axis, raw.Shape.Voxels).Single().Segment(raw, setup, network, threads: 2))];
    }
}
