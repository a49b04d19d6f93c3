using CellStitch.Core.Volumes;

namespace CellStitch.Core.Synthesis;

/// <summary>What of a cell shines in a rendered stack.</summary>
public enum Stain
{
    /// <summary>The outlines of the cells.</summary>
    Membranes,

    /// <summary>Their inside, each cell with a brightness of its own.</summary>
    Nuclei,
}

/// <summary>
/// Renders a raw stack as a fluorescence microscope might record it: stain, blur that is longer in z than in the plane, photon and camera noise.
/// Made to look at and to try segmenters on, not to model an instrument.
/// </summary>
public static class RawRendering
{
    // A 12-bit camera behind a gain of 20: dim enough that noise shows, bright enough that outlines do.
    private const float PeakPhotons = 60;
    private const float BackgroundPhotons = 4;
    private const float CameraNoisePhotons = 2;
    private const float Gain = 20;
    private const float Offset = 100;

    // A membrane seen face on is one pixel thick but a layer collects light from it only in part.
    private const float FaceOnShare = 0.3f;
    private const double DimmestNucleus = 0.5;

    // Half width of the tent-shaped blur in z: a standard deviation of 8 / √6 ≈ 3.3 px beside 1 px in the plane, as at a numerical aperture of 0.8.
    private const double HalfDepthPx = 8;

    /// <summary>Renders all layers of a volume. Holds the layers within reach of the blur, nine at most for an anisotropy of 2 or more.</summary>
    /// <param name="truth">The true cells; the anisotropy comes from its voxel size (1 where unknown).</param>
    /// <param name="stain">What shines.</param>
    /// <param name="seed">Decides brightness and noise.</param>
    /// <param name="sink">Receives the layers: grey values 0 … 65,535.</param>
    /// <param name="cancellation">Looked at before each layer.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static void Write(ILayerSource truth, Stain stain, ulong seed, ILayerSink sink, CancellationToken cancellation = default)
    {
        VolumeShape shape = truth.Shape;
        double halfLayers = Math.Max(1, HalfDepthPx / (truth.VoxelSize?.Anisotropy ?? 1));
        int reach = (int)Math.Ceiling(halfLayers) - 1;
        var blurred = new BlurredLayers(truth, stain, seed, reach);
        var light = new float[shape.LayerPixels];
        var pixels = new uint[shape.LayerPixels];
        sink.Begin(shape, ushort.MaxValue, truth.VoxelSize);
        for (int z = 0; z < shape.Depth; z++)
        {
            cancellation.ThrowIfCancellationRequested();
            Collect(blurred, z, halfLayers, reach, light);
            Record(light, CounterRandom.Mix(seed, (ulong)z), pixels);
            sink.Write(pixels);
        }
    }

    // The weights are renormalised at the ends, where layers are missing.
    private static void Collect(BlurredLayers blurred, int z, double halfLayers, int reach, Span<float> light)
    {
        int first = Math.Max(0, z - reach);
        int last = Math.Min(blurred.Depth - 1, z + reach);
        double total = Enumerable.Range(first, last - first + 1).Sum(other => halfLayers - Math.Abs(other - z));
        light.Clear();
        for (int other = first; other <= last; other++)
        {
            float weight = (float)((halfLayers - Math.Abs(other - z)) / total);
            ReadOnlySpan<float> layer = blurred.Layer(other);
            for (int i = 0; i < light.Length; i++)
            {
                light[i] += weight * layer[i];
            }
        }
    }

    // For this many photons Poisson's noise is close to normal; it and the camera's add up to one normal number.
    private static void Record(ReadOnlySpan<float> light, ulong key, Span<uint> pixels)
    {
        for (int i = 0; i < light.Length; i++)
        {
            float photons = BackgroundPhotons + (PeakPhotons * light[i]);
            float deviation = MathF.Sqrt(photons + (CameraNoisePhotons * CameraNoisePhotons));
            float value = Offset + (Gain * (photons + (deviation * (float)CounterRandom.Normal(CounterRandom.Mix(key, (ulong)i)))));
            pixels[i] = (uint)Math.Clamp(value, 0, ushort.MaxValue);
        }
    }

    /// <summary>Stained layers, blurred in the plane; keeps the latest ones.</summary>
    private sealed class BlurredLayers
    {
        private readonly ILayerSource _truth;
        private readonly Stain _stain;
        private readonly ulong _seed;
        private readonly float[][] _kept;
        private readonly float[] _half;
        private uint[] _labels;
        private uint[] _below;
        private int _made;

        public BlurredLayers(ILayerSource truth, Stain stain, ulong seed, int reach)
        {
            int pixels = truth.Shape.LayerPixels;
            _truth = truth;
            _stain = stain;
            _seed = seed;
            _kept = [.. Enumerable.Range(0, (2 * reach) + 1).Select(_ => new float[pixels])];
            _half = new float[pixels];
            _labels = new uint[pixels];
            _below = new uint[pixels];
            truth.ReadLayer(0, _below);
        }

        public int Depth => _truth.Shape.Depth;

        /// <summary>Layer z; layers are asked for in nearly ascending order, none farther back than those kept.</summary>
        public ReadOnlySpan<float> Layer(int z)
        {
            while (_made <= z)
            {
                Make(_made++);
            }

            return _kept[z % _kept.Length];
        }

        private void Make(int z)
        {
            (_labels, _below) = (_below, _labels);
            bool hasBelow = z + 1 < Depth;
            if (hasBelow)
            {
                _truth.ReadLayer(z + 1, _below);
            }

            float[] layer = _kept[z % _kept.Length];
            if (_stain == Stain.Nuclei)
            {
                StainNuclei(layer);
            }
            else
            {
                StainMembranes(layer, hasBelow ? _below : _labels);
            }

            Blur(layer);
        }

        private void StainNuclei(Span<float> layer)
        {
            for (int i = 0; i < layer.Length; i++)
            {
                double brightness = DimmestNucleus + ((1 - DimmestNucleus) * CounterRandom.Unit(_seed, _labels[i]));
                layer[i] = _labels[i] == 0 ? 0 : (float)brightness;
            }
        }

        private void StainMembranes(Span<float> layer, ReadOnlySpan<uint> below)
        {
            (_, int height, int width) = _truth.Shape;
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    int i = (y * width) + x;
                    uint label = _labels[i];
                    bool isEdge = (x + 1 < width && _labels[i + 1] != label) || (y + 1 < height && _labels[i + width] != label);
                    layer[i] = isEdge ? 1 : below[i] != label ? FaceOnShare : 0;
                }
            }
        }

        // The binomial kernel 1 4 6 4 1 has a standard deviation of 1 px; beyond the image lies what is at its edge.
        private void Blur(float[] layer)
        {
            (_, int height, int width) = _truth.Shape;
            for (int y = 0; y < height; y++)
            {
                BlurLine(layer, _half, y * width, 1, width);
            }

            for (int x = 0; x < width; x++)
            {
                BlurLine(_half, layer, x, width, height);
            }
        }

        private static void BlurLine(float[] from, float[] to, int start, int step, int length)
        {
            for (int i = 0; i < length; i++)
            {
                float At(int k) => from[start + (Math.Clamp(k, 0, length - 1) * step)];
                to[start + (i * step)] = ((6 * At(i)) + (4 * (At(i - 1) + At(i + 1))) + At(i - 2) + At(i + 2)) / 16;
            }
        }
    }
}
