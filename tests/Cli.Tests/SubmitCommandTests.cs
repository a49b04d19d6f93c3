using System.Text.Json;
using CellStitch.Cli.Tests.Jobs;
using CellStitch.Core.Volumes;

namespace CellStitch.Cli.Tests;

public sealed class SubmitCommandTests(SmallVolume volume, LocalStorage storage) : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly string _job = $"job{Guid.NewGuid():N}";

    [Fact]
    public void Submit_Folder_DropsWhatBelongsToTheJobAndSaysSoInItsOptions()
    {
        Run.Done("submit", Path.GetDirectoryName(volume.Xy)!, "--job", _job, "--reject", "0.3", "--anisotropy", "3.5", "--interpolate", "off", "--repair", "off", "--drop", "on", "--max-gap", "2", "--storage", storage.Connection);

        Assert.Equal(File.ReadAllBytes(volume.Xz), storage.Dropped(_job, "xz.tif").ToArray());
        using JsonDocument options = JsonDocument.Parse(storage.Dropped(_job, "job.json"));
        Assert.Equal(["xy.tif", "xz.tif", "yz.tif", "truth.tif"], options.RootElement.GetProperty("files").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(0.3, options.RootElement.GetProperty("rejectionThreshold").GetDouble());
        Assert.Equal((3.5, false), (options.RootElement.GetProperty("anisotropy").GetDouble(), options.RootElement.GetProperty("interpolate").GetBoolean()));
        Assert.Equal((false, true), (options.RootElement.GetProperty("repair").GetBoolean(), options.RootElement.GetProperty("dropFragments").GetBoolean()));
        Assert.Equal(2, options.RootElement.GetProperty("maximumGap").GetInt32());
        Assert.False(options.RootElement.TryGetProperty("minimumVolume", out _), "An option that is not given is left to the app.");
    }

    [Fact]
    public void Submit_JobJsonAndOptions_OptionsComeFirst()
    {
        File.Copy(volume.Xy, _scratch["xy.tif"]);
        File.WriteAllText(_scratch["job.json"], """{ "rejectionThreshold": 0.4, "minimumVolume": 9 }""");

        Run.Done("submit", _scratch["xy.tif"], _scratch["job.json"], "--job", _job, "--reject", "0.1", "--storage", storage.Connection);

        using JsonDocument options = JsonDocument.Parse(storage.Dropped(_job, "job.json"));
        Assert.Equal(0.1, options.RootElement.GetProperty("rejectionThreshold").GetDouble());
        Assert.Equal(9, options.RootElement.GetProperty("minimumVolume").GetInt32());
    }

    [Fact]
    public void Submit_UnknownOptionInJobJson_NamesIt()
    {
        File.WriteAllText(_scratch["job.json"], """{ "rejection": 0.4 }""");

        Run run = Run.Of("submit", volume.Xy, _scratch["job.json"], "--job", _job, "--dry-run");

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.StartsWith("error: job.json: unknown option \"rejection\"", run.Error);
    }

    [Fact]
    public void DryRun_SoundJob_PredictsAndSendsNothing()
    {
        string output = Run.Done("submit", Path.GetDirectoryName(volume.Xy)!, "--job", _job, "--dry-run").Output;

        Assert.Contains("10 × 48 × 40 (z × y × x)", output);
        Assert.Contains("time", output);
        Assert.Contains("memory", output);
    }

    [Fact]
    public void DryRun_ProjectionOfAnotherShape_IsRefusedAsByStitch()
    {
        string other = _scratch.Write("xz.tif", new LabelVolume(new VolumeShape(10, 48, 41), new uint[10 * 48 * 41]));
        string[] files = ["--xz", other, "--yz", volume.Yz];

        Run submitted = Run.Of(["submit", volume.Xy, .. files, "--job", _job, "--dry-run"]);
        Run stitched = Run.Of(["stitch", volume.Xy, .. files, "-o", _scratch["labels.tif"]]);

        Assert.Equal(ExitCode.BadInput, submitted.Code);
        Assert.Equal(stitched.Error, submitted.Error);
    }

    [Fact]
    public void DryRun_TruthAlone_SaysWhatIsMissing()
    {
        Run run = Run.Of("submit", "--truth", volume.Xy, "--job", _job, "--dry-run");

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Equal("error: xy.tif: is missing; a job needs XY masks or a raw stack.", run.Error.TrimEnd());
    }

    [Fact]
    public void DryRun_OneProjection_AsksForTheOther()
    {
        Run run = Run.Of("submit", volume.Xy, volume.Yz, "--job", _job, "--dry-run");

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.StartsWith("error: xz.tif: is missing", run.Error);
    }

    [Fact]
    public void DryRun_NoTiff_IsRefusedAsByInfo()
    {
        File.WriteAllText(_scratch["xy.tif"], "no TIFF");

        Run submitted = Run.Of("submit", _scratch["xy.tif"], "--job", _job, "--dry-run");

        Assert.Equal(Run.Of("info", _scratch["xy.tif"]).Error, submitted.Error);
    }

    [Fact]
    public void Submit_NobodyListens_SaysHowToStartAHost()
    {
        Run run = Run.Of("submit", volume.Xy, "--job", _job, "--data", _scratch["nowhere"]);

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains("cellstitch host", run.Error);
    }

    public void Dispose() => _scratch.Dispose();
}
