using System.Text;
using System.Text.Json;
using CellStitch.Core.IO;
using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;
using CellStitch.Functions.Jobs;
using CellStitch.Functions.Tests.App;

namespace CellStitch.Functions.Tests;

/// <summary>The result of a job is that of <c>cellstitch stitch</c> and <c>cellstitch interpolate</c> on the same files: voxels, cells.csv and metrics.json, fused or in any blocks.</summary>
public sealed class IdentityTests(IdentityTests.DroppedJobs jobs) : IClassFixture<IdentityTests.DroppedJobs>
{
    public static TheoryData<string> Names => [.. Cases.Select(one => one.Name)];

    private static readonly Case[] Cases = [.. Make()];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Job_AnyBlocks_GivesWhatStitcherGives(string name)
    {
        Case one = Cases.Single(one => one.Name == name);
        JobEnd end = await jobs.EndAsync(name);

        one.Masks.Stitch(one.Options ?? new StitchOptions(), one.Truth, one.Interpolation).AssertEqualTo(end);
        int activities = end.Json("manifest.json").GetProperty("stages").EnumerateArray().Sum(stage => stage.GetProperty("activities").GetInt32());
        Assert.True(activities >= one.LeastActivities, $"{activities} activities");
    }

    private static IEnumerable<Case> Make()
    {
        const int Layer = 1;
        const string Paper = "\"profile\": \"paper\"";
        foreach (string golden in new[] { "adv_empty_middle", "adv_empty_ends", "adv_labels_over_65535", "small_tissue_noisy", "small_stacked" })
        {
            Masks masks = Masks.Golden(golden);
            yield return new Case($"{golden}-fused", masks, BlockVoxels: null, LeastActivities: 3);
            yield return new Case($"{golden}-layers", masks, Layer, LeastActivities: 2 * masks.Xy.Shape.Depth);
        }

        var deep = Masks.Random(1, new VolumeShape(41, 24, 20));
        yield return new Case("random-layers", deep, Layer, LeastActivities: 2 * 41);
        yield return new Case("random-layers-paper", deep, Layer, LeastActivities: 3 * 41, Option: Paper, new StitchOptions { Profile = StitchProfile.Paper });
        yield return new Case("random-pairs", deep, 2 * 24 * 20, LeastActivities: 2 * 21);
        yield return new Case("random-up-fused", deep, BlockVoxels: null, LeastActivities: 3, Option: "\"direction\": \"up\"", new StitchOptions { Direction = StitchDirection.Up });
        yield return new Case("random-up-triples", deep, 3 * 24 * 20, LeastActivities: 2 * 14, Option: "\"direction\": \"up\"", new StitchOptions { Direction = StitchDirection.Up });
        yield return new Case(
            "random-options",
            deep,
            Layer,
            LeastActivities: 2 * 41,
            Option: "\"profile\": \"paper\", \"rejectionThreshold\": 0.6, \"minimumVolume\": 3, \"singleLayer\": \"remove\", \"solver\": \"orTools\"",
            new StitchOptions { Profile = StitchProfile.Paper, RejectionThreshold = 0.6, MinimumVolume = 3, SingleLayer = SingleLayerRule.Remove, Solver = TransportSolver.OrTools });
        yield return new Case(
            "random-unrepaired", deep, Layer, LeastActivities: 2 * 41, Option: "\"repair\": false, \"maximumGap\": 1", new StitchOptions { Repair = false, MaximumGap = 1 });
        yield return new Case("no-projections", deep with { Xz = null, Yz = null }, Layer, LeastActivities: 2 * 41);

        var wide = Masks.Random(2, new VolumeShape(10, 90, 40), labels: 60);
        yield return new Case("row-blocks", wide, 32 * 40, LeastActivities: (6 + 1) * 5, Option: "\"repair\": false", new StitchOptions { Repair = false }) { StripRows = 16 };
        yield return new Case("strips-repaired", wide, 32 * 40, LeastActivities: 2 * 10) { StripRows = 16 };
        yield return new Case("row-blocks-paper", wide, 32 * 40, LeastActivities: (3 + 2) * 10, Option: Paper, new StitchOptions { Profile = StitchProfile.Paper })
        {
            StripRows = 16,
        };
        yield return new Case(
            "row-blocks-up", wide, 32 * 40, LeastActivities: (6 + 1) * 5, Option: "\"direction\": \"up\", \"repair\": false", new StitchOptions { Direction = StitchDirection.Up, Repair = false })
        {
            StripRows = 16,
        };

        var full = new Masks(new LabelVolume(deep.Xy.Shape, deep.Xy.Voxels.ToArray()), deep.Xz, deep.Yz);
        full.Xy[20, 3, 3] = byte.MaxValue;
        yield return new Case("label-255-fused", full, BlockVoxels: null, LeastActivities: 3);
        yield return new Case("label-255-layers", full, Layer, LeastActivities: 2 * 41);

        (Masks tissue, LabelVolume truth) = Masks.Tissue(cells: 40, new VolumeShape(16, 72, 60));
        yield return new Case("tissue-truth-fused", tissue, BlockVoxels: null, LeastActivities: 3) { Truth = truth };
        yield return new Case("tissue-truth-layers", tissue, Layer, LeastActivities: 2 * 16) { Truth = truth };
        var small = Masks.Random(3, new VolumeShape(13, 24, 20), labels: 8);
        foreach (int pairs in new[] { 1, 7, 1000 })
        {
            var by = new JobOptions { Anisotropy = 2.5 };
            string option = $"\"anisotropy\": 2.5, \"pairsPerActivity\": {pairs}";
            yield return new Case($"interpolated-fused-{pairs}", small, BlockVoxels: null, LeastActivities: 4, option) { Interpolation = by };
            yield return new Case($"interpolated-layers-{pairs}", small, Layer, LeastActivities: 4 * 12, option) { Interpolation = by };
        }

        yield return new Case("interpolated-tissue", tissue, 3 * 72 * 60, LeastActivities: 2 * 6, "\"pairsPerActivity\": 50");

        yield return new Case(
            "interpolated-paper", tissue, 5 * 72 * 60, LeastActivities: 2 * 4, $"{Paper}, \"anisotropy\": 2.5, \"pairsPerActivity\": 7", new StitchOptions { Profile = StitchProfile.Paper })
        {
            Interpolation = new JobOptions { Anisotropy = 2.5 },
        };
        var flat = new JobOptions { Anisotropy = 1 };
        yield return new Case("interpolated-flat", tissue, BlockVoxels: null, LeastActivities: 3, "\"anisotropy\": 1") { Interpolation = flat };
        yield return new Case("interpolated-off", tissue, BlockVoxels: null, LeastActivities: 3, "\"interpolate\": false") { Interpolation = new JobOptions { Interpolate = false } };
        yield return new Case("slice-wise-fused", tissue, BlockVoxels: null, LeastActivities: 5) { Xz = AxisOrder.YZX, Yz = AxisOrder.XZY };
        yield return new Case("slice-wise-layers", tissue, Layer, LeastActivities: 2 * 16) { Xz = AxisOrder.YXZ, Yz = AxisOrder.XYZ };
    }

