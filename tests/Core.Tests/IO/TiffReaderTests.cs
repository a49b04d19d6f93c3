using System.Buffers.Binary;
using CellStitch.Core.IO;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.IO;

public class TiffReaderTests
{
    [Theory]
    [InlineData(400u)]
    [InlineData(70_000u)]
    public void Rows_AnyRange_EqualThoseOfTheWholePage(uint largest)
    {
        var volume = TestStacks.Blocks(new VolumeShape(2, 700, 300), largest);
        using var file = TestStacks.Write(volume, largest);
        using var reader = TiffReader.Open(file, "rows.tif");
        var random = new Random(5);

        for (int i = 0; i < 50; i++)
        {
            int first = random.Next(701);
            int count = random.Next(701 - first);
            uint[] rows = new uint[count * 300];
            using IRowReader from = reader.OpenRows(1, first);
            from.Read(rows.AsSpan(0, count / 2 * 300));
            from.Read(rows.AsSpan(count / 2 * 300));
            Assert.Equal(volume.Layer(1).Slice(first * 300, count * 300).ToArray(), rows);
        }
    }

    [Fact]
    public void Rows_BeyondTheLastRow_Throws()
    {
        using var file = TestStacks.Write(new LabelVolume(new VolumeShape(1, 4, 5)), 1);
        using var reader = TiffReader.Open(file, "rows.tif");
        using IRowReader rows = reader.OpenRows(0, 3);

        Assert.Throws<ArgumentException>(() => rows.Read(new uint[10]));
    }

    [Fact]
    public void Reader_FourThreads_ReadTheSameAsOne()
    {
        var volume = TestStacks.Blocks(new VolumeShape(12, 400, 500), 400);
        using var file = TestStacks.Write(volume, 400);
        using var reader = TiffReader.Open(file, "threads.tif");
        var read = new LabelVolume(volume.Shape);

        Parallel.For(0, 48, new ParallelOptions { MaxDegreeOfParallelism = 4 }, quarter =>
        {
            (int z, int part) = (quarter / 4, quarter % 4);
            using IRowReader rows = reader.OpenRows(z, part * 100);
            rows.Read(read.Layer(z).Slice(part * 50_000, 50_000));
        });

        Assert.Equal(volume.Voxels, read.Voxels);
    }

