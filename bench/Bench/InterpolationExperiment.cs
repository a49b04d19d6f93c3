using System.Globalization;
using CellStitch.Core.Evaluation;
using CellStitch.Core.Interpolation;
using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;

namespace CellStitch.Bench;

/// <summary>
/// `interpolation-experiment FOLDER`: the paper's own experiment. The slices of the true cells are the 2D masks, so that only stitching and interpolation err. Every 4th layer is
/// stitched; beside that every 8th is stitched and interpolated to every 4th. Both are scored against the truth of every 4th layer.
/// </summary>
internal static class InterpolationExperiment
{
    private const int Direct = 4;
    private const int Sparse = 8;

    public static void Run(string folder, TextWriter output)
    {
        output.WriteLine($"| volume | every {Direct}th layer stitched | {string.Join(" | ", InterpolationQuality.Ways.Select(way => $"every {Sparse}th, {way.Name}"))} |");
        output.WriteLine($"|---|---|{string.Concat(InterpolationQuality.Ways.Select(_ => "---|"))}");
        var all = new List<(bool Real, double[] Scores)>();
        foreach ((string name, bool real, LabelVolume truth) in InterpolationQuality.Volumes(folder).Where(volume => volume.Truth.Shape.Depth > Sparse))
        {
            double[] scores = Scores(truth);
            all.Add((real, scores));
            output.WriteLine(Row(name, scores));
        }

        foreach (var group in all.GroupBy(row => row.Real).OrderByDescending(group => group.Key))
        {
            output.WriteLine(Row(
                $"**mean of {group.Count()} {(group.Key ? "real" : "synthetic")}**", [.. Enumerable.Range(0, InterpolationQuality.Ways.Count + 1).Select(i => group.Average(row => row.Scores[i]))]));
        }
    }

    private static double[] Scores(LabelVolume truth)
    {
        LabelVolume stitched = Stitched(InterpolationQuality.EveryLayer(truth, Sparse));
        LabelVolume expected = InterpolationQuality.EveryLayer(truth, Direct);
        LabelVolume direct = Stitched(expected);

        // What lies below the last 8th layer is in one of the two only.
        int depth = Interpolator.DepthOf(stitched.Shape.Depth, Sparse / (double)Direct);
        return
        [
            Score(expected, direct, depth),
            .. InterpolationQuality.Ways.Select(way => Score(
                expected,
                InterpolationQuality.Interpolated(
                    stitched,
                    new InterpolationOptions { Anisotropy = Sparse / (double)Direct, Method = way.Method, Profile = way.Profile, Threads = Environment.ProcessorCount }),
                depth)),
        ];
    }

    private static LabelVolume Stitched(LabelVolume masks)
    {
        var labels = new InterpolationQuality.Kept();
        Stitcher.Stitch(new MaskStacks(masks, masks, masks), new StitchOptions { Threads = Environment.ProcessorCount }, labels);
        return labels.Volume!;
    }

    private static double Score(LabelVolume expected, LabelVolume found, int depth) =>
        SegmentationScores.Of(InstanceOverlap.Measure(First(expected, depth), First(found, depth))).MeanAveragePrecision;

    private static LabelVolume First(LabelVolume volume, int depth) =>
        new(volume.Shape with { Depth = depth }, volume.Voxels[..(depth * volume.Shape.LayerPixels)].ToArray());

    private static string Row(string name, double[] scores) =>
        $"| {name} | {string.Join(" | ", scores.Select(score => score.ToString("F3", CultureInfo.InvariantCulture)))} |";
}
