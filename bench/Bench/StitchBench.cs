using System.Diagnostics;
using CellStitch.Core.IO;
using CellStitch.Core.Stitching;
using CellStitch.Core.Synthesis;
using CellStitch.Core.Volumes;

namespace CellStitch.Bench;

/// <summary>
/// The whole of <c>stitch</c> on a synthetic tissue of 128 × 1024 × 1024 voxels with about 10,000 cells, from TIFF files to a TIFF file. The stitching runs in a process
/// of its own, so that its memory is not that of the generator. The baseline of the same run is reading the three stacks once.
/// </summary>
internal static class StitchBench
{
    private const int Rounds = 3;
    private const string Paper = "paper";
    private const string Repaired = "robust, repaired";

    private static readonly string[] Variants = [Paper, "robust", Repaired];

    // What the published Python costs on such a volume, in CPU seconds (extrapolated from 64 × 512 × 512 by voxels and cells; docs/algorithm.md).
    private const double PublishedFrom = 1540;
    private const double PublishedTo = 1770;

    public static void Run(TextWriter output)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("cellstitch-bench-");
        try
        {
            int cells = MakeInput(folder.FullName);
            var runs = Variants.ToDictionary(name => name, _ => new List<string[]>());
            for (int round = 0; round < Rounds; round++)
            {
                foreach ((string variant, List<string[]> done) in runs)
                {
                    done.Add(RunAlone(folder.FullName, variant));
                }
            }

            foreach ((string variant, List<string[]> done) in runs)
            {
                output.WriteLine($"{variant}:");
                Report(output, cells, done);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The measured process: reads, stitches, writes, and prints its figures, one per line.</summary>
    public static void Measure(string folder, string variant)
    {
        using TiffReader xy = TiffReader.Open(Path.Combine(folder, "xy.tif"));
        using TiffReader xz = TiffReader.Open(Path.Combine(folder, "xz.tif"));
        using TiffReader yz = TiffReader.Open(Path.Combine(folder, "yz.tif"));
        var layer = new uint[xy.Shape.LayerPixels];
        var clock = new CpuClock();
        foreach (TiffReader stack in new[] { xy, xz, yz })
        {
            for (int z = 0; z < stack.Shape.Depth; z++)
            {
                stack.ReadLayer(z, layer);
            }
        }

        Console.WriteLine($"reading the three stacks once;{clock.Lap()}");

        var options = new StitchOptions { Profile = variant == Paper ? StitchProfile.Paper : StitchProfile.Robust, Repair = variant == Repaired };
        StitchStage stage = StitchStage.Trace;
        var progress = new StageChange(next =>
        {
            Console.WriteLine($"{Describe(stage)};{clock.Lap()}");
            stage = next;
        });
        using (TiffWriter labels = TiffWriter.Create(Path.Combine(folder, "labels.tif"), options.Threads))
        {
            Stitcher.Stitch(new MaskStacks(xy, xz, yz), options, labels, progress);
        }

        Console.WriteLine($"{Describe(stage)};{clock.Lap()}");
        using var process = Process.GetCurrentProcess();
        Console.WriteLine($"peak;{process.PeakWorkingSet64 / 1e6:F0};0");
    }

    private static int MakeInput(string folder)
    {
        var truth = new CellTruth(new SynthOptions { Family = CellFamily.Tissue, Cells = 10_000, Shape = new VolumeShape(128, 1024, 1024), Anisotropy = 4 });
        foreach (MaskProjection projection in Enum.GetValues<MaskProjection>())
        {
            SyntheticMasks made = SyntheticMasks.Make(truth, projection, MaskNoise.Light, seed: 1, Environment.ProcessorCount);
            using TiffWriter writer = TiffWriter.Create(Path.Combine(folder, $"{projection.ToString().ToLowerInvariant()}.tif"), Environment.ProcessorCount);
            writer.Begin(made.Masks.Shape, made.LargestLabel, made.Masks.VoxelSize);
            for (int z = 0; z < made.Masks.Shape.Depth; z++)
            {
                writer.Write(made.Masks.Layer(z));
            }
        }

        return truth.CellCount;
    }

    private static string[] RunAlone(string folder, string variant)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(Environment.ProcessPath!, ["stitch-alone", folder, variant]) { RedirectStandardOutput = true })!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            : throw new InvalidOperationException($"The measured process ended with exit code {process.ExitCode}.");
    }

    // Of every figure the smallest over the rounds: the machine can only add to them.
    private static void Report(TextWriter output, int cells, List<string[]> runs)
    {
        output.WriteLine($"128 × 1024 × 1024 voxels, {cells} cells, light noise, {Environment.ProcessorCount} threads; best of {Rounds} runs, each in a process of its own.");
        output.WriteLine();
        output.WriteLine("| step | wall s | CPU s |");
        output.WriteLine("|---|---|---|");
        (double wall, double cpu) = (0, 0);
        for (int line = 0; line < runs[0].Length - 1; line++)
        {
            string step = runs[0][line].Split(';')[0];
            double stepWall = runs.Min(run => Figure(run[line], 1));
            double stepCpu = runs.Min(run => Figure(run[line], 2));
            output.WriteLine($"| {step} | {stepWall:F2} | {stepCpu:F2} |");
            (wall, cpu) = line == 0 ? (0, 0) : (wall + stepWall, cpu + stepCpu);
        }

        double reading = runs.Min(run => Figure(run[0], 2));
        output.WriteLine($"| **stitch, all steps** | **{wall:F2}** | **{cpu:F2}** |");
        output.WriteLine();
        output.WriteLine($"CPU time: {cpu / reading:F1} × reading the three stacks once; published Python {PublishedFrom:F0} to {PublishedTo:F0} CPU s: {PublishedFrom / cpu:F0} to {PublishedTo / cpu:F0} × ours.");
        output.WriteLine($"Peak memory {runs.Max(run => Figure(run[^1], 1)):F0} MB (working set of the process).");
    }

    private static double Figure(string line, int column) => double.Parse(line.Split(';')[column]);

    private static string Describe(StitchStage stage) => stage switch
    {
        StitchStage.Trace => "overlap, cost, transport, trace, vote",
        StitchStage.Survey => "relabel, survey (holes, contacts)",
        _ => "correct, paint, compress, write",
    };

    private sealed class StageChange(Action<StitchStage> changed) : IProgress<StitchProgress>
    {
        private readonly Lock _lock = new();
        private StitchStage _stage = StitchStage.Trace;

        public void Report(StitchProgress value)
        {
            lock (_lock)
            {
                if (value.Stage != _stage)
                {
                    _stage = value.Stage;
                    changed(value.Stage);
                }
            }
        }
    }

    private sealed class CpuClock
    {
        private long _wall = Stopwatch.GetTimestamp();
        private TimeSpan _cpu = Environment.CpuUsage.TotalTime;

        public string Lap()
        {
            (long wall, TimeSpan cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            string lap = $"{Stopwatch.GetElapsedTime(_wall, wall).TotalSeconds:F3};{(cpu - _cpu).TotalSeconds:F3}";
            (_wall, _cpu) = (wall, cpu);
            return lap;
        }
    }
}
