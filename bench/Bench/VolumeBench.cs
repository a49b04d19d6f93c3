using System.Text.Json;
using CellStitch.Core.IO;
using CellStitch.Core.Volumes;

namespace CellStitch.Bench;

/// <summary>
/// A job of 256 × 4096 × 4096 voxels, 4.3 Gvoxels: what memory the host's process needs. The cells are boxes in a grid that moves sideways every eight layers, so the three stacks
/// are the same file and compress to little; the job reads and writes every voxel all the same.
/// </summary>
internal static class VolumeBench
{
    private const int BoxLayers = 8;
    private const int BoxSide = 64;

    private static readonly VolumeShape Shape = new(256, 4096, 4096);

    public static void Run(TextWriter output)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("cellstitch-bench-");
        try
        {
            string stack = Path.Combine(folder.FullName, "stack.tif");
            MakeStack(stack);
            using var host = new CloudHost(Path.Combine(folder.FullName, "host"));
            double idle = host.PeakMegabytes;
            var files = new Dictionary<string, string> { ["xy.tif"] = stack, ["xz.tif"] = stack, ["yz.tif"] = stack };
            double seconds = host.Stitch("volume", files, """{ "files": ["xy.tif", "xz.tif", "yz.tif"] }""");
            JsonElement manifest = host.Get("jobs/volume/files/manifest.json");

            output.WriteLine($"{Shape} voxels ({Shape.Voxels / 1e9:F1} Gvoxels), three stacks of {new FileInfo(stack).Length / 1e6:F0} MB, {Environment.ProcessorCount} processors.");
            output.WriteLine($"{host.Get("jobs/volume").GetProperty("cells")} cells in {seconds:F0} s; peak memory of the host {host.PeakMegabytes:F0} MB ({idle:F0} MB before the job).");
            output.WriteLine();
            output.WriteLine("| step | s | activities |");
            output.WriteLine("|---|---|---|");
            foreach (JsonElement stage in manifest.GetProperty("stages").EnumerateArray())
            {
                output.WriteLine($"| {stage.GetProperty("name")} | {stage.GetProperty("seconds").GetDouble():F1} | {stage.GetProperty("activities")} |");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void MakeStack(string path)
    {
        using TiffWriter writer = TiffWriter.Create(path, Environment.ProcessorCount);
        int boxes = Shape.Width / BoxSide;
        writer.Begin(Shape, (uint)(boxes * (Shape.Height / BoxSide)), voxelSize: null);
        uint[] layer = new uint[Shape.LayerPixels];
        for (int z = 0; z < Shape.Depth; z++)
        {
            if (z % BoxLayers == 0)
            {
                int shift = z / BoxLayers % 2 * (BoxSide / 2);
                for (int y = 0; y < Shape.Height; y++)
                {
                    for (int x = 0; x < Shape.Width; x++)
                    {
                        layer[(y * Shape.Width) + x] = (uint)(((y / BoxSide) * boxes) + (((x + shift) / BoxSide) % boxes) + 1);
                    }
                }
            }

            writer.Write(layer);
        }
    }
}