    private sealed record Case(
        string Name, Masks Masks, long? BlockVoxels, int LeastActivities, string? Option = null, StitchOptions? Options = null)
    {
        public LabelVolume? Truth { get; init; }

        /// <summary>Options of the interpolation.</summary>
        public JobOptions? Interpolation { get; init; }

        public AxisOrder Xz { get; init; } = AxisOrder.ZYX;

        public AxisOrder Yz { get; init; } = AxisOrder.ZYX;

        /// <summary>Rows of a strip; the writer's own number when null.</summary>
        public int? StripRows { get; init; }

        public IEnumerable<(string Name, byte[] Bytes)> Files()
        {
            IEnumerable<(string, byte[])> masks = StripRows is not int rows
                ? Masks.Files(Xz, Yz)
                : [("xy.tif", Masks.TiffOfStrips(Masks.Xy, rows)), ("xz.tif", Masks.TiffOfStrips(Masks.Xz!, rows)), ("yz.tif", Masks.TiffOfStrips(Masks.Yz!, rows))];
            (string Name, byte[] Bytes)[] files = [.. masks, .. Truth is null ? [] : new[] { ("truth.tif", Masks.ToTiff(Truth)) }];
            var options = new List<string> { $"\"files\": {JsonSerializer.Serialize(files.Select(file => file.Name))}" };
            if (BlockVoxels is not null)
            {
                options.Add($"\"blockVoxels\": {BlockVoxels}");
            }

            if (Option is not null)
            {
                options.Add(Option);
            }

            return [.. files, ("job.json", Encoding.UTF8.GetBytes($"{{ {string.Join(", ", options)} }}"))];
        }
    }

    /// <summary>Drops the jobs of all cases at once; each test then waits for its own.</summary>
    public sealed class DroppedJobs(SharedApp shared) : IAsyncLifetime
    {
        public async ValueTask InitializeAsync()
        {
            (_, TestAccount account) = await shared.GetAsync();
            await Task.WhenAll(Cases.Select(one => account.DropAsync(one.Name, one.Files())));
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        internal async Task<JobEnd> EndAsync(string job)
        {
            (AppProcess app, TestAccount account) = await shared.GetAsync();
            return await account.EndAsync(job, app);
        }
    }
}
