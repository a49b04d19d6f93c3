using CellStitch.Core.Interpolation;
using CellStitch.Core.IO;
using CellStitch.Core.Volumes;

namespace CellStitch.Bench;

/// <summary>
/// `interpolation-pictures LAYERS.tif CELL.tif FOLDER`: the pictures of docs/interpolation.md. Every 4th layer of two label volumes is kept. interpolation-layers.png has the layers from one kept to the next, a row each
/// for the truth, copies of the nearest layer, profiles `paper` and `robust`. interpolation-cell.png has the largest cell that touches no side, in space: as copies, interpolated by `robust`, and in truth.
/// </summary>
internal static class InterpolationPictures
{
    private const int Stride = 4;
    private const int Window = 110;
    private const int Gap = 4;
    private const int PixelsPerVoxel = 4;

    // A voxel and all that touch it.
    private const int Neighbourhood = 27;

    // 2³² over the golden ratio: neighbouring labels fall far apart.
    private const uint Mixer = 2654435769;
    private const int Ambient = 60;
    private const double Turn = 0.6;
    private const double Tilt = 0.45;

    public static void Run(string layers, string cells, string folder)
    {
        LabelVolume truth = Read(layers);
        LabelVolume sparse = InterpolationQuality.EveryLayer(truth, Stride);
        LabelVolume copies = Made(sparse, InterpolationMethod.Nearest, InterpolationProfile.Robust);
        LabelVolume[] rows =
            [truth, copies, Made(sparse, InterpolationMethod.Transport, InterpolationProfile.Paper), Made(sparse, InterpolationMethod.Transport, InterpolationProfile.Robust)];
        Montage(LargestInside(copies), rows).Write(Path.Combine(folder, "interpolation-layers.png"));

        truth = Read(cells);
        sparse = InterpolationQuality.EveryLayer(truth, Stride);
        copies = Made(sparse, InterpolationMethod.Nearest, InterpolationProfile.Robust);
        LabelVolume robust = Made(sparse, InterpolationMethod.Transport, InterpolationProfile.Robust);
        InSpace(LargestInside(copies), [copies, robust, truth], copies.Shape.Depth).Write(Path.Combine(folder, "interpolation-cell.png"));
    }

    private static LabelVolume Read(string path)
    {
        using TiffReader file = TiffReader.Open(path);
        return LabelVolume.From(file);
    }

    private static LabelVolume Made(LabelVolume sparse, InterpolationMethod method, InterpolationProfile profile) => InterpolationQuality.Interpolated(
        sparse, new InterpolationOptions { Anisotropy = Stride, Method = method, Profile = profile, Threads = Environment.ProcessorCount });

    private static uint LargestInside(LabelVolume volume)
    {
        VolumeShape shape = volume.Shape;
        var voxels = new Dictionary<uint, int>();
        var outside = new HashSet<uint> { 0 };
        foreach ((int z, int y, int x, uint label) in Voxels(volume, shape.Depth))
        {
            voxels[label] = voxels.GetValueOrDefault(label) + 1;
            if (z == 0 || y == 0 || x == 0 || z == shape.Depth - 1 || y == shape.Height - 1 || x == shape.Width - 1)
            {
                outside.Add(label);
            }
        }

        return voxels.Where(cell => !outside.Contains(cell.Key)).OrderByDescending(cell => cell.Value).ThenBy(cell => cell.Key).First().Key;
    }

    private static IEnumerable<(int Z, int Y, int X, uint Label)> Voxels(LabelVolume volume, int depth)
    {
        for (int z = 0; z < depth; z++)
        {
            for (int y = 0; y < volume.Shape.Height; y++)
            {
                for (int x = 0; x < volume.Shape.Width; x++)
                {
                    yield return (z, y, x, volume[z, y, x]);
                }
            }
        }
    }

    private static PngFile Montage(uint cell, LabelVolume[] rows)
    {
        LabelVolume truth = rows[0];
        (int Z, int Y, int X, uint Label)[] own = [.. Voxels(truth, truth.Shape.Depth).Where(voxel => voxel.Label == cell)];
        int first = own.Min(voxel => voxel.Z) / Stride * Stride;
        int size = Math.Min(Window, Math.Min(truth.Shape.Height, truth.Shape.Width));
        int top = Math.Clamp((int)own.Average(voxel => voxel.Y) - (size / 2), 0, truth.Shape.Height - size);
        int left = Math.Clamp((int)own.Average(voxel => voxel.X) - (size / 2), 0, truth.Shape.Width - size);
        var picture = new PngFile((rows.Length * (size + Gap)) - Gap, ((Stride + 1) * (size + Gap)) - Gap);
        for (int row = 0; row < rows.Length; row++)
        {
            for (int column = 0; column <= Stride; column++)
            {
                for (int y = 0; y < size; y++)
                {
                    for (int x = 0; x < size; x++)
                    {
                        picture.Set((row * (size + Gap)) + y, (column * (size + Gap)) + x, ColourOf(rows[row][first + column, top + y, left + x]));
                    }
                }
            }
        }

        return picture;
    }

