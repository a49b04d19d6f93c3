using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CellStitch.Cli.Tests.Jobs;

namespace CellStitch.Cli.Tests;

public sealed class FetchCommandTests(LocalStorage storage) : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly string _job = $"job{Guid.NewGuid():N}";

    [Fact]
    public void Fetch_CompleteJob_HasEveryFileOfTheManifest()
    {
        storage.Put(_job, "cells.csv", "label");
        storage.Put(_job, "metrics.json", "{}");
        Publish(("cells.csv", "label"), ("metrics.json", "{}"));

        string output = Fetch().Output;

        Assert.Equal(["cells.csv", "manifest.json", "metrics.json"], FilesIn("results"));
        Assert.Equal("label", File.ReadAllText(Path.Combine(_scratch["results"], "cells.csv")));
        Assert.Contains("cells.csv, metrics.json", output);
    }

    [Fact]
    public void Fetch_NoManifest_SaysThatResultsAreNotComplete()
    {
        storage.Put(_job, "labels.tif", "half");

        Run run = Fetch();

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains($"{_job}: there are no complete results yet", run.Error);
        Assert.Empty(_scratch.Names);
    }

    [Fact]
    public void Fetch_FailedJob_SaysWhy()
    {
        storage.Put(_job, "error.json", """{ "error": { "code": "notLabels", "message": "xy.tif, page 3: found -1; expected labels." } }""");

        Run run = Fetch();

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Equal($"error: {_job}: xy.tif, page 3: found -1; expected labels.", run.Error.TrimEnd());
    }

    [Theory]
    [InlineData("lable", "has another SHA-256")]
    [InlineData("labels", "has 6 bytes; manifest.json says 5")]
    [InlineData(null, "is missing")]
    public void Fetch_FileThatIsNotTheManifests_LeavesNothing(string? stored, string said)
    {
        storage.Put(_job, "cells.csv", "label");
        if (stored is not null)
        {
            storage.Put(_job, "labels.tif", stored);
        }

        Publish(("cells.csv", "label"), ("labels.tif", "label"));

        Run run = Fetch();

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains($"{_job}/labels.tif: {said}", run.Error);
        Assert.Empty(_scratch.Names);
    }

    [Theory]
    [InlineData("../outside.tif")]
    [InlineData("/etc/outside.tif")]
    [InlineData("masks//xy.tif")]
    [InlineData(@"..\outside.tif")]
    public void Fetch_NameThatLeadsElsewhere_IsRefused(string name)
    {
        Publish((name, "label"));

        Run run = Fetch();

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains("no name within the results", run.Error);
        Assert.Empty(_scratch.Names);
    }

    public void Dispose() => _scratch.Dispose();

    private string[] FilesIn(string folder) => [.. Directory.EnumerateFiles(_scratch[folder]).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private Run Fetch() => Run.Of("fetch", _job, "-o", _scratch["results"], "--storage", storage.Connection);

    private void Publish(params (string Name, string Content)[] outputs)
    {
        var manifest = new
        {
            job = _job,
            instanceId = "run",
            program = "a later version",
            profile = "paper",
            solver = "simplex",
            options = new { anOptionOfALaterVersion = 1 },
            inputs = Array.Empty<object>(),
            outputs = outputs.Select(file => new { name = file.Name, sha256 = Hash(file.Content), bytes = file.Content.Length }),
            stages = Array.Empty<object>(),
            startedUtc = DateTime.UnixEpoch,
            finishedUtc = DateTime.UnixEpoch,
        };
        storage.Put(_job, "manifest.json", JsonSerializer.Serialize(manifest));
    }

    private static string Hash(string content) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
}
