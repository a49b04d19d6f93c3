using CellStitch.Core.Evaluation;
using CellStitch.Core.Volumes;
using SkiaSharp;

namespace CellStitch.Compare;

/// <summary>
/// A set as PNG: the raw stack, the truth and the systems side by side, the middle layer above the middle XZ section. A true cell has one colour in all of them; what
/// matches no true cell is grey.
/// </summary>
internal static class CellPicture
{
    private const int PanelPx = 180;
    private const int GapPx = 6;

    // Successive labels are far apart on the colour wheel.
    private const float GoldenAngle = 137.508f;

    private static readonly SKColor Ground = new(255, 255, 255);
    private static readonly SKColor Background = new(24, 24, 28);

    /// <summary>Draws a case.</summary>
    /// <param name="raw">The raw stack.</param>
    /// <param name="truth">The true cells.</param>
    /// <param name="results">The cells that the systems found.</param>
    /// <param name="anisotropy">Stretches the section.</param>
    /// <param name="path">The file.</param>
    public static void Write(IRawSource raw, LabelVolume truth, IReadOnlyList<LabelVolume> results, double anisotropy, string path)
    {
        VolumeShape shape = truth.Shape;
        float scale = (float)PanelPx / shape.Width;
        (int layerPx, int sectionPx) = ((int)(shape.Height * scale), Math.Max(1, (int)(shape.Depth * anisotropy * scale)));
        List<Func<int, int, int, SKColor>> panels = [Grey(raw), .. results.Prepend(truth).Select(cells => Coloured(truth, cells))];
        var info = new SKImageInfo((panels.Count * (PanelPx + GapPx)) - GapPx, layerPx + GapPx + sectionPx, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var picture = new SKBitmap(info);
        picture.Erase(Ground);
        for (int panel = 0; panel < panels.Count; panel++)
        {
            int left = panel * (PanelPx + GapPx);
            for (int x = 0; x < PanelPx; x++)
            {
                int column = Math.Min((int)(x / scale), shape.Width - 1);
                for (int y = 0; y < layerPx; y++)
                {
                    picture.SetPixel(left + x, y, panels[panel](shape.Depth / 2, Math.Min((int)(y / scale), shape.Height - 1), column));
                }

                for (int y = 0; y < sectionPx; y++)
                {
                    int layer = Math.Min(y * shape.Depth / sectionPx, shape.Depth - 1);
                    picture.SetPixel(left + x, layerPx + GapPx + y, panels[panel](layer, shape.Height / 2, column));
                }
            }
        }

        using SKData png = picture.Encode(SKEncodedImageFormat.Png, quality: 100);
        using FileStream file = File.Create(path);
        png.SaveTo(file);
    }

    // From the darkest pixel to the 99.5th percentile of the layers.
    private static Func<int, int, int, SKColor> Grey(IRawSource raw)
    {
        float[][] layers = new float[raw.Shape.Depth][];
        for (int z = 0; z < layers.Length; z++)
        {
            layers[z] = new float[raw.Shape.LayerPixels];
            using IRawRows rows = raw.OpenRows(z);
            rows.Read(layers[z]);
        }

        float[] sorted = [.. layers.SelectMany(layer => layer).Order()];
        (float dark, float bright) = (sorted[0], sorted[(int)(sorted.Length * 0.995)]);
        int width = raw.Shape.Width;
        return (z, y, x) =>
        {
            byte grey = (byte)Math.Clamp((layers[z][(y * width) + x] - dark) / Math.Max(bright - dark, float.Epsilon) * byte.MaxValue, 0, byte.MaxValue);
            return new SKColor(grey, grey, grey);
        };
    }

    private static Func<int, int, int, SKColor> Coloured(LabelVolume truth, LabelVolume cells)
    {
        InstanceOverlap overlap = InstanceOverlap.Measure(truth, cells);
        var colours = new Dictionary<uint, SKColor> { [0] = Background };
        for (int i = 0; i < overlap.Predicted.Length; i++)
        {
            byte grey = (byte)(120 + (i % 6 * 18));
            colours[overlap.Predicted[i].Label] = new SKColor(grey, grey, grey);
        }

        foreach (InstancePair pair in InstanceMatching.At(overlap, 0.5m).Pairs)
        {
            colours[overlap.Predicted[pair.Predicted].Label] = SKColor.FromHsv(pair.Truth * GoldenAngle % 360, 55 + (pair.Truth % 3 * 15), 95 - (pair.Truth % 2 * 20));
        }

        return (z, y, x) => colours[cells[z, y, x]];
    }
}
