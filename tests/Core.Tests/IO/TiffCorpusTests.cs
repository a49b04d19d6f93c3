using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using CellStitch.Core.IO;
using CellStitch.Core.Volumes;
using CellStitch.Tests;

namespace CellStitch.Core.Tests.IO;

public class TiffCorpusTests
{
    // Generous: the slowest file takes milliseconds, and the guard is there for a reader that never ends.
    private const int HangMilliseconds = 60_000;
    private const long AllocationCeiling = 1L << 30;

    private static readonly string ManifestPath = Path.Combine(SharedData.DataRoot, "tiff-corpus", "manifest.json");

    public static TheoryData<string> Files()
    {
        // Without the corpus one case stays, which then skips with the reason.
        return File.Exists(ManifestPath)
            ? [.. Manifest().EnumerateArray().Select(file => file.GetProperty("file").GetString()!)]
            : [Path.GetFileName(ManifestPath)];
    }

    [Theory(Timeout = HangMilliseconds)]
    [MemberData(nameof(Files))]
    public async Task Corpus_EachFile_BehavesAsTheManifestSays(string file)
    {
        string path = SharedData.Data("tiff-corpus", file);
        JsonElement entry = Manifest().EnumerateArray().Single(candidate => candidate.GetProperty("file").GetString() == file);

        long before = GC.GetTotalAllocatedBytes(precise: true);
        await Task.Run(() => Check(entry, path), TestContext.Current.CancellationToken);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, AllocationCeiling);
    }

    [Fact]
    public void Corpus_Manifest_ListsAllFiles()
    {
        string folder = SharedData.Data("tiff-corpus");
        Assert.Equal(37, Files().Count);
        Assert.Equal(37, Directory.GetFiles(folder, "*.tif").Length);
    }

    private static void Check(JsonElement entry, string path)
    {
        switch (entry.GetProperty("expected").GetString())
        {
            case "valid label stack":
                CheckLabels(entry, path);
                break;
            case "valid raw stack":
                CheckRaw(entry, path);
                break;
            default:
                // The fault shows when the file is opened or when its pages are read, and never passes silently.
                InvalidMaskException refusal = Assert.Throws<InvalidMaskException>(() => TiffInfo.Check(path, asLabels: true));
                AssertOneSentence(refusal, path);
                break;
        }
    }

    private static void CheckLabels(JsonElement entry, string path)
    {
        using var reader = TiffReader.Open(path);
        var volume = LabelVolume.From(reader);

        Assert.Equal(Shape(entry), volume.Shape);
        using var index = new MemoryStream();
        reader.WriteIndex(index);
        index.Position = 0;
        using FileStream file = File.OpenRead(path);
        using var indexed = TiffReader.OpenIndexed(file, Path.GetFileName(path), index);
        Assert.Equivalent(reader.Info, indexed.Info, strict: true);
        Assert.Equal(volume.Voxels, LabelVolume.From(indexed).Voxels);
        Assert.Equal(entry.GetProperty("decoded_sha256_le_c_order").GetString(), Hash(volume.Voxels, entry.GetProperty("dtype").GetString()!));
    }

    private static void CheckRaw(JsonElement entry, string path)
    {
        TiffInfo info = TiffInfo.Check(path, asLabels: false);
        Assert.Equal(Shape(entry), info.Shape);
        Assert.Equal(entry.GetProperty("dtype").GetString(), info.PixelType);
        Assert.Null(info.DecodingFault);
        Assert.Equal(entry.GetProperty("decoded_sha256_le_c_order").GetString(), HashSamples(path));
    }

    private static string HashSamples(string path)
    {
        using TiffFile file = TiffFile.Open(path, TiffLimits.Default);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int z = 0; z < file.Pages.Count; z++)
        {
            byte[] samples = new byte[file.Pages[z].DecodedBytes];
            using TiffRows rows = file.OpenRows(z, 0);
            rows.ReadSamples(samples);
            hash.AppendData(samples);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Hash(ReadOnlySpan<uint> labels, string dtype)
    {
        ReadOnlySpan<byte> bytes = dtype switch
        {
            "uint8" => As<byte>(labels, label => (byte)label),
            "uint16" => As<ushort>(labels, label => (ushort)label),
            "int32" or "uint32" => As<uint>(labels, label => label),
            "float32" => As<float>(labels, label => label),
            _ => throw new InvalidOperationException($"The manifest has a new pixel type: {dtype}."),
        };
        return Convert.ToHexStringLower(SHA256.HashData(bytes));
    }

    private static ReadOnlySpan<byte> As<T>(ReadOnlySpan<uint> labels, Func<uint, T> convert)
        where T : struct
    {
        T[] converted = new T[labels.Length];
        for (int i = 0; i < labels.Length; i++)
        {
            converted[i] = convert(labels[i]);
        }

        return MemoryMarshal.AsBytes<T>(converted);
    }

    private static void AssertOneSentence(InvalidMaskException refusal, string path)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(refusal.Message);
        Assert.StartsWith(Path.GetFileName(path), refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    private static VolumeShape Shape(JsonElement entry)
    {
        int[] sizes = [.. entry.GetProperty("shape_zyx").EnumerateArray().Select(size => size.GetInt32())];
        return new VolumeShape(sizes[0], sizes[1], sizes[2]);
    }

    private static JsonElement Manifest() =>
        JsonDocument.Parse(File.ReadAllBytes(ManifestPath)).RootElement.GetProperty("files");
}
