using System.Text.Json;
using CellStitch.Core.Evaluation;
using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;
using CellStitch.Tests;
using Json.Schema;

namespace CellStitch.Core.Tests.Stitching;

public class CellTableTests
{
    [Fact]
    public void Csv_TwoCells_HasTheirRows()
    {
        LabelVolume volume = Mask.Volume(". . . . / . 2 2 . / . . . .", "1 . . . / . 2 . . / . . . .", ". . . . / . . . . / . . . .");
        Assert.Equal(
            """
            label,voxels,volume_um3,centroid_z,centroid_y,centroid_x,min_z,max_z,min_y,max_y,min_x,max_x,layers,touches_border,confidence,min_margin,max_rejection,bridged_gaps
            1,1,0.5,1.000,0.000,0.000,1,1,0,0,0,0,1,1,,,,
            2,3,1.5,0.333,1.000,1.333,0,1,1,1,1,2,2,1,,,,

            """,
            Csv(Measure(volume), new VoxelSize(2, 0.5, 0.5)));
    }

    [Fact]
    public void Csv_NoVoxelSize_LeavesTheVolumeEmpty()
    {
        Assert.EndsWith("\n1,2,,0.000,0.000,0.500,0,0,0,0,0,1,1,1,,,,\n", Csv(Measure(Mask.Volume("1 1 .")), null));
    }

    [Fact]
    public void Csv_InnerCell_DoesNotTouchTheBorder()
    {
        LabelVolume volume = Mask.Volume(". . . / . . . / . . .", ". . . / . 1 . / . . .", ". . . / . . . / . . .");
        Assert.EndsWith(",1,0,,,,\n", Csv(Measure(volume), null));
    }

    [Fact]
    public void Table_RandomVolumes_EqualsThePlainCount()
    {
        var random = new Random(41);
        for (int trial = 0; trial < 60; trial++)
        {
            var volume = new LabelVolume(new VolumeShape(random.Next(1, 6), random.Next(1, 20), random.Next(1, 140)));
            for (int z = 0; z < volume.Shape.Depth; z++)
            {
                RandomLayers.Runs(random, volume.Shape.Height, volume.Shape.Width, RandomLayers.Labels(random, 9, sparse: false)).CopyTo(volume.Layer(z));
            }

            Assert.Equal(Plain(volume), Measure(volume).Cells);
        }
    }

    [Fact]
    public void Table_PartsInAnyOrder_AddUp()
    {
        LabelVolume volume = LabelVolume.From(RandomStacks.Make(new Random(43), 9, 20, 30, 7).Xy);
        int[] layers = [.. Enumerable.Range(0, 9)];
        new Random(1).Shuffle(layers);
        var sum = new CellTable(volume.Shape);
        var part = new CellTable(volume.Shape);
        foreach (int[] chunk in layers.Chunk(2))
        {
            foreach (int z in chunk)
            {
                part.Add(z, volume.Layer(z));
            }

            sum.Add(part);
            part.Clear();
        }

        Assert.Equal(Measure(volume).Cells, sum.Cells);
    }

    [Fact]
    public void Metrics_WithEvaluation_HoldToTheSchema()
    {
        LabelVolume volume = Mask.Volume("1 1 1 . 2 / 3 3 . . .");
        var scores = SegmentationScores.Of(InstanceOverlap.Measure(volume, volume, cancellation: TestContext.Current.CancellationToken));
        var summary = new StitchSummary(3, 0, 3, 0, 0, 0, 0, 0, 0, 0);
        StitchMetrics metrics = StitchMetrics.Of(summary, Measure(volume), new VoxelSize(2, 1, 1), []) with { Evaluation = scores };

        Assert.Equal(new VolumeRange(2, 4, 6), metrics.VolumeUm3);
        using JsonDocument json = JsonDocument.Parse(JsonSerializer.Serialize(metrics, MetricsJson.Default.StitchMetrics));
        JsonSchema schema = JsonSchema.FromFile(Path.Combine(SharedData.RepositoryRoot, "docs", "schemas", "metrics.schema.json"));
        Assert.True(schema.Evaluate(json.RootElement).IsValid, json.RootElement.ToString());
        JsonElement alone = JsonSerializer.SerializeToElement(scores, EvaluationJson.Default.SegmentationScores);
        Assert.True(JsonElement.DeepEquals(alone, json.RootElement.GetProperty("evaluation")));
    }

    private static CellTable Measure(LabelVolume volume)
    {
        var table = new CellTable(volume.Shape);
        for (int z = 0; z < volume.Shape.Depth; z++)
        {
            table.Add(z, volume.Layer(z));
        }

        return table;
    }

    private static string Csv(CellTable table, VoxelSize? voxelSize)
    {
        using var text = new StringWriter();
        table.WriteCsv(text, voxelSize, []);
        return text.ToString();
    }

    private static IEnumerable<MeasuredCell> Plain(LabelVolume volume)
    {
        var voxels = from z in Enumerable.Range(0, volume.Shape.Depth)
                     from y in Enumerable.Range(0, volume.Shape.Height)
                     from x in Enumerable.Range(0, volume.Shape.Width)
                     where volume[z, y, x] != 0
                     select (Label: volume[z, y, x], Z: z, Y: y, X: x);
        return voxels.GroupBy(voxel => voxel.Label).OrderBy(cell => cell.Key).Select(cell => new MeasuredCell(
            cell.Key,
            cell.Count(),
            cell.Select(voxel => voxel.Z).Distinct().Count(),
            cell.Sum(voxel => voxel.Z),
            cell.Sum(voxel => voxel.Y),
            cell.Sum(voxel => voxel.X),
            cell.Min(voxel => voxel.Z),
            cell.Max(voxel => voxel.Z),
            cell.Min(voxel => voxel.Y),
            cell.Max(voxel => voxel.Y),
            cell.Min(voxel => voxel.X),
            cell.Max(voxel => voxel.X)));
    }
}
