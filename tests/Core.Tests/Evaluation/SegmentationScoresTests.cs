using CellStitch.Core.Evaluation;
using CellStitch.Core.Volumes;
using static CellStitch.Core.Tests.Evaluation.RandomVolumes;

namespace CellStitch.Core.Tests.Evaluation;

public sealed class SegmentationScoresTests
{
    private const int Digits = 12;

    [Fact]
    public void Of_OneGoodOnePoorOneMissedOneInvented_CountsAtEachThreshold()
    {
        // IoU: 1–1 1; 2–2 2/6; 3 missed; 4 invented.
        SegmentationScores scores = Scores("1 1 . 2 2 2 2 . . 3 3 .", "1 1 . . . 2 2 2 2 . . 4");

        Assert.Equal((3, 3), (scores.TruthCells, scores.PredictedCells));
        Assert.Equal(SegmentationScores.Sweep, scores.Thresholds.Select(at => at.IoU));
        Assert.Equal((2, 1, 1), Counts(scores.At(0.25m)));
        Assert.Equal((1, 2, 2), Counts(scores.At(0.5m)));
        Assert.Equal((1, 2, 2), Counts(scores.At(0.95m)));
        Assert.Equal(2 / 3d, scores.At(0.25m).Precision);
        Assert.Equal(2 / 3d, scores.At(0.25m).Recall);
        Assert.Equal(2 / 4d, scores.At(0.25m).AveragePrecision);
        Assert.Equal(2 / 3d, scores.At(0.25m).F1);
        Assert.Equal(1 / 5d, scores.AveragePrecisionAt50);
        Assert.Equal(1 / 3d, scores.F1At50);
        Assert.Equal((0.5 + 0.2 + 0.2) / 3, scores.MeanAveragePrecision, Digits);
    }

    [Fact]
    public void Of_StrictAtATie_MatchesOneLess()
    {
        Assert.Equal(1, Scores("1 1", "1 .").At(0.5m).TruePositives);
        Assert.Equal(0, Scores("1 1", "1 .", strict: true).At(0.5m).TruePositives);
    }

    [Fact]
    public void Of_RealisticCounts_GivesThePapersFormulaNotThePublishedOne()
    {
        // PlantSeg/ovules N_294 (REFERENCE.md section 7): printed as AP 0.3869, which is F1.
        var at = new ThresholdScores { IoU = 0.5m, TruePositives = 1945, FalsePositives = 4671, FalseNegatives = 1493 };
        Assert.Equal(0.3869, at.F1, 1e-4);
        Assert.Equal(0.240, at.AveragePrecision, 1e-3);
        Assert.Equal(at.F1 / (2 - at.F1), at.AveragePrecision, Digits);
    }

    [Theory]
    // Both empty: 1 and no error. One empty: 0, and the Rand error 1.
    [InlineData(". .", ". .", 1, 0, 0, 0)]
    [InlineData(". .", "1 2", 0, 0, 0, 1)]
    [InlineData("1 1", ". .", 0, 0, 0, 1)]
    [InlineData("1 2", ". .", 0, 0, 1, 1)]
    public void Of_VolumesWithoutCells_AreDefined(string truth, string predicted, double score, double split, double merge, double rand)
    {
        SegmentationScores scores = Scores(truth, predicted);

        Assert.All(scores.Thresholds, at => Assert.Equal([score, score, score, score], [at.Precision, at.Recall, at.AveragePrecision, at.F1]));
        Assert.Equal([score, score, score], [scores.AveragePrecisionAt50, scores.MeanAveragePrecision, scores.F1At50]);
        Assert.Equal([split, merge, rand], [scores.ViSplit, scores.ViMerge, scores.AdaptedRandError]);
        Assert.Equal([scores.TruthCells, scores.PredictedCells], [scores.Missed.Count, scores.Invented.Count]);
    }

