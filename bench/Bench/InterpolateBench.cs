using System.Diagnostics;
using System.Globalization;
using CellStitch.Core.Interpolation;
using CellStitch.Core.IO;
using CellStitch.Core.Synthesis;
using CellStitch.Core.Tests.Transport;
using CellStitch.Core.Transport;
using CellStitch.Core.Volumes;
using Google.OrTools.Graph;

namespace CellStitch.Bench;

/// <summary>
/// `interpolate`: the transport of two contours, ours beside OR-Tools on the same instances, and the whole interpolation on the volumes on which the published code was timed, each in
/// a process of its own, from a TIFF file to a TIFF file.
/// </summary>
internal static class InterpolateBench
{
    private const int Rounds = 3;
    private const int ContourRuns = 7;

    private static readonly int[] ContourPointCounts = [50, 100, 200, 400];

    // What the published Python costs, in CPU seconds; for the last volume wall seconds and memory on a machine with 48 cores (README of its rewrite).
    private static readonly (string Name, int Cells, VolumeShape Shape, double Anisotropy, double PublishedSeconds, string Unit)[] Volumes =
    [
        ("interp2_S", 174, new VolumeShape(32, 256, 256), 2, 9.16, "CPU s"),
        ("interp2_M", 1237, new VolumeShape(64, 512, 512), 2, 193, "CPU s"),
        ("interp4_S", 174, new VolumeShape(32, 256, 256), 4, 22.21, "CPU s"),
        ("10 × 1024 × 1024", 4000, new VolumeShape(10, 1024, 1024), 4, 3356, "s, about 60 GB"),
    ];