    [Fact]
    public void Reader_StreamWithShortReads_ReadsTheSameAndLeavesItOpen()
    {
        var volume = TestStacks.Blocks(new VolumeShape(3, 100, 120), 400);
        using var file = new ShortReads(TestStacks.Write(volume, 400).ToArray());
        using (var reader = TiffReader.Open(file, "short.tif"))
        {
            Assert.Equal(volume.Voxels, LabelVolume.From(reader).Voxels);
        }

        Assert.True(file.CanRead);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Reader_ByteOrderAndOffsetSize_DoNotMatter(bool bigEndian, bool bigTiff)
    {
        byte[] file = HandmadeTiff.Gray(2, 2, 16, bigEndian, bigTiff).Write(Shorts(bigEndian, 1, 2, 300, 0), Shorts(bigEndian, 0, 0, 65_535, 7));

        Assert.Equal([1, 2, 300, 0, 0, 0, 65_535, 7], Read(file));
    }

    [Fact]
    public void Reader_ImageJStackOfOneDirectory_HasAllPages()
    {
        HandmadeTiff tiff = HandmadeTiff.Gray(2, 2, 16, bigEndian: true).Description("ImageJ=1.53t\nimages=3\nslices=3\nunit=um\nspacing=2.5\n")
            .Rational(TiffTag.XResolution, 4, 1).Rational(TiffTag.YResolution, 2, 1).Short(TiffTag.ResolutionUnit, 1);
        byte[] first = tiff.Write(Shorts(true, 1, 2, 3, 4));
        byte[] file = [.. first, .. Shorts(true, 5, 6, 7, 8, 9, 10, 11, 12)];

        using var reader = TiffReader.Open(new MemoryStream(file), "imagej.tif");

        Assert.Equal(new VolumeShape(3, 2, 2), reader.Shape);
        Assert.Equal(new VoxelSize(2.5, 0.5, 0.25), reader.VoxelSize);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], LabelVolume.From(reader).Voxels.ToArray());
    }

    [Fact]
    public void Reader_ImageJStackOfOneDirectoryCutOff_Throws()
    {
        byte[] first = HandmadeTiff.Gray(2, 2, 16).Description("ImageJ=1.53t\nimages=3\nslices=3\n").Write(Shorts(false, 1, 2, 3, 4));

        Assert.Equal(MaskFault.UnreadableTiff, Refusal([.. first, .. Shorts(false, 5, 6, 7, 8)]).Fault);
    }

    [Fact]
    public void Reader_OffsetsAboveFourGib_ReadsBigTiffAndImageJ()
    {
        const long Far = 5L << 30;
        HandmadeTiff big = HandmadeTiff.Gray(1, 2, 16, bigTiff: true, start: Far);
        using var file = new SparseStream((0, big.Header(Far)), (Far, big.Write(Shorts(false, 9, 8))));
        using var reader = TiffReader.Open(file, "far.tif");
        Assert.Equal([9, 8], LabelVolume.From(reader).Voxels.ToArray());

        // 40,000 pages of 128 KiB follow one classic directory: the last lies at 4.9 GiB.
        byte[] start = HandmadeTiff.Gray(256, 256, 16).Description("ImageJ=1.53t\nimages=40000\nslices=40000\n").Write([[]]);
        using var imageJ = new SparseStream((0, start), (start.Length + (39_999L * 131_072), new byte[131_070]), (start.Length + (40_000L * 131_072) - 2, Shorts(false, 77)));
        using var stack = TiffReader.Open(imageJ, "stack.tif");
        uint[] row = new uint[256];
        using IRowReader rows = stack.OpenRows(39_999, 255);
        rows.Read(row);
        Assert.Equal(77u, row[255]);
    }

    [Fact]
    public void Reader_ThumbnailsOnly_SaysSo()
    {
        byte[] file = HandmadeTiff.Gray(1, 2, 8).Long(TiffTag.NewSubfileType, 1).Write([1, 2]);
        Assert.Equal(MaskFault.UnreadableTiff, Refusal(file).Fault);
        Assert.Contains("thumbnails", Refusal(file).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TiffTag.Photometric, 2, "photometric")]
    [InlineData(TiffTag.Photometric, 3, "palette")]
    [InlineData(TiffTag.Compression, 7, "JPEG")]
    [InlineData(TiffTag.Predictor, 2, "predictor")]
    [InlineData(TiffTag.BitsPerSample, 12, "bits")]
    [InlineData(TiffTag.SampleFormat, 5, "neither integers nor")]
    public void Reader_TagThatForbidsLabels_IsRefusedByName(ushort tag, int value, string named)
    {
        byte[] file = HandmadeTiff.Gray(1, 2, 8).Short(tag, value).Write([1, 2, 3, 4]);

        Assert.Contains(named, Refusal(file).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ImageJ=1.53t\nimages=2\nchannels=2\n", "2 channels")]
    [InlineData("ImageJ=1.53t\nimages=2\nframes=2\n", "2 time frames")]
    [InlineData("ImageJ=1.53t\nimages=4\nslices=4\n", "states 4")]
    [InlineData("ImageJ=1.53t\nimages=2\nslices=3\n", "2 pages")]
    [InlineData("{\"shape\": [2, 1, 2, 1, 2]}", "5 axes")]
    [InlineData("{\"shape\": [3, 1, 2]}", "states 3")]
    [InlineData("<OME><Image><Pixels SizeX='2' SizeY='1' SizeZ='1' SizeC='2' SizeT='1'/></Image></OME>", "2 channels")]
    [InlineData("<OME><Image><Pixels SizeX='2' SizeY='1' SizeZ='1' SizeC='1' SizeT='2'/></Image></OME>", "2 time frames")]
    [InlineData("<OME><Image><Pixels SizeX='2' SizeY='1' SizeZ='2' SizeC='1' SizeT='1'><TiffData FirstZ='0' IFD='1'/></Pixels></Image></OME>", "another order")]
    public void Reader_AxesThatAreNoStack_AreRefused(string description, string named)
    {
        byte[] file = HandmadeTiff.Gray(1, 2, 8).Description(description).Write([1, 2], [3, 4]);

        Assert.Contains(named, Refusal(file).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reader_XmlWithADtd_IsPassedOverWithAWarning()
    {
        const string Bomb = "<!DOCTYPE OME [<!ENTITY a 'aaaaaaaaaa'>]><OME>&a;<Image><Pixels SizeZ='9'/></Image></OME>";
        byte[] file = HandmadeTiff.Gray(1, 2, 8).Description(Bomb).Write([1, 2], [3, 4]);
        using var reader = TiffReader.Open(new MemoryStream(file), "dtd.tif");

        Assert.Equal(2, reader.Shape.Depth);
        Assert.Contains("OME-XML", Assert.Single(reader.Info.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nm", 250)]
    [InlineData("mm", 0.00025)]
    [InlineData("µm", 0.25)]
    public void Reader_OmeUnits_BecomeMicrometres(string unit, double length)
    {
        string xml = FormattableString.Invariant(
            $"<OME><Image><Pixels SizeZ='2' PhysicalSizeX='{length}' PhysicalSizeXUnit='{unit}' PhysicalSizeY='0.5' PhysicalSizeZ='2'/></Image></OME>");
        byte[] file = HandmadeTiff.Gray(1, 2, 8).Description(xml).Write([1, 2], [3, 4]);
        TiffInfo info = TiffInfo.Read(new MemoryStream(file), "ome.tif");

        Assert.Equal(0.25, info.VoxelSize!.Value.XUm, 12);
        Assert.Equal((2, 0.5), (info.VoxelSize.Value.ZUm, info.VoxelSize.Value.YUm));
    }

    [Fact]
    public void Reader_ResolutionTagsAlone_StateNoZ()
    {
        byte[] file = HandmadeTiff.Gray(1, 2, 8).Rational(TiffTag.XResolution, 20_000, 1).Rational(TiffTag.YResolution, 40_000, 1)
            .Short(TiffTag.ResolutionUnit, 3).Write([1, 2]);
        TiffInfo info = TiffInfo.Read(new MemoryStream(file), "cm.tif");

        Assert.Null(info.VoxelSize);
        Assert.Equal((null, 0.25, 0.5), info.SpacingUm);
        Assert.Equal(VoxelSizeSource.ResolutionTags, info.SpacingSource);
    }

    [Fact]
    public void Reader_PlanesOfThreeSamples_AreRefusedWithTheHint()
    {
        byte[] file = HandmadeTiff.Gray(1, 2, 8).Short(TiffTag.SamplesPerPixel, 3).Short(TiffTag.PlanarConfiguration, 2)
            .Long(TiffTag.StripOffsets, 8, 9, 10).Long(TiffTag.StripByteCounts, 2, 2, 2).Write([[]]);

        Assert.Contains("photometric='minisblack'", Refusal(file).Message, StringComparison.Ordinal);
        TiffInfo info = TiffInfo.Read(new MemoryStream(file), "planar.tif");
        Assert.Equal(3, info.Channels);
        Assert.Null(info.DecodingFault);
    }

    [Fact]
    public void Reader_PaletteOfImageJ_IsADisplayTable()
    {
        byte[] file = HandmadeTiff.Gray(1, 2, 8).Short(TiffTag.Photometric, 3).Description("ImageJ=1.53t\n").Write([200, 3]);

        Assert.Equal([200, 3], Read(file));
    }

    [Fact]
    public void Reader_PixelsAboveTheLimit_AreRefusedBeforeAnyAllocation()
    {
        byte[] file = HandmadeTiff.Gray(1000, 1000, 8).Write([[]]);

        var refusal = Assert.Throws<InvalidMaskException>(
            () => TiffReader.Open(new MemoryStream(file), "large.tif", new TiffLimits { PagePixels = 999_999 }));
        Assert.Equal(MaskFault.TooLarge, refusal.Fault);
    }

    [Theory]
    [InlineData(TiffSampleFormat.SignedInteger, 8, -1)]
    [InlineData(TiffSampleFormat.SignedInteger, 16, -300)]
    [InlineData(TiffSampleFormat.SignedInteger, 32, -70_000)]
    [InlineData(TiffSampleFormat.SignedInteger, 64, -1)]
    [InlineData(TiffSampleFormat.FloatingPoint, 32, -1)]
    [InlineData(TiffSampleFormat.FloatingPoint, 32, 0.5)]
    [InlineData(TiffSampleFormat.FloatingPoint, 32, double.NaN)]
    [InlineData(TiffSampleFormat.FloatingPoint, 32, 16_777_218)]
    [InlineData(TiffSampleFormat.FloatingPoint, 64, 4_294_967_296)]
    [InlineData(TiffSampleFormat.FloatingPoint, 64, double.PositiveInfinity)]
    public void Reader_PixelThatIsNoLabel_IsRefusedWithItsPlace(TiffSampleFormat format, int bits, double value)
    {
        // 45 columns: the vector loop and the loop for the rest both run.
        byte[] row = new byte[45 * bits / 8];
        Sample(row.AsSpan(40 * bits / 8), format, bits, value);
        byte[] file = HandmadeTiff.Gray(1, 45, bits).Short(TiffTag.SampleFormat, (int)format).Write(new byte[row.Length], row);

        using var reader = TiffReader.Open(new MemoryStream(file), "bad.tif");
        var refusal = Assert.Throws<InvalidMaskException>(() => LabelVolume.From(reader));
        Assert.Equal((MaskFault.NotLabels, 1), (refusal.Fault, refusal.Page));
        Assert.Contains("row 0, column 40", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TiffSampleFormat.SignedInteger, 8, 127)]
    [InlineData(TiffSampleFormat.SignedInteger, 16, 32_767)]
    [InlineData(TiffSampleFormat.UnsignedInteger, 64, 4_294_967_295)]
    [InlineData(TiffSampleFormat.FloatingPoint, 32, 16_777_216)]
    [InlineData(TiffSampleFormat.FloatingPoint, 64, 4_294_967_295)]
    public void Reader_LargestLabelOfEachType_IsExact(TiffSampleFormat format, int bits, double value)
    {
        byte[] row = new byte[45 * bits / 8];
        Sample(row.AsSpan(3 * bits / 8), format, bits, value);
        Sample(row.AsSpan(44 * bits / 8), format, bits, value);
        uint[] read = Read(HandmadeTiff.Gray(1, 45, bits).Short(TiffTag.SampleFormat, (int)format).Write(row));

        Assert.Equal(((uint)value, (uint)value, 0u), (read[3], read[44], read[4]));
    }

    [Fact]
    public void Reader_DamagedDeflate_IsRefusedEvenInTheChecksum()
    {
        var volume = TestStacks.Blocks(new VolumeShape(1, 50, 60), 400);
        byte[] file = TestStacks.Write(volume, 400).ToArray();
        using var intact = TiffFile.Open(new MemoryStream(file), "intact.tif", TiffLimits.Default);
        (long[] offsets, long[] lengths) = intact.Pages[0].Chunks(intact.Bytes);

        file[offsets[0] + lengths[0] - 1] ^= 1;
        using var reader = TiffReader.Open(new MemoryStream(file), "damaged.tif");
        Assert.Throws<InvalidMaskException>(() => LabelVolume.From(reader));
    }

    [Fact]
    public void Reader_ChecksumThatInflateHasNotReachedYet_IsCheckedToo()
    {
        // Inflate takes 8192 bytes at a time: after the last pixel two bytes of the checksum are still to come.
        const int InflateStep = 8192;
        int width = InflateStep;
        byte[] strip = Stored(width);
        while (strip.Length != InflateStep + 2)
        {
            strip = Stored(--width);
        }

        strip[^1] ^= 1;
        byte[] file = HandmadeTiff.Gray(1, width, 8).Short(TiffTag.Compression, TiffCompression.Deflate).Write(strip);
        Assert.Throws<InvalidMaskException>(() => Read(file));

        static byte[] Stored(int bytes) =>
            EncodedPage.Compress(new byte[bytes], new System.IO.Compression.ZLibCompressionOptions { CompressionLevel = 0 });
    }

    [Fact]
    public void Reader_MissingFile_SaysSo()
    {
        var refusal = Assert.Throws<InvalidMaskException>(() => TiffReader.Open("nowhere.tif"));

        Assert.Equal(MaskFault.MissingFile, refusal.Fault);
    }

    private static void Sample(Span<byte> at, TiffSampleFormat format, int bits, double value)
    {
        switch (format, bits)
        {
            case (TiffSampleFormat.FloatingPoint, 32):
                BinaryPrimitives.WriteSingleLittleEndian(at, (float)value);
                break;
            case (TiffSampleFormat.FloatingPoint, _):
                BinaryPrimitives.WriteDoubleLittleEndian(at, value);
                break;
            default:
                byte[] all = BitConverter.GetBytes((long)value);
                all.AsSpan(0, bits / 8).CopyTo(at);
                break;
        }
    }

    private static byte[] Shorts(bool bigEndian, params int[] values)
    {
        byte[] bytes = new byte[values.Length * 2];
        var writer = new TiffNumbers(bytes, bigEndian);
        foreach (int value in values)
        {
            writer.Short((ushort)value);
        }

        return bytes;
    }

    private static uint[] Read(byte[] file)
    {
        using var reader = TiffReader.Open(new MemoryStream(file), "handmade.tif");
        return LabelVolume.From(reader).Voxels.ToArray();
    }

    private static InvalidMaskException Refusal(byte[] file) =>
        Assert.Throws<InvalidMaskException>(() => TiffReader.Open(new MemoryStream(file), "handmade.tif"));
}
