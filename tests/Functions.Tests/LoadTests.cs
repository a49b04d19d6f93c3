using System.Text;
using CellStitch.Functions.Tests.App;

namespace CellStitch.Functions.Tests;

public sealed class LoadTests
{
    // The app idles at about 120 MB; 50 jobs at once add what four activities and the histories need.
    private const long MostBytes = 1L << 30;

    [Fact]
    public async Task FiftyJobs_DroppedAtOnce_AllFinishRight()
    {
        string[] golden = ["small_tissue_1", "small_tissue_2", "small_stacked", "small_ellipsoids", "adv_split"];
        Expected[] expected = [.. golden.Select(name => Masks.Golden(name).Stitch())];
        var account = new TestAccount();
        await using AppProcess app = await AppProcess.StartAsync(account.Connection);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(job =>
        {
            // Every fifth in blocks.
            string blocks = job / golden.Length % 5 == 0 ? """, "blockVoxels": 20000""" : "";
            byte[] options = Encoding.UTF8.GetBytes($$"""{ "files": ["xy.tif", "xz.tif", "yz.tif"]{{blocks}} }""");
            return account.DropAsync($"load{job}", [.. Masks.Golden(golden[job % golden.Length]).Files(), ("job.json", options)]);
        }));

        for (int job = 0; job < 50; job++)
        {
            expected[job % golden.Length].AssertEqualTo(await account.EndAsync($"load{job}", app));
        }

        if (OperatingSystem.IsLinux())
        {
            Assert.InRange(app.PeakMemory, 1, MostBytes);
            TestContext.Current.TestOutputHelper?.WriteLine($"Peak memory {app.PeakMemory / 1e6:0} MB.");
        }
    }
}
