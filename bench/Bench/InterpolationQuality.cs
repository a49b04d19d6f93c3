using System.Globalization;
using CellStitch.Core.Evaluation;
using CellStitch.Core.Interpolation;
using CellStitch.Core.IO;
using CellStitch.Core.Synthesis;
using CellStitch.Core.Volumes;

namespace CellStitch.Bench;

/// <summary>
/// `interpolation-quality FOLDER`: of every label volume below the folder (labels.tif) and of synthetic ones every 2nd, 4th and 8th layer is kept, the others are
/// interpolated and compared with the truth that was left out.
/// </summary>
internal static class InterpolationQuality
{
    private static readonly int[] Strides = [2, 4, 8];

    /// <summary>The ways of interpolating that are compared.</summary>
    public static IReadOnlyList<(string Name, InterpolationMethod Method, InterpolationProfile Profile)> Ways { get; } =
    [
        ("robust", InterpolationMethod.Transport, InterpolationProfile.Robust),
        ("paper", InterpolationMethod.Transport, InterpolationProfile.Paper),
        ("sdf", InterpolationMethod.Sdf, InterpolationProfile.Robust),
        ("nearest", InterpolationMethod.Nearest, InterpolationProfile.Robust),
    ];

    public static void Run(string folder, TextWriter output)
    {
        output.WriteLine("| volume | kept | method | IoU per cell | IoU of foreground | AP 0.5 | AP 0.75 | volume error | surface distance |");
        output.WriteLine("|---|---|---|---|---|---|---|---|---|");
        var all = new List<(int Stride, string Way, bool Real, Quality Quality)>();
        foreach ((string name, bool real, LabelVolume truth) in Volumes(folder))
        {
            foreach (int stride in Strides.Where(stride => truth.Shape.Depth > stride))
            {
                foreach ((string way, InterpolationMethod method, InterpolationProfile profile) in Ways)
                {
                    var options = new InterpolationOptions { Anisotropy = stride, Method = method, Profile = profile, Threads = Environment.ProcessorCount };
                    Quality quality = Measure(truth, stride, options);
                    all.Add((stride, way, real, quality));
                    output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {stride} | {way} | {quality}"));
                }
            }
        }

        foreach (var mean in all.GroupBy(row => (row.Real, row.Stride, row.Way)).OrderBy(group => (!group.Key.Real, group.Key.Stride)))
        {
            Quality[] rows = [.. mean.Select(row => row.Quality)];
            var average = new Quality(
                rows.Average(q => q.PerCell), rows.Average(q => q.Foreground), rows.Average(q => q.Ap50), rows.Average(q => q.Ap75), rows.Average(q => q.VolumeError), rows.Average(q => q.SurfaceDistance));
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| **mean of {rows.Length} {(mean.Key.Real ? "real" : "synthetic")}** | {mean.Key.Stride} | {mean.Key.Way} | {average}"));
        }
    }

