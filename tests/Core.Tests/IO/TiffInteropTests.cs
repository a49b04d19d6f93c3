using System.Diagnostics;
using System.Globalization;
using CellStitch.Core.IO;
using CellStitch.Core.Volumes;
using CellStitch.Tests;

namespace CellStitch.Core.Tests.IO;

/// <summary>Files go to libtiff's tools and to tifffile and come back (Debian packages libtiff-tools and python3-tifffile).</summary>
public sealed class TiffInteropTests : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private static readonly Lazy<bool> HasTifffile = new(() => Start(Python, ["-c", "import tifffile"]).ExitCode == 0);

    private readonly string _folder = Directory.CreateTempSubdirectory("cellstitch-tiff-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Tiffinfo_OurFile_ReadsEveryStrip()
    {
        string path = Written(400, out _);
        string report = Run("tiffinfo", "-D", "-s", path);

        Assert.Equal(5, report.Split("=== TIFF directory").Length - 1);
        Assert.Contains("Bits/Sample: 16", report, StringComparison.Ordinal);
        Assert.DoesNotContain("Error", report, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("-c", "lzw")]
    [InlineData("-c", "lzw:2")]
    [InlineData("-c", "packbits")]
    [InlineData("-c", "zip:2")]
    [InlineData("-c", "zip", "-r", "17")]
    [InlineData("-c", "none", "-t", "-w", "64", "-l", "32")]
    [InlineData("-c", "lzw:2", "-t", "-w", "128", "-l", "16")]
    [InlineData("-c", "zip", "-B", "-t", "-w", "48", "-l", "48")]
    [InlineData("-c", "zip:2", "-B")]
    [InlineData("-c", "lzw:2", "-8", "-B")]
    public void Tiffcp_AnyEncoding_KeepsLabelsAndRowRanges(params string[] encoding)
    {
        foreach (uint largest in new uint[] { 200, 400, 70_000 })
        {
            string path = Written(largest, out LabelVolume volume);
            string copy = Path.Combine(_folder, "copy.tif");
            Run("tiffcp", [.. encoding, path, copy]);

            using var reader = TiffReader.Open(copy);
            Assert.Equal(volume.Voxels, LabelVolume.From(reader).Voxels);
            uint[] rows = new uint[40 * volume.Shape.Width];
            using IRowReader from = reader.OpenRows(2, 55);
            from.Read(rows);
            Assert.Equal(volume.Layer(2).Slice(55 * volume.Shape.Width, rows.Length).ToArray(), rows);
        }
    }

    [Theory]
    [InlineData(200u, "uint8")]
    [InlineData(400u, "uint16")]
    [InlineData(4_000_000_000u, "uint32")]
    public void Tifffile_OurFile_HasLabelsAxesAndVoxelSizeTwice(uint largest, string dtype)
    {
        string path = Written(largest, out LabelVolume volume);
        const string Script = """
            import sys, tifffile
            with tifffile.TiffFile(sys.argv[1]) as tif:
                labels = tif.asarray()
                print(labels.dtype, labels.shape, tif.series[0].axes, int(labels.astype('uint64').sum()))
                print(tif.is_ome, 'PhysicalSizeZ="1.5"' in tif.ome_metadata, tif.imagej_metadata['spacing'], tif.imagej_metadata['slices'])
            """;
        ulong sum = 0;
        foreach (uint label in volume.Voxels)
        {
            sum += label;
        }

        Assert.Equal(
            FormattableString.Invariant($"{dtype} (5, 150, 200) ZYX {sum}\nTrue True 1.5 5\n"),
            Tifffile(Script, path));
    }

    [Theory]
    [InlineData("imagej=True, metadata={'axes': 'ZYX', 'spacing': 1.5, 'unit': 'um'}, resolution=(4, 4)", 1.5)]
    [InlineData("ome=True, metadata={'axes': 'ZYX', 'PhysicalSizeX': 0.25, 'PhysicalSizeY': 0.25, 'PhysicalSizeZ': 1.5}", 1.5)]
    [InlineData("compression='zlib', tile=(64, 32)", null)]
    [InlineData("bigtiff=True, byteorder='>', compression='zlib', predictor=True", null)]
    [InlineData("metadata={'axes': 'ZYX', 'truncate': True}", null)]
    [InlineData("imagej=True, metadata={'axes': 'ZYX', 'truncate': True}", null)]
    public void Tifffile_ItsFile_ReadsEqual(string options, double? spacingUm)
    {
        string path = Written(400, out LabelVolume volume);
        string written = Path.Combine(_folder, "tifffile.tif");
        Tifffile($"import sys, tifffile\ntifffile.imwrite(sys.argv[2], tifffile.imread(sys.argv[1]), photometric='minisblack', {options})", path, written);

        using var reader = TiffReader.Open(written);
        Assert.Equal(volume.Voxels, LabelVolume.From(reader).Voxels);
        Assert.Equal(spacingUm, reader.VoxelSize?.ZUm);
        Assert.Equal(spacingUm is null ? null : 0.25, reader.VoxelSize?.XUm);
    }

    [Fact]
    public void Tifffile_LeadingAxisOfThree_IsRefusedAsChannels()
    {
        string written = Path.Combine(_folder, "three.tif");
        Tifffile("import sys, tifffile, numpy\ntifffile.imwrite(sys.argv[1], numpy.ones((3, 20, 30), 'uint8'))", written);

        var refusal = Assert.Throws<InvalidMaskException>(() => TiffReader.Open(written));
        Assert.Contains("minisblack", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(3, TiffInfo.Check(written, asLabels: false, cancellation: TestContext.Current.CancellationToken).Channels);
    }

    [Fact]
    public void Tifffile_ThumbnailAmongThePages_IsPassedOver()
    {
        string written = Path.Combine(_folder, "thumbnail.tif");
        const string Script = """
            import sys, tifffile, numpy
            with tifffile.TiffWriter(sys.argv[1]) as tif:
                tif.write(numpy.full((20, 30), 1, 'uint8'), metadata=None)
                tif.write(numpy.full((10, 15), 9, 'uint8'), metadata=None, subfiletype=1)
                tif.write(numpy.full((20, 30), 2, 'uint8'), metadata=None)
            """;
        Tifffile(Script, written);
        using var reader = TiffReader.Open(written);

        Assert.Equal(new VolumeShape(2, 20, 30), reader.Shape);
        Assert.Equal(2u, LabelVolume.From(reader)[1, 0, 0]);
        Assert.Contains("1 thumbnails", Assert.Single(reader.Info.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("labels.astype('int16')[None, :, None, :, :, None], imagej=True")]
    [InlineData("labels.astype('uint16'), compression='zlib'")]
    [InlineData("labels.astype('int32')")]
    [InlineData("labels.astype('float32')[..., None]")]
    [InlineData("labels.astype('int64')[..., None]")]
    public void Tifffile_MasksAsStarDistAndMesmerSaveThem_AreRead(string written)
    {
        string path = Written(400, out LabelVolume volume);
        string masks = Path.Combine(_folder, "masks.tif");
        Tifffile($"import sys, tifffile\nlabels = tifffile.imread(sys.argv[1])\ntifffile.imwrite(sys.argv[2], {written})", path, masks);

        using var reader = TiffReader.Open(masks);
        Assert.Equal(volume.Voxels, LabelVolume.From(reader).Voxels);
    }

    [Theory]
    [InlineData("numpy.stack([labels, labels], -1).astype('float32')", "4 axes (5 × 150 × 200 × 2); expected a stack (z, y, x)")]
    [InlineData("numpy.stack([labels, labels], -1).astype('float32'), photometric='minisblack', planarconfig='contig'", "2 samples per pixel (several channels)")]
    public void Tifffile_BothCompartmentsOfMesmer_AreRefused(string written, string sentence)
    {
        string path = Written(400, out _);
        string masks = Path.Combine(_folder, "masks.tif");
        Tifffile($"import sys, tifffile, numpy\nlabels = tifffile.imread(sys.argv[1])\ntifffile.imwrite(sys.argv[2], {written})", path, masks);

        Assert.Contains(sentence, Assert.Throws<InvalidMaskException>(() => TiffReader.Open(masks)).Message, StringComparison.Ordinal);
    }

    private string Written(uint largest, out LabelVolume volume)
    {
        string path = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{largest}.tif"));
        volume = TestStacks.Blocks(new VolumeShape(5, 150, 200), largest, new VoxelSize(1.5, 0.25, 0.25));
        using var writer = TiffWriter.Create(path);
        TestStacks.Pour(volume, writer, largest);
        return path;
    }

    private static string Tifffile(string script, params string[] arguments)
    {
        if (!HasTifffile.Value)
        {
            SharedData.SkipOrFail("python3-tifffile is not installed");
        }

        return Run(Python, ["-c", script, .. arguments]);
    }

    private static string Run(string tool, params string[] arguments)
    {
        (int exitCode, string output, string errors) = Start(tool, arguments);
        Assert.True(exitCode == 0, $"{tool} ends with {exitCode}: {errors}");
        return output;
    }

    private static (int ExitCode, string Output, string Errors) Start(string tool, string[] arguments)
    {
        bool there = Path.IsPathRooted(tool)
            ? File.Exists(tool)
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, tool)));
        if (!there)
        {
            SharedData.SkipOrFail($"{tool} is not installed (Debian packages libtiff-tools, python3-tifffile)");
        }

        using var process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.GetAwaiter().GetResult());
    }
}
