using System.Text;
using System.Text.Json;
using BitMiracle.LibTiff.Classic;
using CellStitch.Core.Evaluation;
using CellStitch.Core.Interpolation;
using CellStitch.Core.IO;
using CellStitch.Core.Stitching;
using CellStitch.Core.Synthesis;
using CellStitch.Core.Tests.Stitching;
using CellStitch.Core.Volumes;
using CellStitch.Functions.Jobs;
using CellStitch.Tests;

namespace CellStitch.Functions.Tests.App;

/// <summary>What a job must give.</summary>
/// <param name="Labels">The label volume.</param>
/// <param name="Cells">cells.csv.</param>
/// <param name="Metrics">metrics.json.</param>
/// <param name="Isotropic">The isotropic volume; null when there is none.</param>
internal sealed record Expected(uint[] Labels, string Cells, string Metrics, LabelVolume? Isotropic)
{
    /// <summary>Fails with the first difference.</summary>
    public void AssertEqualTo(JobEnd end)
    {
        Assert.Null(end.Error);
        Assert.Equal(Labels, Masks.Read(end.Files["labels.tif"]).Voxels.ToArray());
        Assert.Equal(Cells, Encoding.UTF8.GetString(end.Files["cells.csv"]));
        Assert.Equal(Metrics, Encoding.UTF8.GetString(end.Files["metrics.json"]));
        LabelVolume? isotropic = end.Files.TryGetValue("labels_isotropic.tif", out byte[]? file) ? Masks.Read(file) : null;
        Assert.Equal((Isotropic?.Shape, Isotropic?.VoxelSize), (isotropic?.Shape, isotropic?.VoxelSize));
        Assert.Equal(Isotropic?.Voxels.ToArray(), isotropic?.Voxels.ToArray());
    }
}

/// <summary>The mask stacks of a job on the axes of the volume.</summary>
internal sealed record Masks(LabelVolume Xy, LabelVolume? Xz = null, LabelVolume? Yz = null)
{
    /// <summary>A golden case (tests/golden/README.md).</summary>
    public static Masks Golden(string name)
    {
        return new Masks(Stack("xy"), Stack("xz"), Stack("yz"));

        LabelVolume Stack(string what)
        {
            string path = Path.Combine(SharedData.RepositoryRoot, "tests", "golden", $"{name}_{what}.tif");
            return Read(File.ReadAllBytes(path), $"{what}.tif");
        }
    }

    /// <summary>Random stacks, about every sixth layer empty.</summary>
    public static Masks Random(int seed, VolumeShape shape, int labels = 20)
    {
        MaskStacks stacks = RandomStacks.Make(new Random(seed), shape.Depth, shape.Height, shape.Width, labels);
        return new Masks((LabelVolume)stacks.Xy, (LabelVolume)stacks.Xz!, (LabelVolume)stacks.Yz!);
    }

    /// <summary>Synthetic tissue with light noise, and its truth.</summary>
    public static (Masks Masks, LabelVolume Truth) Tissue(int cells, VolumeShape shape, ulong seed = 1)
    {
        var truth = new CellTruth(new SynthOptions { Cells = cells, Shape = shape, Anisotropy = 4, Seed = seed });
        LabelVolume Made(MaskProjection projection) =>
            SyntheticMasks.Make(truth, projection, MaskNoise.Light, seed, threads: 2, TestContext.Current.CancellationToken).Masks;
        return (new Masks(Made(MaskProjection.Xy), Made(MaskProjection.Xz), Made(MaskProjection.Yz)), LabelVolume.From(truth));
    }

    /// <summary>The masks as files.</summary>
    /// <param name="xz">How XZ is stored.</param>
    /// <param name="yz">How YZ is stored.</param>
    public IEnumerable<(string Name, byte[] Bytes)> Files(AxisOrder xz = AxisOrder.ZYX, AxisOrder yz = AxisOrder.ZYX)
    {
        yield return ("xy.tif", ToTiff(Xy));
        if (Xz is not null && Yz is not null)
        {
            yield return ("xz.tif", ToTiff(Stored(Xz, xz)));
            yield return ("yz.tif", ToTiff(Stored(Yz, yz)));
        }
    }

    /// <summary>What <see cref="Stitcher"/> and <see cref="Interpolator"/> make of the same files in memory.</summary>
    /// <param name="options">Of the stitching.</param>
    /// <param name="truth">The true cells.</param>
    /// <param name="interpolation">Of the job's options those of the interpolation.</param>
    public Expected Stitch(StitchOptions? options = null, LabelVolume? truth = null, JobOptions? interpolation = null) =>
        Stitch(Read(ToTiff(Xy)), [], options ?? new StitchOptions(), truth, interpolation ?? new JobOptions());

    /// <summary>The same for a file of XY masks from elsewhere, about which there may be more to say.</summary>
    public static Expected StitchFile(string path)
    {
        using TiffReader file = TiffReader.Open(path);
        var xy = LabelVolume.From(file);
        return new Masks(xy).Stitch(xy, file.Info.Warnings.Select(warning => $"xy.tif: {warning}"), new StitchOptions(), truth: null, new JobOptions());
    }