    [Theory]
    // Halves of a cell: 1 bit of split; pairs of voxels: truth 12, predicted 4, both 4.
    [InlineData("1 1 1 1", "1 1 2 2", 1, 0, 0.5)]
    // Two cells in one: the reverse.
    [InlineData("1 1 2 2", "5 5 5 5", 0, 1, 0.5)]
    // Predicted background is a segment; background of the truth is left out.
    [InlineData("1 1 1 1 .", "1 1 . . 3", 1, 0, 0.5)]
    [InlineData("1 1 2 2 . .", "1 1 2 2 1 7", 0, 0, 0)]
    // Quarters: 2 bits. No segment of the prediction has two voxels.
    [InlineData("1 1 1 1", "1 2 3 4", 2, 0, 1)]
    // No segment of either has two voxels: nothing to disagree on.
    [InlineData("1 2 3", "3 1 2", 0, 0, 0)]
    public void Of_DrawnPartitions_HaveTheseEntropiesAndRandErrors(string truth, string predicted, double split, double merge, double rand)
    {
        SegmentationScores scores = Scores(truth, predicted);
        Assert.Equal([split, merge, rand], [scores.ViSplit, scores.ViMerge, scores.AdaptedRandError]);
    }

    [Fact]
    public void Of_RandomVolumes_EntropiesAndRandErrorEqualTheirDefinitions()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            LabelVolume truth = Noise(seed, new VolumeShape(2, 3, 5), 3);
            LabelVolume predicted = Noise(seed + 1000, truth.Shape, 4);
            SegmentationScores scores = SegmentationScores.Of(Overlap(truth, predicted));
            (uint Truth, uint Predicted)[] voxels =
                [.. truth.Voxels.ToArray().Zip(predicted.Voxels.ToArray()).Where(voxel => voxel.First != 0)];

