using CellStitch.Accuracy;
using CellStitch.Core.Evaluation;
using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;

string folder = args[0];
foreach (Func<IEnumerable<AccuracyCase>> volume in AccuracyCase.All(folder))
{
    foreach (AccuracyCase item in volume())
    {
        foreach (StitchProfile profile in new[] { StitchProfile.Robust, StitchProfile.Paper })
        {
            var result = new MemorySink();
            Stitcher.Stitch(item.Masks, new StitchOptions { Profile = profile, Threads = 2 }, result);
            SegmentationScores scores = SegmentationScores.Of(InstanceOverlap.Measure(item.Truth, result.Volume!));
            Console.WriteLine($"{item.Group},{item.Volume},{item.Level},{profile},{scores.AveragePrecisionAt50:F4},{scores.MeanAveragePrecision:F4}");
        }
    }
}

internal sealed class MemorySink : ILayerSink
{
    private int _next;

    public LabelVolume? Volume { get; private set; }

    public void Begin(VolumeShape shape, uint largestLabel, VoxelSize? voxelSize) => Volume = new LabelVolume(shape, voxelSize);

    public void Write(ReadOnlySpan<uint> layer) => layer.CopyTo(Volume!.Layer(_next++));
}
