using System.Diagnostics;
using System.Runtime.CompilerServices;
using CellStitch.Core.Stitching;
using CellStitch.Core.Synthesis;
using CellStitch.Core.Volumes;

namespace CellStitch.Bench;

/// <summary>The linking of profile <c>robust</c> alone: how many pairs of slices it weighs and agglomerates per second, on one thread.</summary>
internal static class LinkBench
{
    private const int Rounds = 5;

    public static void Run(TextWriter output)
    {
        var truth = new CellTruth(new SynthOptions { Family = CellFamily.Tissue, Cells = 5000, Shape = new VolumeShape(64, 1024, 1024), Anisotropy = 4 });
        LabelVolume Made(MaskProjection projection) => SyntheticMasks.Make(truth, projection, MaskNoise.Light, seed: 1, Environment.ProcessorCount).Masks;
        var masks = new MaskStacks(Made(MaskProjection.Xy), Made(MaskProjection.Xz), Made(MaskProjection.Yz));

        var options = new StitchOptions { Threads = 1, Repair = false };
        var run = new LayerRuns(options, CancellationToken.None);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        List<EvidenceLayer> evidence = Measure(masks, options, run);

        long evidenceBytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        long decidingBytes = PeakOf(() => RobustLinking.Decide(evidence, masks.Shape, options, run));

        (double weigh, double link, double cut) = (double.MaxValue, double.MaxValue, double.MaxValue);
        var graph = SliceGraph.Of(evidence, masks.Shape.Depth, options.Linking, run);
        for (int round = 0; round < Rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            graph = SliceGraph.Of(evidence, masks.Shape.Depth, options.Linking, run);
            long weighed = Stopwatch.GetTimestamp();
            int[] clusters = Agglomeration.Clusters(graph, run);
            long linked = Stopwatch.GetTimestamp();
            Waists.Cut(graph, clusters, run);
            weigh = Math.Min(weigh, Stopwatch.GetElapsedTime(start, weighed).TotalSeconds);
            link = Math.Min(link, Stopwatch.GetElapsedTime(weighed, linked).TotalSeconds);
            cut = Math.Min(cut, Stopwatch.GetElapsedTime(linked).TotalSeconds);
        }

        output.WriteLine($"{graph.Slices.Length - 1} slices, {graph.Links.Length} pairs: weighing {weigh * 1000:F0} ms, agglomeration {link * 1000:F0} ms, waists {cut * 1000:F0} ms; {graph.Links.Length / (link + cut) / 1e6:F1} million pairs per second.");
        output.WriteLine($"{evidenceBytes / (double)(graph.Slices.Length - 1):F0} bytes of evidence per slice, {decidingBytes / (double)(graph.Slices.Length - 1):F0} more to decide.");
    }

    // The largest heap while something runs, above what there was, looked at often and collected each time.
    private static long PeakOf(Action action)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long peak = before;
        var running = Task.Run(action);
        while (!running.IsCompleted)
        {
            GC.Collect();
            peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: false));
        }

        running.GetAwaiter().GetResult();
        return peak - before;
    }

    // In a frame of its own, so that the layers it held are gone when memory is counted.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<EvidenceLayer> Measure(MaskStacks masks, StitchOptions options, LayerRuns run)
    {
        var chain = new EvidenceChain(masks.Shape);
        var evidence = new List<EvidenceLayer>();
        EvidenceMeasurement.Measure(
            masks, new LayerRange(0, masks.Shape.Depth), RowRange.All(masks.Shape), options, run, votes => evidence.Add(chain.Append(votes)));
        return evidence;
    }
}
