namespace CellStitch.Bench;

/// <summary>
/// What the function app adds to the method: a synthetic tissue of 64 × 512 × 512 voxels by <c>cellstitch stitch</c>, by a job of one activity, and by a job of 16 blocks, in turns
/// on the same machine. The command is timed as a process, a job from the creation of its instance to its completion.
/// </summary>
internal static class DurableBench
{
    private const int Rounds = 5;

    // 16 blocks of 4 layers.
    private const int BlockVoxels = 4 * 512 * 512;

    private static readonly string[] Stacks = ["xy.tif", "xz.tif", "yz.tif"];

    public static void Run(TextWriter output)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("cellstitch-bench-");
        try
        {
            CloudHost.Run("synth", "-o", folder.FullName, "--cells", "1250", "--shape", "64x512x512", "--anisotropy", "4");
            Dictionary<string, string> files = Stacks.ToDictionary(name => name, name => Path.Combine(folder.FullName, name));
            using var host = new CloudHost(Path.Combine(folder.FullName, "host"));
            const string Fused = """{ "files": ["xy.tif", "xz.tif", "yz.tif"] }""";
            string blocks = $$"""{ "files": ["xy.tif", "xz.tif", "yz.tif"], "blockVoxels": {{BlockVoxels}} }""";

            // The first job of a host also compiles its code.
            double first = host.Stitch("first", files, Fused);
            var seconds = new List<(double Stitch, double Fused, double Blocks)>();
            for (int round = 0; round < Rounds; round++)
            {
                double stitch = CloudHost.Run(
                    "stitch", files["xy.tif"], "--xz", files["xz.tif"], "--yz", files["yz.tif"], "-o", Path.Combine(folder.FullName, "labels.tif"), "--cells", Path.Combine(folder.FullName, "cells.csv"));
                seconds.Add((stitch, host.Stitch($"fused{round}", files, Fused), host.Stitch($"blocks{round}", files, blocks)));
            }

            double plain = Median(seconds.Select(round => round.Stitch));
            output.WriteLine($"64 × 512 × 512 voxels, light noise, {Environment.ProcessorCount} threads; median (best) of {Rounds} rounds. The first job of the host took {first:F2} s.");
            output.WriteLine();
            output.WriteLine("| | s | / stitch | allowed s |");
            output.WriteLine("|---|---|---|---|");
            Row("`cellstitch stitch`, the process", round => round.Stitch, null);
            Row("job, one activity", round => round.Fused, (2 * plain) + 2);
            Row("job, 16 blocks", round => round.Blocks, (4 * plain) + 5);
            output.WriteLine();
            output.WriteLine($"Peak memory of the host {host.PeakMegabytes:F0} MB.");

            void Row(string what, Func<(double Stitch, double Fused, double Blocks), double> figure, double? allowed)
            {
                double median = Median(seconds.Select(figure));
                output.WriteLine($"| {what} | {median:F2} ({seconds.Min(figure):F2}) | {median / plain:F2} | {allowed:F2} |");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static double Median(IEnumerable<double> figures) => figures.Order().ElementAt(Rounds / 2);
}
