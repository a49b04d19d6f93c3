using System.Runtime.InteropServices;
using System.Text.Json;
using CellStitch.Core.IO;
using CellStitch.Core.Volumes;
using CellStitch.Segmentation.Flows;
using CellStitch.Segmentation.Images;
using CellStitch.Tests;

namespace CellStitch.Segmentation.Tests;

/// <summary>A golden case of the network (tests/golden/network), made by the Python reference beside the model.</summary>
internal sealed class NetworkGolden
{
    private readonly string _folder;
    private readonly JsonElement _case;

    public NetworkGolden(string name)
    {
        _folder = Path.Combine(SharedData.RepositoryRoot, "tests", "golden", "network", name);
        _case = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "case.json"))).RootElement;
    }

    public static TheoryData<string> Names => ["g1_membrane_single_tile", "g2_nuclei_padded", "g3_bricks_tiled", "g4_rescaled_rows"];

    public double Diameter => _case.GetProperty("diameter").GetDouble();

    public double RowStretch => _case.GetProperty("row_stretch").GetDouble();

    public (int Height, int Width) NetworkShape => (Side(0), Side(1));

    public int[] Starts(string axis) => [.. _case.GetProperty(axis).EnumerateArray().Select(start => start.GetInt32())];

    public int Count(string masks) => _case.GetProperty("counts").GetProperty(masks).GetInt32();

    public GreyImage Image()
    {
        LabelVolume pixels = Read("image.tif");
        return new GreyImage(pixels.Shape.Height, pixels.Shape.Width, [.. pixels.Voxels.ToArray().Select(pixel => (float)pixel)]);
    }

    public float[] Floats(string file) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(_folder, file))).ToArray();

    public FlowField Output() => new(NetworkShape.Height, NetworkShape.Width, Floats("output.f32"));

    public int[] Masks(string file) => [.. Read($"{file}.tif").Voxels.ToArray().Select(label => (int)label)];

    private LabelVolume Read(string file)
    {
        using TiffReader reader = TiffReader.Open(Path.Combine(_folder, file));
        return LabelVolume.From(reader);
    }

    private int Side(int axis) => _case.GetProperty("network_shape")[axis].GetInt32();
}