    /// <summary>The label volumes below a folder, and the synthetic ones.</summary>
    public static IEnumerable<(string Name, bool Real, LabelVolume Truth)> Volumes(string folder)
    {
        foreach (string path in Directory.EnumerateFiles(folder, "labels.tif", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            using TiffReader file = TiffReader.Open(path);
            yield return (Path.GetFileName(Path.GetDirectoryName(path))!, true, LabelVolume.From(file));
        }

        // Flat cells do not outlast the layers left out.
        foreach (CellFamily family in Enum.GetValues<CellFamily>().Where(family => family != CellFamily.Flat))
        {
            foreach (ulong seed in (ulong[])[1, 2])
            {
                // Cubic voxels: every stride is then a real anisotropy.
                var options = new SynthOptions { Family = family, Cells = 60, Shape = new VolumeShape(65, 128, 128), Anisotropy = 1, Seed = seed };
                yield return ($"{family.ToString().ToLowerInvariant()} {seed}", false, LabelVolume.From(new CellTruth(options)));
            }
        }
    }

    private static Quality Measure(LabelVolume truth, int stride, InterpolationOptions options)
    {
        LabelVolume sparse = EveryLayer(truth, stride);
        int kept = sparse.Shape.Depth;
        LabelVolume made = Interpolated(sparse, options);

        // Only layers that were left out count.
        var between = new VolumeShape((kept - 1) * (stride - 1), truth.Shape.Height, truth.Shape.Width);
        (LabelVolume expected, LabelVolume found) = (new(between), new(between));
        int layer = 0;
        for (int z = 0; z < (kept - 1) * stride; z++)
        {
            if (z % stride != 0)
            {
                truth.Layer(z).CopyTo(expected.Layer(layer));
                made.Layer(z).CopyTo(found.Layer(layer++));
            }
        }

        return Quality.Of(expected, found);
    }

    /// <summary>Every so many layers of a volume, the first among them.</summary>
    public static LabelVolume EveryLayer(LabelVolume volume, int stride)
    {
        var sparse = new LabelVolume(volume.Shape with { Depth = ((volume.Shape.Depth - 1) / stride) + 1 });
        for (int z = 0; z < sparse.Shape.Depth; z++)
        {
            volume.Layer(z * stride).CopyTo(sparse.Layer(z));
        }

        return sparse;
    }

    public static LabelVolume Interpolated(LabelVolume volume, InterpolationOptions options)
    {
        var made = new Kept();
        Interpolator.Interpolate(volume, made, options);
        return made.Volume!;
    }

    /// <summary>A volume in memory as it is made.</summary>
    internal sealed class Kept : ILayerSink
    {
        private int _z;

        public LabelVolume? Volume { get; private set; }

        public void Begin(VolumeShape shape, uint largestLabel, VoxelSize? voxelSize) => Volume = new LabelVolume(shape, voxelSize);

        public void Write(ReadOnlySpan<uint> layer) => layer.CopyTo(Volume!.Layer(_z++));
    }

    /// <summary>Scores over the layers that were left out. A cell that is not found there counts 0.</summary>
    private sealed record Quality(double PerCell, double Foreground, double Ap50, double Ap75, double VolumeError, double SurfaceDistance)
    {
        public static Quality Of(LabelVolume expected, LabelVolume found)
        {
            var overlap = InstanceOverlap.Measure(expected, found);
            var predicted = overlap.Predicted.ToArray().ToDictionary(cell => cell.Label, cell => cell.Voxels);
            var shared = new Dictionary<uint, long>();
            foreach (InstancePair pair in overlap.Pairs)
            {
                if (overlap.Truth[pair.Truth].Label == overlap.Predicted[pair.Predicted].Label)
                {
                    shared[overlap.Truth[pair.Truth].Label] = pair.Voxels;
                }
            }

            Instance[] cells = overlap.Truth.ToArray();
            (long both, long either) = (0, 0);
            for (int i = 0; i < expected.Voxels.Length; i++)
            {
                both += expected.Voxels[i] != 0 && found.Voxels[i] != 0 ? 1 : 0;
                either += expected.Voxels[i] != 0 || found.Voxels[i] != 0 ? 1 : 0;
            }

            SegmentationScores scores = SegmentationScores.Of(overlap);
            return new Quality(
                cells.Average(cell => IoU(cell)),
                both / (double)either,
                scores.At(0.5m).AveragePrecision,
                scores.At(0.75m).AveragePrecision,
                cells.Average(cell => Math.Abs(predicted.GetValueOrDefault(cell.Label) - cell.Voxels) / (double)cell.Voxels),
                Bench.SurfaceDistance.MeanOf(expected, found));

            double IoU(Instance cell)
            {
                long common = shared.GetValueOrDefault(cell.Label);
                return common / (double)(cell.Voxels + predicted.GetValueOrDefault(cell.Label) - common);
            }
        }

        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture, $"{PerCell:F4} | {Foreground:F4} | {Ap50:F3} | {Ap75:F3} | {VolumeError:F3} | {SurfaceDistance:F3} |");
    }
}
