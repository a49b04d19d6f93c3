using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using BitMiracle.LibTiff.Classic;
using CellStitch.Cli.Jobs;
using CellStitch.Cli.Local;
using CellStitch.Tests;

namespace CellStitch.Cli.Tests;

/// <summary>The commands against a host of their own, as a user runs them.</summary>
public sealed class HostCommandTests(SmallVolume volume, RawVolume stack, RunningHost host) : IClassFixture<RunningHost>, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Scratch _scratch = new();
    private readonly string _job = $"job{Guid.NewGuid():N}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Folder => Path.GetDirectoryName(volume.Xy)!;

    [Fact]
    public void Submit_Wait_GivesWhatStitchGives()
    {
        Run.Done("stitch", volume.Xy, "--xz", volume.Xz, "--yz", volume.Yz, "-o", _scratch["local.tif"]);

        string submitted = Run.Done("submit", Folder, "--job", _job, "--wait", "--data", host.Data).Output;
        string status = Run.Done("status", _job, "--data", host.Data).Output;
        Run.Done("fetch", _job, "-o", _scratch["results"], "--data", host.Data);

        Assert.Contains("completed", submitted);
        Assert.Contains("labels.tif", status);
        Assert.Equal(Scratch.Labels(_scratch["local.tif"]), Scratch.Labels(Path.Combine(_scratch["results"], "labels.tif")));
        using JsonDocument metrics = JsonDocument.Parse(File.ReadAllText(Path.Combine(_scratch["results"], "metrics.json")));
        Assert.Equal(JsonValueKind.Object, metrics.RootElement.GetProperty("evaluation").ValueKind);
    }

    [Fact]
    public void Submit_RawStack_GivesWhatRunGives()
    {
        Run.Done("run", stack.Raw, "-o", _scratch["local"], "--diameter", "24");
        string[] submit = ["submit", "--raw", stack.Raw, "--diameter", "24", "--job", _job];

        string dry = Run.Done([.. submit, "--dry-run"]).Output;
        Run.Done([.. submit, "--wait", "--data", host.Data]);
        Run.Done("fetch", _job, "-o", _scratch["results"], "--data", host.Data);

        Assert.Contains("made in the job", dry);
        Assert.Equal(File.ReadAllBytes(Path.Combine(_scratch["local"], "labels.tif")), File.ReadAllBytes(Path.Combine(_scratch["results"], "labels.tif")));
    }

    [Fact]
    public void Submit_RawStackOfSeveralChannels_IsRefusedWithTheirList()
    {
        string[] submit = ["submit", "--raw", SharedData.Data("tiff-corpus", "raw_imagej_2channels.tif"), "--job", _job, "--dry-run"];

        Run run = Run.Of(submit);

        Run.Done([.. submit, "--channel", "2"]);
        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains("the channels 1, 2", run.Error);
    }

    [Fact]
    public void Submit_ThroughTheApi_IsTheSame()
    {
        string[] app = ["--url", host.Record.Url.Replace("/api", "")];

        Run.Done(["submit", volume.Xy, volume.Xz, volume.Yz, "--job", _job, "--wait", .. app]);
        Run.Done(["fetch", _job, "-o", _scratch["results"], .. app]);

        Assert.True(File.Exists(Path.Combine(_scratch["results"], "cells.csv")));
    }

    [Fact]
    public void Submit_SameFilesAgain_IsUnchangedAndCanBeFetched()
    {
        string[] submit = ["submit", volume.Xy, "--job", _job, "--wait", "--data", host.Data];
        Run.Done(submit);

        Run again = Run.Done(submit);

        Assert.Contains("unchanged", again.Output);
        Run.Done("fetch", _job, "-o", _scratch["results"], "--data", host.Data);
    }

    [Fact]
    public void Submit_MasksThatAreNone_FailsWithTheSentenceEverywhere()
    {
        // The header allows labels; the pixels are none.
        WriteFractions(_scratch["xy.tif"]);

        Run submitted = Run.Of("submit", _scratch["xy.tif"], "--job", _job, "--wait", "--data", host.Data);
        Run status = Run.Of("status", _job, "--data", host.Data);
        Run json = Run.Of("status", _job, "--json", "--data", host.Data);
        Run fetched = Run.Of("fetch", _job, "-o", _scratch["results"], "--data", host.Data);

        string sentence = submitted.Error.TrimEnd().Split('\n')[^1];
        Assert.StartsWith($"error: {_job}: xy.tif, page 0: ", sentence);
        Assert.All([submitted, status, json, fetched], run => Assert.Equal(ExitCode.BadInput, run.Code));
        Assert.Equal(sentence, status.Error.TrimEnd());
        Assert.Equal(sentence, fetched.Error.TrimEnd());
        using JsonDocument answer = JsonDocument.Parse(json.Output);
        Assert.Equal("notLabels", answer.RootElement.GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public void Status_AllJobs_HasALineForEach()
    {
        Run.Done("submit", volume.Xy, "--job", _job, "--wait", "--data", host.Data);

        string output = Run.Done("status", "--data", host.Data).Output;

        Assert.Contains(output.Split('\n'), line => line.Contains(_job) && line.Contains("completed"));
    }

    [Fact]
    public void Status_UnknownJob_SaysSo()
    {
        Run run = Run.Of("status", "nobody", "--data", host.Data);

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains("no job named nobody", run.Error);
    }

    [Fact]
    public void Doctor_RunningHost_FindsAllInOrder()
    {
        string output = Run.Done("doctor", "--data", host.Data).Output;

        Assert.DoesNotContain("problem", output);
        Assert.Contains(output.Split('\n'), line => line.StartsWith("ok", StringComparison.Ordinal) && line.Contains(" API "));
        Assert.Contains(output.Split('\n'), line => line.StartsWith("ok", StringComparison.Ordinal) && line.Contains(" storage "));
    }

    [Fact]
    public void Host_FolderInUse_IsRefused()
    {
        IOException refusal = Assert.Throws<IOException>(() => HostProcess.Start(host.Data, Cancellation).Dispose());

        Assert.Contains("another 'cellstitch host'", refusal.Message);
        Assert.Contains("ok", Run.Done("doctor", "--data", host.Data).Output);
    }

    [Fact]
    public void Host_PortInUse_NamesIt()
    {
        int port = new Uri(host.Record.Url).Port;

        Run run = Run.Of("host", "--port", $"{port}", "--data", _scratch["other"]);

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains($"Port {port} is taken", run.Error);
    }

    [Fact]
    public void Host_KilledAndStartedAgain_StillHasItsJobsAndLeavesNoAzuriteBehind()
    {
        string data = _scratch["data"];
        int azurite;
        using (HostProcess first = HostProcess.Start(data, Cancellation))
        {
            Run.Done("submit", volume.Xy, "--job", _job, "--wait", "--data", data);
            azurite = DataFolder.ReadRecord(data)!.Azurite!.ProcessId;
            using var process = Process.GetProcessById(first.ProcessId);
            process.Kill();
            process.WaitForExit();
        }

        using HostProcess second = HostProcess.Start(data, Cancellation);

        Assert.Contains("completed", Run.Done("status", _job, "--data", data).Output);
        Assert.NotEqual(azurite, DataFolder.ReadRecord(data)!.Azurite!.ProcessId);
    }

    [Fact]
    public void Host_WithKey_ServesThoseWhoHaveIt()
    {
        string data = _scratch["data"];
        using var keyed = HostProcess.Start(data, Cancellation, ("EmbeddedHost__FunctionKey", "opensesame"));
        string url = DataFolder.ReadRecord(data)!.Url;

        Run.Done("status", "--data", data);
        Run.Done("status", "--url", url, "--key", "opensesame");
        Run without = Run.Of("status", "--url", url);
        Run wrong = Run.Of("status", "--url", url, "--key", "sesame");

        Assert.Contains("asks for a function key", without.Error);
        Assert.Contains("refuses this function key", wrong.Error);
        Assert.DoesNotContain("sesame", wrong.Error);
    }

    [Fact]
    public async Task Watch_JobThatAppears_IsFetchedAndCtrlCEndsIt()
    {
        using var interruption = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Directory.CreateDirectory(_scratch["in"]);
        var watch = Task.Run(
            () => Run.Of(new StringWriter(), interruption.Token, "watch", _scratch["in"], "-o", _scratch["out"], "--quiet", "0.5", "--data", host.Data),
            Cancellation);

        DropInto(Path.Combine(_scratch["in"], _job));
        Until(() => watch.IsCompleted || File.Exists(Path.Combine(_scratch["out"], _job, "manifest.json")));
        await interruption.CancelAsync();

        Run run = await watch;
        Assert.Equal(ExitCode.Cancelled, run.Code);
        Assert.Contains($"{_job}: completed", run.Output);
    }

    [Fact]
    public void Watch_StartedAgain_RepeatsNothing()
    {
        DropInto(Path.Combine(_scratch["in"], _job));
        DropInto(Path.Combine(_scratch["in"], $"{_job}-bad"));
        File.WriteAllText(Path.Combine(_scratch["in"], $"{_job}-bad", "xy.tif"), "no TIFF");
        File.WriteAllText(Path.Combine(_scratch["in"], $"{_job}-raw.tif"), "no TIFF");
        (WatchedFolder watched, Func<string> said) = Watch();
        Until(() =>
        {
            watched.Look(Cancellation);
            return File.Exists(Path.Combine(_scratch["out"], _job, "manifest.json"));
        });
        Assert.Contains($"error: {_job}-bad: xy.tif: ", said());
        Assert.Contains($"error: {_job}-raw: {_job}-raw.tif: ", said());

        (WatchedFolder again, Func<string> saidAgain) = Watch();
        again.Look(Cancellation);
        string nothing = saidAgain();
        File.SetLastWriteTimeUtc(Path.Combine(_scratch["in"], _job, "xy.tif"), DateTime.UnixEpoch);
        again.Look(Cancellation);

        Assert.Equal("", nothing);
        Assert.Contains($"{_job}: sent", saidAgain());
    }

    [Fact]
    public void Watch_Incomplete_SendsNothing()
    {
        DropInto(Path.Combine(_scratch["in"], _job));
        File.Delete(Path.Combine(_scratch["in"], _job, "yz.tif"));
        (WatchedFolder watched, Func<string> said) = Watch();

        watched.Look(Cancellation);

        Assert.Equal("", said());
    }

    [Fact]
    public void Watch_HostThatIsAway_WaitsForIt()
    {
        DropInto(Path.Combine(_scratch["in"], _job));
        Directory.CreateDirectory(_scratch["out"]);
        var output = new StringWriter();
        using var away = new JobsClient(new Uri($"http://127.0.0.1:{Ports.Free(1)[0]}"), null, "");
        var watched = new WatchedFolder(_scratch["in"], _scratch["out"], TimeSpan.Zero, away, away, new Terminal(output, output));

        watched.Look(Cancellation);
        watched.Look(Cancellation);

        Assert.Single(output.ToString().TrimEnd().Split('\n'), line => line.StartsWith("warning: Nobody answers", StringComparison.Ordinal));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_scratch["out"]));
    }

    public void Dispose() => _scratch.Dispose();

    private void DropInto(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (string path in new[] { volume.Xy, volume.Xz, volume.Yz })
        {
            File.Copy(path, Path.Combine(folder, Path.GetFileName(path)));
        }
    }

    private (WatchedFolder Folder, Func<string> Said) Watch()
    {
        var output = new StringWriter();
        var connection = Connection.OfLocalHost(host.Data);
        Directory.CreateDirectory(_scratch["out"]);
        return (
            new WatchedFolder(_scratch["in"], _scratch["out"], TimeSpan.Zero, connection.Api(), connection.Files(), new Terminal(output, output)),
            output.ToString);
    }

    private static void WriteFractions(string path)
    {
        const int Side = 4;
        using var file = Tiff.Open(path, "w");
        file.SetField(TiffTag.IMAGEWIDTH, Side);
        file.SetField(TiffTag.IMAGELENGTH, Side);
        file.SetField(TiffTag.ROWSPERSTRIP, Side);
        file.SetField(TiffTag.SAMPLESPERPIXEL, 1);
        file.SetField(TiffTag.BITSPERSAMPLE, 32);
        file.SetField(TiffTag.SAMPLEFORMAT, SampleFormat.IEEEFP);
        file.SetField(TiffTag.PHOTOMETRIC, Photometric.MINISBLACK);
        byte[] pixels = MemoryMarshal.AsBytes<float>(Enumerable.Repeat(0.5f, Side * Side).ToArray()).ToArray();
        file.WriteEncodedStrip(0, pixels, pixels.Length);
    }

    private static void Until(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < Patience, $"This did not happen within {Patience.TotalSeconds} s.");
            Cancellation.WaitHandle.WaitOne(50);
            Cancellation.ThrowIfCancellationRequested();
        }
    }
}
