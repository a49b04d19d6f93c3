using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Interpolation;

/// <summary>A layer and where its cells lie in it.</summary>
internal sealed class LayerSlices
{
    private readonly Dictionary<uint, PixelBox> _boxes = [];
    private readonly ConcurrentDictionary<uint, SignedDistance> _distances = [];
    private readonly ConcurrentDictionary<uint, Contour> _contours = [];

    private LayerSlices(uint[] pixels, PixelBox image) => (Pixels, Image) = (pixels, image);

    /// <summary>Labels in raster order.</summary>
    public uint[] Pixels { get; }

    /// <summary>The whole layer as a box.</summary>
    public PixelBox Image { get; }

    /// <summary>Bounding box per label.</summary>
    public IReadOnlyDictionary<uint, PixelBox> Boxes => _boxes;

    /// <summary>Reads a layer of a volume.</summary>
    public static LayerSlices Read(ILayerSource labels, int z)
    {
        var layer = new uint[labels.Shape.LayerPixels];
        labels.ReadLayer(z, layer);
        return Of(layer, labels.Shape.Width);
    }

    /// <summary>Finds the slices of a layer in one pass; the array is kept, not copied.</summary>
    public static LayerSlices Of(uint[] pixels, int width)
    {
        var layer = new LayerSlices(pixels, new PixelBox(0, 0, pixels.Length / width, width));
        var corners = new Dictionary<uint, int>();
        var found = new List<(uint Label, int Top, int Left, int Bottom, int Right)>();
        for (int y = 0; y < layer.Image.Height; y++)
        {
            ReadOnlySpan<uint> row = pixels.AsSpan(y * width, width);
            for (int x = 0; x < width;)
            {
                uint label = row[x];
                int length = row[x..].IndexOfAnyExcept(label);
                int end = length < 0 ? width : x + length;
                if (label != 0)
                {
                    ref int slot = ref CollectionsMarshal.GetValueRefOrAddDefault(corners, label, out bool known);
                    if (!known)
                    {
                        slot = found.Count;
                        found.Add((label, y, x, y + 1, end));
                    }
                    else
                    {
                        (uint Label, int Top, int Left, int Bottom, int Right) box = found[slot];
                        found[slot] = (label, box.Top, Math.Min(box.Left, x), y + 1, Math.Max(box.Right, end));
                    }
                }

                x = end;
            }
        }

        foreach ((uint label, int top, int left, int bottom, int right) in found)
        {
            layer._boxes.Add(label, PixelBox.Between(top, left, bottom, right));
        }

        return layer;
    }

    /// <summary>The labels of a layer, ascending.</summary>
    public static uint[] LabelsOf(ReadOnlySpan<uint> pixels)
    {
        var labels = new HashSet<uint>();
        uint last = 0;
        for (int at = 0; at < pixels.Length;)
        {
            uint label = pixels[at];
            if (label != last && label != 0)
            {
                labels.Add(label);
            }

            last = label;
            int length = pixels[at..].IndexOfAnyExcept(label);
            at = length < 0 ? pixels.Length : at + length;
        }

        return [.. labels.Order()];
    }

    /// <summary>A slice's distances, measured once for the gaps above and below; from any thread.</summary>
    public SignedDistance DistanceOf(uint label) => _distances.GetOrAdd(label, static (cell, layer) => SignedDistance.Of(layer.Cut(cell), layer.Image), this);

    /// <summary>A slice's contour, traced once for the gaps above and below; from any thread.</summary>
    public Contour ContourOf(uint label) => _contours.GetOrAdd(label, static (cell, layer) => Contour.Trace(layer.Cut(cell)), this);

    public SliceMask Cut(uint label) => SliceMask.Cut(Pixels, Image.Width, label, _boxes[label]);
}
