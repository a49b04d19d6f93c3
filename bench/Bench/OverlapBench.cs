using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using CellStitch.Core.Stitching;

namespace CellStitch.Bench;

/// <summary>Overlap counting against just reading the same layers, in turns within one run, on one thread.</summary>
internal static class OverlapBench
{
    private const int Side = 1024;
    private const int Layers = 24;
    private const int CellsPerSide = 71;
    private const int Rounds = 7;

    // Seeds move by up to 3 pixels from layer to layer.
    private const double Drift = 0.6;

    public static void Run(TextWriter output)
    {
        output.WriteLine($"{Layers} layers of {Side} × {Side} with {CellsPerSide * CellsPerSide} cells each, one thread; best of {Rounds} rounds.");
        output.WriteLine();
        output.WriteLine("| layers | step | ms per layer pair | Mvoxel pairs/s | time / reading |");
        output.WriteLine("|---|---|---|---|---|");
        RunScene(output, "packed", walls: false);
        RunScene(output, "walls", walls: true);
    }

    private static void RunScene(TextWriter output, string scene, bool walls)
    {
        uint[][] xy = [.. Enumerable.Range(0, Layers).Select(z => VoronoiLayer.Paint(Side, CellsPerSide, z, Drift, walls))];

        // Projections differ from XY in where their cells end; their label changes every few rows, or columns, and layers.
        uint[][] xz = [.. Enumerable.Range(0, Layers).Select(z => VoronoiLayer.Paint(Side, CellsPerSide, z + 1000, Drift, walls))];
        uint[][] yz = [.. Enumerable.Range(0, Layers).Select(z => VoronoiLayer.Paint(Side, CellsPerSide, z + 2000, Drift, walls))];
        double pixels = (Layers - 1) * (double)Side * Side;

        double read2 = double.MaxValue, count2 = double.MaxValue, read6 = double.MaxValue, count6 = double.MaxValue;
        var table = new OverlapTable();
        for (int round = 0; round < Rounds; round++)
        {
            read2 = Math.Min(read2, Seconds(z => Read(xy[z], xy[z + 1])));
            count2 = Math.Min(count2, Seconds(z =>
            {
                table.Clear();
                table.Add(0, xy[z], xy[z + 1]);
            }));
            read6 = Math.Min(read6, Seconds(z => Read(xy[z], xy[z + 1], xz[z], xz[z + 1], yz[z], yz[z + 1])));
            count6 = Math.Min(count6, Seconds(z =>
            {
                table.Clear();
                table.Add(0, xy[z], xy[z + 1], xz[z], xz[z + 1], yz[z], yz[z + 1]);
            }));
        }

        Row("read both XY layers", read2, read2);
        Row("count XY", count2, read2);
        Row("read all six layers", read6, read6);
        Row("count XY with XZ and YZ votes", count6, read6);

        void Row(string step, double seconds, double reading)
        {
            output.WriteLine($"| {scene} | {step} | {1000 * seconds / (Layers - 1):F2} | {pixels / seconds / 1e6:F0} | {seconds / reading:F2} |");
        }
    }

    private static double Seconds(Action<int> pair)
    {
        long start = Stopwatch.GetTimestamp();
        for (int z = 0; z < Layers - 1; z++)
        {
            pair(z);
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    // The least that touching every pixel costs: a vector xor.
    private static void Read(params uint[][] layers)
    {
        Vector256<uint> sum = Vector256<uint>.Zero;
        foreach (uint[] layer in layers)
        {
            foreach (Vector256<uint> pixels in MemoryMarshal.Cast<uint, Vector256<uint>>(layer))
            {
                sum ^= pixels;
            }
        }

        GC.KeepAlive(sum[0]);
    }
}
