using CellStitch.Core.Evaluation;
using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.Stitching;

public class CellConfidenceTests
{
    [Theory]
    [InlineData(StitchProfile.Robust)]
    [InlineData(StitchProfile.Paper)]
    public void Stitch_CellsThatAreWrong_AreLessSureOnAverage(StitchProfile profile)
    {
        (List<double> right, List<double> wrong) = ([], []);
        foreach ((LabelVolume truth, MaskStacks masks) in RobustStitchingTests.Volumes())
        {
            var sink = new VolumeSink();
            StitchSummary summary = Stitcher.Stitch(masks, new StitchOptions { Profile = profile }, sink, cancellation: TestContext.Current.CancellationToken);
            Assert.Equal(summary.Cells, summary.Confidences.Count);
            InstanceOverlap overlap = InstanceOverlap.Measure(truth, sink.Volume, cancellation: TestContext.Current.CancellationToken);
            var matched = overlap.Pairs.ToArray().Where(pair => 2 * pair.Voxels >= overlap.Union(pair)).Select(pair => overlap.Predicted[pair.Predicted].Label).ToHashSet();
            for (int i = 0; i < summary.Confidences.Count; i++)
            {
                CellConfidence cell = summary.Confidences[i];
                Assert.InRange(cell.Confidence, 0, 1);
                Assert.InRange(cell.MinMargin, -1, 1);
                Assert.InRange(cell.MaxRejection, 0, 1);
                (matched.Contains((uint)i + 1) ? right : wrong).Add(cell.Confidence);
            }
        }

        Assert.True(right.Average() > wrong.Average() + 0.1, $"Right cells {right.Average():F3}, wrong ones {wrong.Average():F3}.");
    }

    [Theory]
    [InlineData("1 1 1 1 . .", "1 1 1 1 . .", 1.0)] // nothing else to choose
    [InlineData("1 1 1 1 . .", "1 1 1 . . .", 0.75)]
    [InlineData("1 1 1 2 . .", "1 1 1 1 . .", 0.5)] // 3/4 with its source, 1/4 with another
    [InlineData("1 1 1 1 . .", "1 1 1 2 . .", 0.5)] // the source's next best choice
    [InlineData(". . . . 1 1", "1 1 . . . .", 0.0)] // new, over nothing
    [InlineData("1 . . .", "1 1 1 1", -0.25)] // new, since background wins
    public void Figures_OfDrawnLayers_AreTheGapToTheNextBestChoice(string source, string target, double margin)
    {
        LayerPair pair = OverlapMeasurement.Measure(new MaskStacks(Mask.Volume(source, target)), 0, 1, TestContext.Current.CancellationToken);
        LayerLinks links = LayerLinks.Decide(pair, 0, 1, new StitchOptions().Solve, rejectionThreshold: 0.25);
        Assert.Equal((int)(margin * JaccardCost.One), links.Figures[0].Margin);
    }

    [Fact]
    public void Stitch_ProfilePaper_NamesMarginRejectionAndGapsOfACell()
    {
        // The second slice loses a quarter, the third lies beyond an empty layer and a sixth of its votes reject.
        LabelVolume xy = Mask.Volume("1 1 1 1", "1 1 1 .", ". . . .", "1 1 1 .");
        LabelVolume xz = Mask.Volume("1 1 1 1", "1 1 1 .", ". . . .", "1 1 2 .");
        LabelVolume yz = Mask.Volume("1 1 1 1", "1 1 1 .", ". . . .", "1 1 1 .");
        var options = new StitchOptions { Profile = StitchProfile.Paper, MinimumVolume = 0 };
        StitchSummary summary = Stitcher.Stitch(new MaskStacks(xy, xz, yz), options, new VolumeSink(), cancellation: TestContext.Current.CancellationToken);
        CellConfidence cell = Assert.Single(summary.Confidences);
        Assert.Equal((0.75, 0.167, 1), (cell.MinMargin, cell.MaxRejection, cell.BridgedGaps));
    }

    [Fact]
    public void Judge_MoreInFavourOrLessAgainst_IsNeverLessSure()
    {
        foreach (ConfidenceWeights weights in new[] { ConfidenceWeights.Robust, ConfidenceWeights.Paper })
        {
            var random = new Random(8);
            for (int trial = 0; trial < 500; trial++)
            {
                double margin = (2 * random.NextDouble()) - 1;
                double rejection = random.NextDouble();
                int layers = random.Next(2, 10);
                int gap = random.Next(3);
                bool end = random.Next(2) == 1;
                double sure = Confidence(margin, rejection, layers, gap, end);
                Assert.True(sure <= Confidence(margin + 0.1, rejection, layers, gap, end));
                Assert.True(sure >= Confidence(margin, rejection + 0.1, layers, gap, end));
                Assert.True(sure <= Confidence(margin, rejection, layers + 1, gap, end));
                Assert.True(sure >= Confidence(margin, rejection, layers, gap + 1, end));
                Assert.True(sure <= Confidence(margin, rejection, layers, gap, isEnd: true));
            }

            double Confidence(double margin, double rejection, int layers, int gap, bool isEnd)
            {
                // Label 2 is the usual cell.
                var cells = new ConfidenceParts[3];
                for (int z = 0; z < 20; z++)
                {
                    cells[2].AddSlice(z, pixels: 1000, isEnd: false);
                    cells[2].AddMargin(0, pixels: 1000);
                }

                for (int z = 0; z < layers; z++)
                {
                    cells[1].AddSlice(z == layers - 1 ? z + gap : z, pixels: 10, isEnd);
                    cells[1].AddMargin(margin, pixels: 10);
                }

                cells[1].AddRejection(rejection);
                return ConfidenceParts.Judge(cells, weights)[0].Confidence;
            }
        }
    }
}
