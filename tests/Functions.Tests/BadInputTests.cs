using System.Text.Json;
using CellStitch.Core.IO;
using CellStitch.Core.Volumes;
using CellStitch.Functions.Jobs;
using CellStitch.Functions.Tests.App;
using CellStitch.Tests;

namespace CellStitch.Functions.Tests;

public sealed class BadInputTests
{
    /// <summary>Inspect, stitch, interpolate, publish, report: no activity of a job with bad input is tried again.</summary>
    private const int MostActivities = 5;

    [Fact]
    public async Task Corpus_DroppedAtOnce_EndsEachJobByItsFile()
    {
        string folder = SharedData.Data("tiff-corpus");
        string[] files = [.. Directory.GetFiles(folder, "*.tif").Order(StringComparer.Ordinal)];
        Assert.Equal(37, files.Length);
        var account = new TestAccount();
        await using AppProcess app = await AppProcess.StartAsync(account.Connection);
        await Task.WhenAll(files.Select(file => account.DropAsync(
            Path.GetFileNameWithoutExtension(file), ("xy.tif", File.ReadAllBytes(file)), ("job.json", """{ "files": ["xy.tif"] }"""u8.ToArray()))));

        int refused = 0;
        foreach (string file in files)
        {
            string job = Path.GetFileNameWithoutExtension(file);
            JobEnd end = await account.EndAsync(job, app);
            if (Fault(file) is { } fault)
            {
                refused++;
                Assert.Equal((FaultCode.Of(fault.Fault), fault.Message), end.Error);
                Assert.EndsWith(".", fault.Message, StringComparison.Ordinal);
                Schemas.AssertHolds("error", end.Json("error.json"));
                Assert.Single(end.Files);
                await app.StateAsync(job, "failed");
            }
            else
            {
                Masks.StitchFile(file).AssertEqualTo(end);
            }
        }

        Assert.Equal(Expected("must be rejected with clear error", folder) + 1, refused);
        Assert.All(
            (await account.HistoriesAsync()).Where(history => JobName.OfRun(history.InstanceId) is not null),
            run => Assert.InRange(run.Activities.Count(), 1, MostActivities));
        Assert.DoesNotContain(app.Lines, line => line.Contains("OutOfMemory", StringComparison.Ordinal));
    }

    // The fault that the file has as xy.tif, page by page; null when it is good.
    private static InvalidMaskException? Fault(string file)
    {
        DirectoryInfo scratch = Directory.CreateTempSubdirectory("cellstitch-corpus-");
        try
        {
            string copy = Path.Combine(scratch.FullName, "xy.tif");
            File.Copy(file, copy);
            TiffInfo.Check(copy, asLabels: true);
            return null;
        }
        catch (InvalidMaskException fault)
        {
            return fault;
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    private static int Expected(string what, string folder)
    {
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "manifest.json")));
        return manifest.RootElement.GetProperty("files").EnumerateArray().Count(file => file.GetProperty("expected").GetString() == what);
    }
}