            Assert.Equal(Entropy(voxels, v => v) - Entropy(voxels, v => v.Truth), scores.ViSplit, Digits);
            Assert.Equal(Entropy(voxels, v => v) - Entropy(voxels, v => v.Predicted), scores.ViMerge, Digits);
            Assert.Equal(RandErrorByPairs(voxels), scores.AdaptedRandError, Digits);
        }
    }

    [Fact]
    public void Of_SamePartitionUnderOtherLabelsAndAxes_IsPerfect()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            LabelVolume truth = Noise(seed, new VolumeShape(3, 4, 5), 9);
            SegmentationScores scores = SegmentationScores.Of(Overlap(Turned(truth), Turned(Renamed(truth, seed))));

            Assert.All(scores.Thresholds, at => Assert.Equal([1.0, 1.0, 1.0, 1.0], [at.Precision, at.Recall, at.AveragePrecision, at.F1]));
            Assert.Equal([0.0, 0.0, 0.0], [scores.ViSplit, scores.ViMerge, scores.AdaptedRandError]);
            Assert.Empty(scores.Split.Concat(scores.Merged));
            Assert.Empty(scores.Missed.Concat(scores.Invented));
        }
    }

    [Fact]
    public void Of_AxesTurned_ScoresTheSame()
    {
        LabelVolume truth = Noise(1, new VolumeShape(3, 4, 5), 9);
        LabelVolume predicted = Noise(2, truth.Shape, 9);
        Assert.Equal(Json(Overlap(truth, predicted)), Json(Overlap(Turned(truth), Turned(predicted))));
    }

    [Fact]
    public void Of_RolesSwapped_SwapsPrecisionAndRecallSplitAndMerged()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            LabelVolume a = Noise(seed, new VolumeShape(1, 4, 5), 4);
            LabelVolume b = Noise(seed + 1000, a.Shape, 6);
            SegmentationScores ab = SegmentationScores.Of(Overlap(a, b));
            SegmentationScores ba = SegmentationScores.Of(Overlap(b, a));

            Assert.Equal(ab.Thresholds.Select(at => at.Precision), ba.Thresholds.Select(at => at.Recall));
            Assert.Equal(ab.Thresholds.Select(at => at.AveragePrecision), ba.Thresholds.Select(at => at.AveragePrecision));
            Assert.Equal(ab.Split.Select(Draw), ba.Merged.Select(Draw));
            Assert.Equal(ab.Missed, ba.Invented);
        }
    }

    [Fact]
    public void Of_PartitionsOfTheTrueCellsDiffer_VariationOfInformationIsAboveZero()
    {
        int equal = 0;
        for (int seed = 0; seed < 400; seed++)
        {
            LabelVolume truth = Noise(seed, new VolumeShape(1, 1, 4), 2);
            LabelVolume predicted = Noise(seed + 1000, truth.Shape, 2);
            if (truth.Voxels.IndexOfAnyExcept(0u) < 0 || predicted.Voxels.IndexOfAnyExcept(0u) < 0)
            {
                continue;
            }

            SegmentationScores scores = SegmentationScores.Of(Overlap(truth, predicted));
            bool same = SamePartition(truth, predicted);
            Assert.Equal(same, scores.ViSplit + scores.ViMerge == 0);
            Assert.Equal(same, scores.ViSplit + scores.ViMerge < 1e-9);
            equal += same ? 1 : 0;
        }

        Assert.InRange(equal, 20, 300);
    }

    [Theory]
    // Two predicted cells in a true one; a third has only half of itself in it.
    [InlineData("1 1 1 1 1 .", "2 2 3 3 4 4", "1:2,3", "", "", "4")]
    // A crumb in a cell is a split: the count is wrong by one.
    [InlineData("1 1 1 1 1 1", "2 2 2 2 2 3", "1:2,3", "", "", "")]
    // Two true cells in a predicted one.
    [InlineData("1 1 2 2 2", "5 5 5 5 5", "", "5:1,2", "", "")]
    // The larger part of 2 went to 5, which holds 1 as well; 6 is the rest: 2 is split and 5 merged.
    [InlineData("1 1 1 2 2 2 2 2", "5 5 5 5 5 5 6 6", "2:5,6", "5:1,2", "", "")]
    // A cell drawn much too large is neither missed nor invented.
    [InlineData(". . 1 . .", "3 3 3 3 3", "", "", "", "")]
    // Half in, half out, on both sides: no counterpart.
    [InlineData("1 1 . .", ". 3 3 .", "", "", "1", "3")]
    public void Of_DrawnErrors_AreListed(string truth, string predicted, string split, string merged, string missed, string invented)
    {
        SegmentationScores scores = Scores(truth, predicted);
        Assert.Equal(
            [split, merged, missed, invented],
            [
                string.Join(' ', scores.Split.Select(Draw)),
                string.Join(' ', scores.Merged.Select(Draw)),
                string.Join(' ', scores.Missed),
                string.Join(' ', scores.Invented),
            ]);
    }

    private static string Draw(CellParts cell) => $"{cell.Cell}:{string.Join(',', cell.Parts)}";

    private static (int, int, int) Counts(ThresholdScores at) => (at.TruePositives, at.FalsePositives, at.FalseNegatives);

    private static string Json(InstanceOverlap overlap)
    {
        return System.Text.Json.JsonSerializer.Serialize(SegmentationScores.Of(overlap), EvaluationJson.Default.SegmentationScores);
    }

    private static double Entropy<TKey>((uint Truth, uint Predicted)[] voxels, Func<(uint Truth, uint Predicted), TKey> part)
    {
        return voxels.GroupBy(part).Sum(group => -(double)group.Count() / voxels.Length * Math.Log2((double)group.Count() / voxels.Length));
    }

    private static double RandErrorByPairs((uint Truth, uint Predicted)[] voxels)
    {
        (int truth, int predicted, int both) = (0, 0, 0);
        for (int i = 0; i < voxels.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                bool sameTruth = voxels[i].Truth == voxels[j].Truth;
                bool samePredicted = voxels[i].Predicted == voxels[j].Predicted;
                truth += sameTruth ? 1 : 0;
                predicted += samePredicted ? 1 : 0;
                both += sameTruth && samePredicted ? 1 : 0;
            }
        }

        double precision = (double)both / predicted;
        double recall = (double)both / truth;
        return 1 - (2 * precision * recall / (precision + recall));
    }

    private static bool SamePartition(LabelVolume truth, LabelVolume predicted)
    {
        int[] cells = [.. Enumerable.Range(0, truth.Voxels.Length).Where(i => truth.Voxels[i] != 0)];
        return cells.All(i => cells.All(j => (truth.Voxels[i] == truth.Voxels[j]) == (predicted.Voxels[i] == predicted.Voxels[j])));
    }
}
