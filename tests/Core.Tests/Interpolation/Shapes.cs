using CellStitch.Core.Interpolation;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.Interpolation;

/// <summary>Volumes whose layers are given by a rule.</summary>
internal static class Shapes
{
    private const int Size = 40;

    public static Func<int, int, bool> Disc(double y, double x, double radius) => (py, px) => ((py - y) * (py - y)) + ((px - x) * (px - x)) <= radius * radius;

    /// <summary>A cell that no ray from its centre describes.</summary>
    public static Func<int, int, bool> C => (y, x) => Ring(y, x) && !(x > 20 && Math.Abs(y - 20) < 5);

    public static Func<int, int, bool> Ring => (y, x) => Disc(20, 20, 14)(y, x) && !Disc(20, 20, 7)(y, x);

    public static Func<int, int, bool> TwoPieces => (y, x) => Disc(12, 12, 6)(y, x) || Disc(28, 29, 5)(y, x);

    public static Func<int, int, bool> OnePixel => (y, x) => y == 17 && x == 23;

    public static Func<int, int, bool> AtTheCorner => Disc(0, 39, 9);

    public static Func<int, int, bool> Line => (y, x) => y == 11 && x is > 4 and < 30;

    public static TheoryData<string> Names => ["C", "ring", "two pieces", "one pixel", "at the corner", "line", "everything"];

    public static Func<int, int, bool> Named(string name) => name switch
    {
        "C" => C,
        "ring" => Ring,
        "two pieces" => TwoPieces,
        "one pixel" => OnePixel,
        "at the corner" => AtTheCorner,
        "line" => Line,
        _ => (_, _) => true,
    };

    /// <summary>Cell 1 in every layer, by one rule each.</summary>
    public static LabelVolume Volume(params Func<int, int, bool>[] layers) => Labels([.. layers.Select<Func<int, int, bool>, Func<int, int, uint>>(layer => (y, x) => layer(y, x) ? 1u : 0)]);

    public static LabelVolume Labels(params Func<int, int, uint>[] layers)
    {
        var volume = new LabelVolume(new VolumeShape(layers.Length, Size, Size));
        for (int z = 0; z < layers.Length; z++)
        {
            for (int y = 0; y < Size; y++)
            {
                for (int x = 0; x < Size; x++)
                {
                    volume[z, y, x] = layers[z](y, x);
                }
            }
        }

        return volume;
    }

    public static LabelVolume Interpolate(
        LabelVolume volume, double anisotropy, InterpolationProfile profile = InterpolationProfile.Robust, InterpolationMethod method = InterpolationMethod.Transport, int threads = 1)
    {
        var sink = new VolumeSink();
        Interpolator.Interpolate(
            volume, sink, new InterpolationOptions { Anisotropy = anisotropy, Profile = profile, Method = method, Threads = threads }, cancellation: TestContext.Current.CancellationToken);
        return sink.Volume;
    }

    /// <summary>Random discs of many labels, some of which begin and end.</summary>
    public static LabelVolume Crowd(int seed, int depth)
    {
        var random = new Random(seed);
        (double Y, double X, double R, int First, int Last)[] cells =
            [.. Enumerable.Range(0, 12).Select(_ => (random.NextDouble() * Size, random.NextDouble() * Size, 2 + (random.NextDouble() * 8), random.Next(-1, depth), random.Next(depth + 1)))];
        return Labels([.. Enumerable.Range(0, depth).Select<int, Func<int, int, uint>>(z => (y, x) =>
            (uint)(1 + Array.FindIndex(cells, cell => z >= cell.First && z <= cell.Last && Disc(cell.Y + z, cell.X - z, cell.R)(y, x))))]);
    }

    /// <summary>The same, with two of three cells missing in a layer.</summary>
    public static LabelVolume CrowdWithGaps(int seed, int depth)
    {
        LabelVolume crowd = Crowd(seed, depth);
        for (int z = 1; z < depth - 1; z++)
        {
            foreach (ref uint label in crowd.Layer(z))
            {
                label = label % 3 == z % 3 ? label : 0;
            }
        }

        return crowd;
    }

    public static double IoU(ReadOnlySpan<uint> a, ReadOnlySpan<uint> b)
    {
        (int both, int either) = (0, 0);
        for (int i = 0; i < a.Length; i++)
        {
            both += a[i] != 0 && a[i] == b[i] ? 1 : 0;
            either += a[i] != 0 || b[i] != 0 ? 1 : 0;
        }

        return both / (double)either;
    }
}