    // A colour of its own for every label, about; background black.
    private static (byte, byte, byte) ColourOf(uint label)
    {
        uint mixed = unchecked(label * Mixer);
        return label == 0 ? ((byte)0, (byte)0, (byte)0) : (Channel(mixed >> 29), Channel(mixed >> 26), Channel(mixed >> 23));
    }

    private static byte Channel(uint bits) => (byte)(73 + ((bits & 7) * 26));

    /// <summary>The cell seen from the side and above, one picture beside the other; brighter towards the viewer.</summary>
    private static PngFile InSpace(uint cell, LabelVolume[] volumes, int depth)
    {
        (int Z, int Y, int X)[][] cells =
            [.. volumes.Select(volume => Voxels(volume, depth).Where(voxel => voxel.Label == cell).Select(voxel => (voxel.Z, voxel.Y, voxel.X)).ToArray())];
        (double z, double y, double x) = (cells[0].Average(voxel => voxel.Z), cells[0].Average(voxel => voxel.Y), cells[0].Average(voxel => voxel.X));
        double reach = 2 + cells.Max(voxels => voxels.Max(voxel => Math.Sqrt(Square(voxel.Z - z) + Square(voxel.Y - y) + Square(voxel.X - x))));
        int size = (int)(2 * reach * PixelsPerVoxel);
        var picture = new PngFile(size, size * volumes.Length);
        for (int i = 0; i < volumes.Length; i++)
        {
            double[] nearest = [.. Enumerable.Repeat(double.NegativeInfinity, size * size)];
            var shade = new double[size * size];
            var filled = cells[i].ToHashSet();
            foreach ((int Z, int Y, int X) voxel in cells[i])
            {
                Splat(voxel, filled, (z, y, x), reach, size, nearest, shade);
            }

            for (int at = 0; at < shade.Length; at++)
            {
                if (double.IsFinite(nearest[at]))
                {
                    var light = (byte)(Ambient + ((byte.MaxValue - Ambient) * shade[at]));
                    picture.Set(at / size, (i * size) + (at % size), ((byte)(light * 0.55), (byte)(light * 0.8), light));
                }
            }
        }

        return picture;
    }

    private static void Splat(
        (int Z, int Y, int X) voxel, HashSet<(int Z, int Y, int X)> filled, (double Z, double Y, double X) centre, double reach, int size, double[] nearest, double[] shade)
    {
        // The surface's normal points to where fewer voxels of the cell are.
        (double z, double y, double x) = (0, 0, 0);
        int beside = 0;
        for (int dz = -1; dz <= 1; dz++)
        {
            for (int dy = -1; dy <= 1; dy++)
            {
                for (int dx = -1; dx <= 1; dx++)
                {
                    if (filled.Contains((voxel.Z + dz, voxel.Y + dy, voxel.X + dx)))
                    {
                        (z, y, x, beside) = (z - dz, y - dy, x - dx, beside + 1);
                    }
                }
            }
        }

        if (beside == Neighbourhood)
        {
            return;
        }

        (double right, double down, double front) = Seen(voxel.Z - centre.Z, voxel.Y - centre.Y, voxel.X - centre.X);
        (double normalRight, double normalDown, double normalFront) = Seen(z, y, x);
        double length = Math.Max(1e-9, Math.Sqrt(Square(normalRight) + Square(normalDown) + Square(normalFront)));
        double light = Math.Clamp(((0.7 * normalFront) - (0.6 * normalDown) - (0.4 * normalRight)) / length, 0, 1);
        int top = (int)((down + reach) * PixelsPerVoxel);
        int left = (int)((right + reach) * PixelsPerVoxel);
        for (int py = top - 1; py < top + PixelsPerVoxel + 1; py++)
        {
            for (int px = left - 1; px < left + PixelsPerVoxel + 1; px++)
            {
                if (py >= 0 && px >= 0 && py < size && px < size && front > nearest[(py * size) + px])
                {
                    (nearest[(py * size) + px], shade[(py * size) + px]) = (front, light);
                }
            }
        }
    }

    /// <summary>Right, down and towards the viewer.</summary>
    private static (double Right, double Down, double Front) Seen(double z, double y, double x)
    {
        double right = (x * Math.Cos(Turn)) - (y * Math.Sin(Turn));
        double back = (x * Math.Sin(Turn)) + (y * Math.Cos(Turn));
        return (right, (z * Math.Cos(Tilt)) - (-back * Math.Sin(Tilt)), (-back * Math.Cos(Tilt)) - (z * Math.Sin(Tilt)));
    }

    private static double Square(double value) => value * value;
}
