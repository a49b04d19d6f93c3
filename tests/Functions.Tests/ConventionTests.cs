using CellStitch.Tests;

namespace CellStitch.Functions.Tests;

public sealed class ConventionTests
{
    private const string Suffix = ".orchestrator.cs";

    private static readonly string Source = Path.Combine(SharedData.RepositoryRoot, "src", "Functions");

    private static IEnumerable<string> Files => Directory.EnumerateFiles(Source, "*.cs", SearchOption.AllDirectories)
        .Where(file => !Path.GetRelativePath(Source, file).Split(Path.DirectorySeparatorChar).Any(folder => folder is "bin" or "obj"));

    [Fact]
    public void Orchestrators_AreDeterministic()
    {
        string[] orchestrators = [.. Files.Where(file => file.EndsWith(Suffix, StringComparison.Ordinal))];
        Assert.NotEmpty(orchestrators);
        Assert.Empty(orchestrators.SelectMany(file => OrchestratorRules.Broken(File.ReadAllText(file), Path.GetFileName(file))));
    }

    [Fact]
    public void ReplayedHelpers_AreDeterministic()
    {
        // What orchestrators share lies beside them and is replayed too; records and retry rules have nothing to hide.
        string[] beside = [.. Files.Where(file => Path.GetFileName(Path.GetDirectoryName(file)) == "Orchestrators")];
        Assert.Empty(beside.SelectMany(file => OrchestratorRules.Broken(File.ReadAllText(file), Path.GetFileName(file))));
    }

    [Fact]
    public void OrchestrationTriggers_StandInOrchestratorFilesOnly()
    {
        string[] elsewhere = [.. Files.Where(file => !file.EndsWith(Suffix, StringComparison.Ordinal))];
        Assert.DoesNotContain(elsewhere, file => File.ReadAllText(file).Contains("[OrchestrationTrigger]", StringComparison.Ordinal));
        Assert.All(
            Files.Where(file => file.EndsWith(Suffix, StringComparison.Ordinal)),
            file => Assert.Contains("[OrchestrationTrigger]", File.ReadAllText(file), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("var now = DateTime.UtcNow;")]
    [InlineData("DateTimeOffset now = DateTimeOffset.Now;")]
    [InlineData("var clock = Stopwatch.StartNew();")]
    [InlineData("string id = Guid.NewGuid().ToString();")]
    [InlineData("int n = new Random(1).Next();")]
    [InlineData("await Task.Delay(1000);")]
    [InlineData("await Task.Run(Work);")]
    [InlineData("Thread.Sleep(5);")]
    [InlineData("var done = task.Result;")]
    [InlineData("task.Wait();")]
    [InlineData("string? user = Environment.GetEnvironmentVariable(\"USER\");")]
    [InlineData("string text = File.ReadAllText(path);")]
    [InlineData("using Stream stream = Open();")]
    [InlineData("using var memory = new MemoryStream();")]
    [InlineData("BlobContainerClient work = data.Work;")]
    [InlineData("using var http = new HttpClient();")]
    [InlineData("public static Task Run([OrchestrationTrigger] TaskOrchestrationContext context, ILogger log)")]
    [InlineData("public static Task Run([OrchestrationTrigger] TaskOrchestrationContext context, [DurableClient] DurableTaskClient client)")]
    [InlineData("await context.CallActivityAsync(name).ConfigureAwait(false);")]
    public void OrchestratorRules_BadCode_IsFound(string code)
    {
        string broken = Assert.Single(OrchestratorRules.Broken($"class X\n{{\n    {code}\n}}", "x.cs").Take(1));
        Assert.StartsWith("x.cs:3 ", broken, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DateTime now = context.CurrentUtcDateTime;")]
    [InlineData("await context.CreateTimer(TimeSpan.FromSeconds(5), CancellationToken.None);")]
    [InlineData("await Task.WhenAll(parts); // not Task.Run")]
    [InlineData("context.SetCustomStatus(new RunStatus(stage, done, total));")]
    public void OrchestratorRules_GoodCode_Passes(string code) => Assert.Empty(OrchestratorRules.Broken(code, "x.cs"));
}
