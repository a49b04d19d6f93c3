using System.Text.Json;
using System.Text.RegularExpressions;
using CellStitch.Core.Evaluation;
using CellStitch.Core.Volumes;

namespace CellStitch.Cli.Tests;

public sealed class EvaluateCommandTests(SmallVolume volume) : IDisposable
{
    private readonly Scratch _scratch = new();

    [Fact]
    public void Evaluate_Json_HoldsTheScoresOfCore()
    {
        Run.Done("stitch", volume.Xy, "-o", _scratch["labels.tif"]);

        Run run = Run.Done("evaluate", volume.Truth, _scratch["labels.tif"], "--json", _scratch["m.json"]);

        InstanceOverlap overlap = InstanceOverlap.Measure(
            Scratch.Read(volume.Truth), Scratch.Read(_scratch["labels.tif"]), cancellation: TestContext.Current.CancellationToken);
        string expected = JsonSerializer.Serialize(SegmentationScores.Of(overlap), EvaluationJson.Default.SegmentationScores);
        Assert.Equal(expected, File.ReadAllText(_scratch["m.json"]).TrimEnd());
        Assert.Equal(SegmentationScores.Sweep.Count, Regex.Count(run.Output, @"^  [01]\.\d\d ", RegexOptions.Multiline));
    }

    [Fact]
    public void Evaluate_PairExactlyAtThreshold_CountsUnlessStrict()
    {
        string truth = _scratch.Write("truth.tif", new LabelVolume(new VolumeShape(1, 1, 4), [1, 1, 0, 0]));
        string predicted = _scratch.Write("predicted.tif", new LabelVolume(new VolumeShape(1, 1, 4), [1, 0, 0, 0]));

        Assert.Contains("0.50    1   0   0", Run.Done("evaluate", truth, predicted).Output);
        Assert.Contains("0.50    0   1   1", Run.Done("evaluate", truth, predicted, "--strict").Output);
    }

    [Fact]
    public void Evaluate_CellMissed_IsListed()
    {
        string truth = _scratch.Write("truth.tif", new LabelVolume(new VolumeShape(1, 1, 4), [7, 7, 0, 9]));
        string predicted = _scratch.Write("predicted.tif", new LabelVolume(new VolumeShape(1, 1, 4), [1, 1, 0, 0]));

        string output = Run.Done("evaluate", truth, predicted).Output;

        Assert.Matches(@"1  true cells missed +9\n", output.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Evaluate_VolumesOfDifferentShape_IsBadInput()
    {
        string other = _scratch.Write("other.tif", new LabelVolume(new VolumeShape(1, 2, 3)));

        Run run = Run.Of("evaluate", volume.Truth, other);

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.StartsWith("error: other.tif: has 1 × 2 × 3 voxels", run.Error);
    }

    public void Dispose() => _scratch.Dispose();
}
