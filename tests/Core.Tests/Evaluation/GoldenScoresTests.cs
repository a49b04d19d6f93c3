using System.Globalization;
using System.Text.Json;
using CellStitch.Core.Evaluation;
using static CellStitch.Core.Tests.GoldenCases;

namespace CellStitch.Core.Tests.Evaluation;

/// <summary>Our scores of the published volumes against the scores that came with them, made by an independent program.</summary>
public class GoldenScoresTests
{
    public static TheoryData<string, string> ScoredVolumes
    {
        get
        {
            var volumes = new TheoryData<string, string>();
            foreach (string name in Names)
            {
                foreach (JsonProperty scored in Manifest(name).GetProperty("metrics_vs_gt").EnumerateObject())
                {
                    volumes.Add(name, scored.Name);
                }
            }

            return volumes;
        }
    }

    [Theory]
    [MemberData(nameof(ScoredVolumes))]
    public void Scores_PublishedVolume_EqualThoseOfItsManifest(string name, string what)
    {
        InstanceOverlap overlap = InstanceOverlap.Measure(
            Read(name, "gt"), Read(name, what), cancellation: TestContext.Current.CancellationToken);
        SegmentationScores scores = SegmentationScores.Of(overlap);

        JsonElement expected = Manifest(name).GetProperty("metrics_vs_gt").GetProperty(what);
        foreach (decimal iou in new[] { 0.25m, 0.5m, 0.75m })
        {
            JsonElement at = expected.GetProperty(iou.ToString(CultureInfo.InvariantCulture));
            ThresholdScores ours = scores.At(iou);
            Assert.Equal(
                (at.GetProperty("tp").GetInt32(), at.GetProperty("fp").GetInt32(), at.GetProperty("fn").GetInt32()),
                (ours.TruePositives, ours.FalsePositives, ours.FalseNegatives));
        }

        Assert.Equal(expected.GetProperty("mAP").GetDouble(), scores.MeanAveragePrecision, precision: 12);
    }
}
