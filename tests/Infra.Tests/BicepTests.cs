namespace CellStitch.Infra.Tests;

/// <summary>The files build, without a word from the compiler or the linter, into the resources that are kept beside the parameters.</summary>
public sealed class BicepTests
{
    public static TheoryData<string> Roots => [Path.Combine(Bicep.Folder, "main.bicep"), Path.Combine(Bicep.Folder, "eventing.bicep")];

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Bicep.Folder, "*.bicep", SearchOption.AllDirectories)];

    public static TheoryData<string> Parameters => [.. Bicep.Parameters];

    [Theory]
    [MemberData(nameof(Roots))]
    public async Task Lint_EveryRule_HasNothingToSay(string file) => await Bicep.RunAsync("lint", file);

    [Theory]
    [MemberData(nameof(Parameters))]
    public async Task Snapshot_AsKept(string parameters) => await Bicep.RunAsync(
        "snapshot", parameters, "--mode", "validate", "--subscription-id", Guid.Empty.ToString(), "--location", "westeurope");

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Format_AsTheCompilerWrites(string file)
    {
        string formatted = await Bicep.RunAsync("format", file, "--stdout");

        Assert.Equal(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), formatted);
    }

    [Fact]
    public void Modules_AreLocal()
    {
        foreach (string file in Directory.EnumerateFiles(Bicep.Folder, "*.bicep", SearchOption.AllDirectories))
        {
            Assert.DoesNotContain("'br", File.ReadAllText(file), StringComparison.Ordinal);
        }
    }
}