    private Expected Stitch(LabelVolume xy, IEnumerable<string> warnings, StitchOptions options, LabelVolume? truth, JobOptions interpolation)
    {
        var result = new InMemory();
        var measured = new CellTable(xy.Shape);
        StitchSummary summary = Stitcher.Stitch(new MaskStacks(xy, Xz, Yz), options, result, measured: measured);
        var cells = new StringWriter { NewLine = "\n" };
        measured.WriteCsv(cells, xy.VoxelSize, summary.Confidences);

        double? anisotropy = interpolation.Anisotropy ?? xy.VoxelSize?.Anisotropy;
        InterpolationChoice? choice = interpolation.Interpolate == false ? null : InterpolationChoice.Of(anisotropy, xy.Shape.Depth);
        var stated = StitchMetrics.Of(summary, measured, xy.VoxelSize, [.. warnings, .. Warnings(xy, choice?.WhyNot)]);
        StitchMetrics metrics = stated with
        {
            Anisotropy = anisotropy,
            AnisotropySource = interpolation.Anisotropy is null ? stated.AnisotropySource : "option",
            Evaluation = truth is null ? null : SegmentationScores.Of(InstanceOverlap.Measure(truth, result.Volume!, threads: 1)),
        };
        return new Expected(
            result.Volume!.Voxels.ToArray(),
            cells.ToString(),
            JsonSerializer.Serialize(metrics, MetricsJson.Default.StitchMetrics),
            choice?.Anisotropy is { } by ? Isotropic(result.Volume, by, options.Profile) : null);
    }

    /// <summary>A volume as a file.</summary>
    public static byte[] ToTiff(LabelVolume volume)
    {
        using var file = new MemoryStream();
        using (var writer = new TiffWriter(file))
        {
            writer.Begin(volume.Shape, volume.Voxels.ToArray().Max(), volume.VoxelSize);
            for (int z = 0; z < volume.Shape.Depth; z++)
            {
                writer.Write(volume.Layer(z));
            }
        }

        return file.ToArray();
    }

    /// <summary>A volume of labels below 256 as a file with strips of a few rows: our own writer makes them larger than a test needs its layers.</summary>
    public static byte[] TiffOfStrips(LabelVolume volume, int rows)
    {
        var file = new MemoryStream();
        using (var tiff = Tiff.ClientOpen("strips", "w", file, new TiffStream()))
        {
            for (int z = 0; z < volume.Shape.Depth; z++)
            {
                tiff.SetField(TiffTag.IMAGEWIDTH, volume.Shape.Width);
                tiff.SetField(TiffTag.IMAGELENGTH, volume.Shape.Height);
                tiff.SetField(TiffTag.BITSPERSAMPLE, 8);
                tiff.SetField(TiffTag.PHOTOMETRIC, Photometric.MINISBLACK);
                tiff.SetField(TiffTag.ROWSPERSTRIP, rows);
                for (int y = 0; y < volume.Shape.Height; y++)
                {
                    Span<uint> row = volume.Layer(z).Slice(y * volume.Shape.Width, volume.Shape.Width);
                    tiff.WriteScanline(Array.ConvertAll(row.ToArray(), label => (byte)label), y);
                }

                tiff.WriteDirectory();
            }
        }

        return file.ToArray();
    }

    /// <summary>A file as a volume.</summary>
    public static LabelVolume Read(byte[] tiff, string name = "labels.tif")
    {
        using var file = new MemoryStream(tiff);
        using TiffReader reader = TiffReader.Open(file, name);
        return LabelVolume.From(reader);
    }

    private static LabelVolume Isotropic(LabelVolume labels, double anisotropy, StitchProfile profile)
    {
        var isotropic = new InMemory();
        InterpolationProfile form = profile == StitchProfile.Paper ? InterpolationProfile.Paper : InterpolationProfile.Robust;
        Interpolator.Interpolate(labels, isotropic, new InterpolationOptions { Anisotropy = anisotropy, Profile = form });
        return isotropic.Volume!;
    }

    private IEnumerable<string> Warnings(LabelVolume xy, string? whyNotInterpolated)
    {
        if (xy.VoxelSize is null)
        {
            yield return MaskWarnings.NoVoxelSize("xy.tif");
        }

        if (Xz is null)
        {
            yield return MaskWarnings.NoVotes;
        }

        foreach ((string name, LabelVolume? volume) in new[] { ("xy.tif", Xy), ("xz.tif", Xz), ("yz.tif", Yz) })
        {
            if (volume is not null && volume.Voxels.ToArray().Max() == byte.MaxValue)
            {
                yield return $"{name}: has the label 255, the last one of 8 bits; cells beyond it may be missing. Save masks with 16 bits.";
            }
        }

        if (whyNotInterpolated is not null)
        {
            yield return whyNotInterpolated;
        }
    }

    private static LabelVolume Stored(LabelVolume masks, AxisOrder order)
    {
        var stored = new LabelVolume(order.FileShape(masks.Shape));
        for (int z = 0; z < masks.Shape.Depth; z++)
        {
            for (int y = 0; y < masks.Shape.Height; y++)
            {
                for (int x = 0; x < masks.Shape.Width; x++)
                {
                    // The order turns a voxel's (z, y, x) into its page, row and column as it does with sizes.
                    (int page, int row, int column) = order.FileShape(new VolumeShape(z, y, x));
                    stored[page, row, column] = masks[z, y, x];
                }
            }
        }

        return stored;
    }

    private sealed class InMemory : ILayerSink
    {
        private int _next;

        public LabelVolume? Volume { get; private set; }

        public void Begin(VolumeShape shape, uint largestLabel, VoxelSize? voxelSize) => Volume = new LabelVolume(shape, voxelSize);

        public void Write(ReadOnlySpan<uint> layer) => layer.CopyTo(Volume!.Layer(_next++));
    }
}
