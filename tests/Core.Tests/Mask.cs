using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests;

/// <summary>Small masks drawn as text: labels separated by blanks, <c>.</c> = background, rows separated by <c>/</c>.</summary>
internal static class Mask
{
    /// <summary>A layer, e.g. <c>Parse("1 1 . / 1 2 2")</c>.</summary>
    public static uint[] Parse(string rows)
    {
        return [.. rows.Split('/').SelectMany(row => row.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(Label)];
    }

    /// <summary>Columns of a drawn layer.</summary>
    public static int WidthOf(string rows) => rows.Split('/')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;

    /// <summary>A volume of drawn layers, z = 0 first.</summary>
    public static LabelVolume Volume(params string[] layers)
    {
        int width = WidthOf(layers[0]);
        int height = layers[0].Split('/').Length;
        return new LabelVolume(new VolumeShape(layers.Length, height, width), [.. layers.SelectMany(Parse)]);
    }

    /// <summary>Draws a volume, for comparison and for messages.</summary>
    public static string Draw(LabelVolume volume)
    {
        return string.Join(" | ", Enumerable.Range(0, volume.Shape.Depth).Select(z => Draw(volume.Layer(z), volume.Shape.Width)));
    }

    /// <summary>Draws a layer.</summary>
    public static string Draw(ReadOnlySpan<uint> layer, int width)
    {
        var rows = new List<string>();
        for (int at = 0; at < layer.Length; at += width)
        {
            rows.Add(string.Join(' ', layer.Slice(at, width).ToArray().Select(label => label == 0 ? "." : label.ToString())));
        }

        return string.Join(" / ", rows);
    }

    private static uint Label(string text) => text == "." ? 0 : uint.Parse(text);
}

/// <summary>Keeps a result in memory.</summary>
internal sealed class VolumeSink : ILayerSink
{
    private int _z;

    public LabelVolume Volume { get; private set; } = new(new VolumeShape(1, 1, 1));

    public uint LargestLabel { get; private set; }

    public void Begin(VolumeShape shape, uint largestLabel, VoxelSize? voxelSize)
    {
        Volume = new LabelVolume(shape, voxelSize);
        LargestLabel = largestLabel;
    }

    public void Write(ReadOnlySpan<uint> layer) => layer.CopyTo(Volume.Layer(_z++));
}
