using System.Diagnostics;
using System.Reflection;
using CellStitch.Tests;

namespace CellStitch.Infra.Tests;

/// <summary>The Bicep compiler of the package that the project fetches. Its types are embedded, so nothing here needs a network.</summary>
internal static class Bicep
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private static readonly string Tools = typeof(Bicep).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "BicepPackage").Value!;

    /// <summary>The folder of the Bicep files.</summary>
    public static string Folder { get; } = Path.Combine(SharedData.RepositoryRoot, "infra");

    /// <summary>The parameter files, one of which exists for the tests only.</summary>
    public static readonly string[] Parameters =
    [
        Path.Combine(Folder, "main.dev.bicepparam"),
        Path.Combine(Folder, "main.prod.bicepparam"),
        Path.Combine(SharedData.RepositoryRoot, "tests", "Infra.Tests", "all.bicepparam"),
    ];

    /// <summary>Runs the compiler. Whatever it has to say besides its output fails the test: it exits with 0 on mere warnings.</summary>
    /// <returns>Its standard output.</returns>
    public static async Task<string> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Tools, OperatingSystem.IsWindows() ? "bicep.exe" : "bicep"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The parameter files read these.
        foreach (string name in new[] { "AZURE_ENV_NAME", "AZURE_LOCATION", "AZURE_PRINCIPAL_ID", "CELLSTITCH_ALERT_EMAIL" })
        {
            start.Environment.Remove(name);
        }

        using Process process = Process.Start(start)!;
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(Limit);
        Task<string> output = process.StandardOutput.ReadToEndAsync(late.Token);
        Task<string> diagnostics = process.StandardError.ReadToEndAsync(late.Token);
        await process.WaitForExitAsync(late.Token);
        Assert.True(process.ExitCode == 0 && await diagnostics == "", $"bicep {string.Join(' ', arguments)}: {process.ExitCode}\n{await diagnostics}\n{await output}");
        return await output;
    }
}
