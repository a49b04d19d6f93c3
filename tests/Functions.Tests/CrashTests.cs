using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CellStitch.Core.Volumes;
using CellStitch.EmbeddedHost.Engine;
using CellStitch.Functions.Jobs;
using CellStitch.Functions.Tests.App;

namespace CellStitch.Functions.Tests;

/// <summary>The process ends at any moment; a new one goes on. (Azurite itself is never killed: it loses what it has acknowledged.)</summary>
public sealed partial class CrashTests
{
    private const int Kills = 24;

    [Fact]
    public async Task Kill_AtRandomMoments_ChangesNoResultAndRepeatsNoRecordedActivity()
    {
        var account = new TestAccount();
        var random = new Random(20);
        var jobs = new Dictionary<string, Masks>();
        var logs = new List<string[]>();
        for (int kill = 0; kill < Kills; kill++)
        {
            await using AppProcess app = kill % 4 == 3 ? AppProcess.Launch(account.Connection) : await AppProcess.StartAsync(account.Connection);
            if (jobs.Count == 0 || await account.ReadAsync(jobs.Last().Key, "manifest.json") is not null)
            {
                await DropNextAsync();
            }

            // Of a process that was just launched the start-up is hit, of a ready one the work.
            await Task.Delay(random.Next(50, 1500), TestContext.Current.CancellationToken);
            await app.KillAsync();
            logs.Add([.. app.Lines]);
        }

        await using (AppProcess last = await AppProcess.StartAsync(account.Connection))
        {
            foreach ((string job, Masks masks) in jobs)
            {
                masks.Stitch(interpolation: new JobOptions { Anisotropy = 2 }).AssertEqualTo(await account.EndAsync(job, last));
                await last.StateAsync(job, "completed");
            }

            Assert.Equal(0, await last.StopAsync());
            logs.Add([.. last.Lines]);
        }

        AssertRecordedOnce(logs, await account.HistoriesAsync());

        Task DropNextAsync()
        {
            string job = $"job{jobs.Count}";
            var masks = Masks.Random(100 + jobs.Count, new VolumeShape(40 + (5 * jobs.Count), 24, 20));
            jobs.Add(job, masks);
            // The last job of a row of three is stitched whole.
            string blocks = jobs.Count % 3 == 0 ? "" : """, "blockVoxels": 500""";
            return account.DropAsync(job, [.. masks.Files(), ("job.json", Encoding.UTF8.GetBytes($$"""{ "files": ["xy.tif", "xz.tif", "yz.tif"], "anisotropy": 2{{blocks}} }"""))]);
        }
    }

    [Fact]
    public async Task Stop_DuringARun_EndsWellAndGoesOn()
    {
        var account = new TestAccount();
        var masks = Masks.Random(31, new VolumeShape(60, 24, 20));
        var logs = new List<string[]>();
        await using (AppProcess app = await AppProcess.StartAsync(account.Connection))
        {
            await account.DropAsync("stopped", [.. masks.Files(), ("job.json", """{ "files": ["xy.tif", "xz.tif", "yz.tif"], "blockVoxels": 1 }"""u8.ToArray())]);
            await app.LineAsync("Activity Measure of ");
            Assert.Equal(0, await app.StopAsync());
            Assert.Null(await account.ReadAsync("stopped", "manifest.json"));
            logs.Add([.. app.Lines]);
        }

        await using AppProcess next = await AppProcess.StartAsync(account.Connection);
        masks.Stitch().AssertEqualTo(await account.EndAsync("stopped", next));
        await next.StateAsync("stopped", "completed");
        logs.Add([.. next.Lines]);
        IReadOnlyList<History> histories = await account.HistoriesAsync();
        AssertRecordedOnce(logs, histories);

        // Nothing was interrupted: no activity began twice.
        Assert.Equal(histories.Sum(history => history.Activities.Count()), logs.Sum(log => Begun(log).Count()));
    }

    /// <summary>
    /// Every activity that was asked for has one completion, and no process began an activity whose completion an earlier one had recorded. Records carry the
    /// epoch of the process that wrote them; the log lines of a process follow the line that tells its epoch.
    /// </summary>
    private static void AssertRecordedOnce(List<string[]> logs, IReadOnlyList<History> histories)
    {
        var completed = new Dictionary<(string Instance, int Task), long>();
        foreach (History history in histories)
        {
            HashSet<int> asked = [.. history.Activities.Select(one => one.Id)];
            foreach (HistoryEvent end in history.Events.Where(one => one.Kind == HistoryEventKind.TaskCompleted && asked.Contains(one.Id)))
            {
                Assert.True(completed.TryAdd((history.InstanceId, end.Id), end.Epoch), $"{history.InstanceId} records call {end.Id} twice");
            }

            Assert.All(asked, task => Assert.True(completed.ContainsKey((history.InstanceId, task)), $"{history.InstanceId} lacks the end of call {task}"));
        }

        var begun = new HashSet<(string, int, long)>();
        foreach (string[] log in logs)
        {
            long epoch = log.Select(line => EpochLine().Match(line)).Where(match => match.Success).Select(match => Number(match, "epoch")).FirstOrDefault();
            foreach ((string instance, int task) in Begun(log))
            {
                Assert.True(begun.Add((instance, task, epoch)), $"epoch {epoch} began call {task} of {instance} twice");
                Assert.True(completed[(instance, task)] >= epoch, $"epoch {epoch} began call {task} of {instance}, which epoch {completed[(instance, task)]} had completed");
            }
        }

        // A killed process may take its last lines with it.
        Assert.True(begun.Count > completed.Count / 2, $"{begun.Count} beginnings logged of {completed.Count} activities");
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{logs.Count} processes, {completed.Count} activities, {begun.Count} beginnings: {begun.Count - completed.Count} were interrupted and began again.");
    }

    private static IEnumerable<(string Instance, int Task)> Begun(string[] log) =>
        log.Select(line => BeginLine().Match(line)).Where(match => match.Success).Select(match => (match.Groups["instance"].Value, (int)Number(match, "task")));

    private static long Number(Match match, string group) => long.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Activity \w+ of (?<instance>\S+) \(call (?<task>\d+)\) begins$", RegexOptions.ExplicitCapture)]
    private static partial Regex BeginLine();

    [GeneratedRegex(@"owns the storage account \(epoch (?<epoch>\d+)\)$", RegexOptions.ExplicitCapture)]
    private static partial Regex EpochLine();
}
