using System.Text.Json;
using CellStitch.Core.IO;
using CellStitch.Core.Volumes;

namespace CellStitch.Bench;

/// <summary>
/// Jobs of large volumes: what memory the host's process needs, and how that grows with the size of a layer. The cells are boxes in a grid that moves sideways every eight layers, so
/// the three stacks are the same file and compress to little; a job reads and writes every voxel all the same.
/// </summary>
internal static class VolumeBench
{
    private const int BoxLayers = 8;
    private const int BoxSide = 64;

    private static readonly (VolumeShape Shape, bool Repair)[] Jobs =
        [(new(256, 4096, 4096), false), (new(256, 4096, 4096), true), (new(24, 10_000, 10_000), false), (new(24, 10_000, 10_000), true)];

    public static void Run(TextWriter output)
    {
        foreach ((VolumeShape shape, bool repair) in Jobs)
        {
            Run(shape, repair, output);
        }
    }

    private static void Run(VolumeShape shape, bool repair, TextWriter output)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("cellstitch-bench-");
        try
        {
            string stack = Path.Combine(folder.FullName, "stack.tif");
            MakeStack(shape, stack);
            using var host = new CloudHost(Path.Combine(folder.FullName, "host"));
            double idle = host.PeakMegabytes;
            var files = new Dictionary<string, string> { ["xy.tif"] = stack, ["xz.tif"] = stack, ["yz.tif"] = stack };
            double seconds = host.Stitch("volume", files, $$"""{ "files": ["xy.tif", "xz.tif", "yz.tif"], "repair": {{(repair ? "true" : "false")}} }""");
            JsonElement manifest = host.Get("jobs/volume/files/manifest.json");

            output.WriteLine($"{shape} voxels ({shape.Voxels / 1e9:F1} Gvoxels), repair {repair}, three stacks of {new FileInfo(stack).Length / 1e6:F0} MB, {Environment.ProcessorCount} processors.");
            output.WriteLine($"{host.Get("jobs/volume").GetProperty("cells")} cells in {seconds:F0} s; peak memory of the host {host.PeakMegabytes:F0} MB ({idle:F0} MB before the job).");
            output.WriteLine();
            output.WriteLine("| step | s | activities |");
            output.WriteLine("|---|---|---|");
            foreach (JsonElement stage in manifest.GetProperty("stages").EnumerateArray())
            {
                output.WriteLine($"| {stage.GetProperty("name")} | {stage.GetProperty("seconds").GetDouble():F1} | {stage.GetProperty("activities")} |");
            }

            output.WriteLine();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void MakeStack(VolumeShape shape, string path)
    {
        using TiffWriter writer = TiffWriter.Create(path, Environment.ProcessorCount);
        int boxes = ((shape.Width - 1) / BoxSide) + 1;
        writer.Begin(shape, (uint)(boxes * (((shape.Height - 1) / BoxSide) + 1)), voxelSize: null);
        uint[] layer = new uint[shape.LayerPixels];
        for (int z = 0; z < shape.Depth; z++)
        {
            if (z % BoxLayers == 0)
            {
                int shift = z / BoxLayers % 2 * (BoxSide / 2);
                for (int y = 0; y < shape.Height; y++)
                {
                    for (int x = 0; x < shape.Width; x++)
                    {
                        layer[(y * shape.Width) + x] = (uint)(((y / BoxSide) * boxes) + (((x + shift) / BoxSide) % boxes) + 1);
                    }
                }
            }

            writer.Write(layer);
        }
    }
}
