using System.Diagnostics;
using CellStitch.Core.IO;
using CellStitch.Core.Synthesis;
using CellStitch.Core.Volumes;
using CellStitch.Segmentation.Flows;
using CellStitch.Segmentation.Stacks;

namespace CellStitch.Compare;

/// <summary>What a 512 × 512 slice costs, by method and threads.</summary>
internal static class SliceCost
{
    public const string Verb = "slices";

    private const int Rounds = 3;

    // The network's nominal size: the slice is not resized.
    private const double DiameterPx = 30;
    private static readonly VolumeShape Shape = new(8, 512, 512);

    public static void Run(TextWriter output)
    {
        var truth = new CellTruth(new SynthOptions { Cells = 900, Shape = Shape, Anisotropy = 4 });
        using var tiff = new MemoryStream();
        using (var writer = new TiffWriter(tiff))
        {
            RawRendering.Write(truth, Stain.Membranes, seed: 1, writer);
        }

        using var raw = RawReader.Open(tiff, "raw.tif");
        using var network = FlowNetwork.Open(FlowNetwork.DefaultModelPath);
        output.WriteLine($"{Shape.Depth} rendered slices of {Shape.Height} × {Shape.Width} with membranes, not resized (diameter {DiameterPx} given); best of {Rounds} rounds after one to warm up; per slice.");
        output.WriteLine();
        output.WriteLine("| method | threads | wall s | CPU s | masks |");
        output.WriteLine("|---|---|---|---|---|");
        foreach (SegmentationMethod method in Enum.GetValues<SegmentationMethod>())
        {
            var setup = SegmentationSetup.Decide(raw, new SegmentationOptions { Method = method, Diameter = DiameterPx }, network);
            var slab = new Slab(VolumeAxis.Z, 0, Shape.Depth);
            foreach (int threads in new[] { 1, 2 })
            {
                (double wall, double cpu) = (double.MaxValue, double.MaxValue);
                long masks = slab.CountMasks(slab.Segment(raw, setup, network, threads));
                for (int round = 0; round < Rounds; round++)
                {
                    TimeSpan before = Environment.CpuUsage.TotalTime;
                    var clock = Stopwatch.StartNew();
                    slab.Segment(raw, setup, network, threads);
                    wall = Math.Min(wall, clock.Elapsed.TotalSeconds / Shape.Depth);
                    cpu = Math.Min(cpu, (Environment.CpuUsage.TotalTime - before).TotalSeconds / Shape.Depth);
                }

                output.WriteLine(FormattableString.Invariant($"| {method.ToString().ToLowerInvariant()} | {threads} | {wall:F2} | {cpu:F2} | {masks / Shape.Depth} |"));
            }
        }
    }
}
