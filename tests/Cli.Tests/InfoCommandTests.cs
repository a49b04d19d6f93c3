using System.Text.Json;
using CellStitch.Core.Tests.IO.Npy;
using CellStitch.Tests;

namespace CellStitch.Cli.Tests;

public sealed class InfoCommandTests(SmallVolume volume) : IDisposable
{
    private readonly Scratch _scratch = new();

    [Fact]
    public void Info_SoundFile_SaysWhatItHolds()
    {
        string output = Run.Done("info", volume.Truth).Output;

        Assert.Contains("10 × 48 × 40 (z × y × x) uint8", output);
        Assert.Contains("3 × 1 × 1 µm", output);
        Assert.Contains("deflate", output);
    }

    [Fact]
    public void Info_SegmentationOfCellpose_SaysWhatItHolds()
    {
        File.WriteAllBytes(_scratch["a_seg.npy"], HandmadeNpy.Segmentation(4, "u2", '<', [1, 2, 2], [0, 0, 1, 0, 0, 0, 2, 0]));
        File.WriteAllBytes(_scratch["b_seg.npy"], HandmadeNpy.Segmentation(4, "f4", '<', [1, 1], [0, 0, 0, 0x3f]));

        Assert.Contains("1 × 2 × 2 (z × y × x) uint16", Run.Done("info", _scratch["a_seg.npy"]).Output);
        Run bad = Run.Of("info", _scratch["b_seg.npy"]);
        Assert.Equal(ExitCode.BadInput, bad.Code);
        Assert.Contains("error: b_seg.npy, page 0: the pixel in row 0, column 0 is 0.5", bad.Error);
    }

    [Fact]
    public void Info_OneBadFileOfThree_DescribesTheOthersAndReturnsBadInput()
    {
        File.WriteAllText(_scratch["bad.tif"], "no TIFF");

        Run run = Run.Of("info", volume.Xy, _scratch["bad.tif"], volume.Xz);

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.StartsWith("error: bad.tif: ", run.Error);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
        Assert.Contains(volume.Xy, run.Output);
        Assert.Contains(volume.Xz, run.Output);
    }

    [Fact]
    public void Info_Cancelled_StopsAtOnce()
    {
        Run run = Run.Of(new StringWriter(), new CancellationToken(canceled: true), "info", volume.Xy, volume.Xz);

        Assert.Equal(ExitCode.Cancelled, run.Code);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void Info_EveryFileOfTheCorpus_IsUsableAsItsManifestSays()
    {
        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllText(SharedData.Data("tiff-corpus", "manifest.json")));
        Assert.All(manifest.RootElement.GetProperty("files").EnumerateArray(), entry =>
        {
            string path = SharedData.Data("tiff-corpus", entry.GetProperty("file").GetString()!);
            string expected = entry.GetProperty("expected").GetString()!;

            int code = Run.Of("info", path).Code;
            int asMasks = Run.Of("info", path, "--masks").Code;

            if (expected.StartsWith("must be rejected", StringComparison.Ordinal))
            {
                // Sound pixels that are no labels (lab_…), or several channels (raw_…), can still be described.
                bool sound = Path.GetFileName(path).StartsWith("lab_", StringComparison.Ordinal)
                    || Path.GetFileName(path).StartsWith("raw_", StringComparison.Ordinal);
                Assert.Equal(ExitCode.BadInput, asMasks);
                Assert.Equal(sound ? ExitCode.Done : ExitCode.BadInput, code);
            }
            else
            {
                Assert.Equal(ExitCode.Done, code);
                Assert.True(expected == "valid raw stack" || asMasks == ExitCode.Done);
            }
        });
    }

    public void Dispose() => _scratch.Dispose();
}
