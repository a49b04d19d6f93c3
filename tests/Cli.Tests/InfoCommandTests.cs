using System.Text.Json;
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
