using CellStitch.Core.Evaluation;
using CellStitch.Core.Interpolation;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.Interpolation;

/// <summary>
/// Profile <c>paper</c> beside what the published code made of the same volumes. A pixel grid has many optimal plans, so cells are compared by IoU.
/// </summary>
public sealed class GoldenInterpolationTests
{
    private const int LargeCellPixels = 100;

    public static TheoryData<string, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, int>();
            foreach (string name in GoldenCases.Names)
            {
                cases.Add(name, 2);
                if (name != "stardist_demo3d")
                {
                    cases.Add(name, 4);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Paper_GoldenCase_IsThePublishedVolume(string name, int anisotropy)
    {
        LabelVolume golden = GoldenCases.Read(name, $"interp{anisotropy}");
        var sink = new VolumeSink();
        Interpolator.Interpolate(
            GoldenCases.Read(name, "stitched"), sink, new InterpolationOptions { Anisotropy = anisotropy, Profile = InterpolationProfile.Paper }, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(golden.Shape, sink.Volume.Shape);
        LeaveOutErasedLayers(GoldenCases.Read(name, "stitched"), anisotropy, golden, sink.Volume);
        var overlap = InstanceOverlap.Measure(golden, sink.Volume, cancellation: TestContext.Current.CancellationToken);
        double[] ious = [.. overlap.Truth.ToArray().Where(cell => cell.Voxels > LargeCellPixels).Select(cell => IoU(overlap, cell.Label))];
        double ap75 = SegmentationScores.Of(overlap).At(0.75m).AveragePrecision;
        if (ious.Length > 0)
        {
            Assert.True(ious.Average() >= 0.97 && ious.Min() >= 0.85 && ap75 == 1, $"mean IoU {ious.Average():F4}, least {ious.Min():F4}, AP at 0.75 {ap75:F4}");
        }
    }

    /// <summary>The published code erases original layers where no cell is matched but cells overlap; we do not (REFERENCE.md section 6.3).</summary>
    private static void LeaveOutErasedLayers(LabelVolume stitched, int anisotropy, LabelVolume golden, LabelVolume made)
    {
        for (int z = 0; z < stitched.Shape.Depth; z++)
        {
            if (!golden.Layer(z * anisotropy).SequenceEqual(stitched.Layer(z)))
            {
                Assert.DoesNotContain(golden.Layer(z * anisotropy).ToArray(), label => label != 0);
                made.Layer(z * anisotropy).Clear();
            }
        }
    }

    private static double IoU(InstanceOverlap overlap, uint label)
    {
        foreach (InstancePair pair in overlap.Pairs)
        {
            if (overlap.Truth[pair.Truth].Label == label && overlap.Predicted[pair.Predicted].Label == label)
            {
                return pair.Voxels / (double)overlap.Union(pair);
            }
        }

        return 0;
    }
}