    public static void Run(TextWriter output)
    {
        RunContours(output);
        output.WriteLine();
        output.WriteLine("| volume | cells | N | profile | interpolate wall s | CPU s | with reading and writing CPU s | peak MB | published | published / CPU s |");
        output.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("cellstitch-bench-");
        try
        {
            foreach ((string name, int cells, VolumeShape shape, double anisotropy, double published, string unit) in Volumes)
            {
                string input = Path.Combine(folder.FullName, "labels.tif");
                MakeInput(input, cells, shape);
                foreach (InterpolationProfile profile in Enum.GetValues<InterpolationProfile>())
                {
                    double[][] runs = [.. Enumerable.Range(0, Rounds).Select(_ => RunAlone(input, anisotropy, profile))];
                    double[] best = [.. Enumerable.Range(0, runs[0].Length).Select(i => runs.Min(run => run[i]))];
                    output.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"| {name} | {cells} | {anisotropy} | {profile.ToString().ToLowerInvariant()} | {best[0]:F3} | {best[1]:F3} | {best[2]:F3} | {runs.Max(run => run[3]):F0} | {published} {unit} | {published / best[1]:F0} |"));
                }
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The measured process: interpolates in memory where the volume is small, then from file to file, and prints its figures.</summary>
    public static void Measure(string input, double anisotropy, string profile)
    {
        var options = new InterpolationOptions { Anisotropy = anisotropy, Profile = Enum.Parse<InterpolationProfile>(profile), Threads = Environment.ProcessorCount };
        string result = Path.ChangeExtension(input, ".iso.tif");
        double whole = Seconds(() =>
        {
            using TiffReader labels = TiffReader.Open(input);
            using TiffWriter writer = TiffWriter.Create(result, options.Threads);
            Interpolator.Interpolate(labels, writer, options);
        }).Cpu;
        using var process = Process.GetCurrentProcess();
        double peak = process.PeakWorkingSet64 / 1e6;

        // As the published code was timed: from memory to memory, once it is compiled.
        LabelVolume volume;
        using (TiffReader labels = TiffReader.Open(input))
        {
            volume = LabelVolume.From(labels);
        }

        (double wall, double cpu) = (double.MaxValue, double.MaxValue);
        for (int round = 0; round < Rounds; round++)
        {
            (double roundWall, double roundCpu) = Seconds(() => Interpolator.Interpolate(volume, new Nowhere(), options));
            (wall, cpu) = (Math.Min(wall, roundWall), Math.Min(cpu, roundCpu));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{wall};{cpu};{whole};{peak}"));
    }

    private static (double Wall, double Cpu) Seconds(Action work)
    {
        (long start, TimeSpan before) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        work();
        return (Stopwatch.GetElapsedTime(start).TotalSeconds, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
    }

    private static void MakeInput(string path, int cells, VolumeShape shape)
    {
        var truth = new CellTruth(new SynthOptions { Family = CellFamily.Tissue, Cells = cells, Shape = shape, Anisotropy = 4 });
        using TiffWriter writer = TiffWriter.Create(path, Environment.ProcessorCount);
        writer.Begin(shape, (uint)truth.CellCount, truth.VoxelSize);
        var layer = new uint[shape.LayerPixels];
        for (int z = 0; z < shape.Depth; z++)
        {
            truth.Paint(z, layer);
            writer.Write(layer);
        }
    }

    private static double[] RunAlone(string input, double anisotropy, InterpolationProfile profile)
    {
        string[] args = ["interpolate-alone", input, anisotropy.ToString(CultureInfo.InvariantCulture), profile.ToString()];
        using Process process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, args) { RedirectStandardOutput = true })!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? [.. text.Split(';').Select(figure => double.Parse(figure, CultureInfo.InvariantCulture))]
            : throw new InvalidOperationException($"The measured process ended with exit code {process.ExitCode}.");
    }

    private static void RunContours(TextWriter output)
    {
        output.WriteLine("| points | start | simplex ms | plain scan ms | MinCostFlow ms | LinearSumAssignment ms | MinCostFlow / simplex |");
        output.WriteLine("|---|---|---|---|---|---|---|");
        foreach (int n in ContourPointCounts)
        {
            foreach (int m in ContourPointCounts.Where(m => m >= n))
            {
                foreach (bool turned in (bool[])[false, true])
                {
                    output.WriteLine(ContourRow(n, m, turned));
                }
            }
        }
    }

    private static string ContourRow(int n, int m, bool turned)
    {
        PlanePoint[] sources = ContourPoints.Ring(n, 0);
        PlanePoint[] targets = ContourPoints.Ring(m, turned ? 0.25 : 0);
        TransportProblem dense = Dense(sources, targets);
        (double simplex, Int128 cost) = Best(() => PlanarTransport.Solve(sources, targets).Cost);
        (double plain, Int128 plainCost) = Best(() => PlanarTransport.Solve(sources, targets, RowScan.Plain).Cost);
        (double flow, Int128 flowCost) = Best(() => OrToolsMinCostFlow.Solve(dense).Cost);
        (double assignment, Int128 assignmentCost) = n == m ? Best(() => Assign(dense, n)) : (double.NaN, cost);
        if (cost != plainCost || cost != flowCost || cost != assignmentCost)
        {
            throw new InvalidOperationException($"{n} × {m}: costs {cost}, {plainCost}, {flowCost}, {assignmentCost}.");
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {n} × {m} | {(turned ? "a quarter turn away" : "aligned")} | {simplex:F3} | {plain:F3} | {flow:F2} | {(n == m ? assignment.ToString("F2", CultureInfo.InvariantCulture) : "–")} | {flow / simplex:F0} |");
    }

    private static (double Ms, Int128 Cost) Best(Func<Int128> solve)
    {
        Int128 cost = 0;
        double best = double.MaxValue;
        for (int run = 0; run < ContourRuns * 5; run++)
        {
            long start = Stopwatch.GetTimestamp();
            cost = solve();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return (best, cost);
    }

    private static TransportProblem Dense(PlanePoint[] sources, PlanePoint[] targets)
    {
        long divisor = (long)System.Numerics.BigInteger.GreatestCommonDivisor(sources.Length, targets.Length);
        TransportArc[] arcs =
        [
            .. from source in Enumerable.Range(0, sources.Length)
               from target in Enumerable.Range(0, targets.Length)
               select new TransportArc(source, target, (int)sources[source].SquaredDistanceTo(targets[target])),
        ];
        return new TransportProblem(
            [.. Enumerable.Repeat(targets.Length / divisor, sources.Length)], [.. Enumerable.Repeat(sources.Length / divisor, targets.Length)], arcs, int.MaxValue);
    }

    private static Int128 Assign(TransportProblem dense, int n)
    {
        using var assignment = new LinearSumAssignment();
        foreach (TransportArc arc in dense.Arcs)
        {
            assignment.AddArcWithCost(arc.Source, arc.Target, arc.Cost);
        }

        assignment.Solve();
        return n == assignment.NumNodes() ? assignment.OptimalCost() : -1;
    }

    private sealed class Nowhere : ILayerSink
    {
        public void Begin(VolumeShape shape, uint largestLabel, VoxelSize? voxelSize)
        {
        }

        public void Write(ReadOnlySpan<uint> layer)
        {
        }
    }
}
