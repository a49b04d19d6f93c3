using System.ComponentModel;
using System.Diagnostics;

namespace CellStitch.Tests;

/// <summary>Azurite from package.json, installed by the first test process that finds it missing.</summary>
internal static class EmulatorPackage
{
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(10);

    /// <summary>The script that Node runs.</summary>
    public static string Script { get; } =
        Path.Combine(SharedData.RepositoryRoot, "node_modules", "azurite", "dist", "src", "azurite.js");

    // npm writes it last: a folder without it is what an interrupted install left.
    private static bool Installed => File.Exists(Path.Combine(SharedData.RepositoryRoot, "node_modules", ".package-lock.json"));

    /// <summary>Runs <c>npm ci</c> unless that was done; of several processes one does it and the others wait.</summary>
    public static void Install()
    {
        if (Installed)
        {
            return;
        }

        string artifacts = Path.Combine(SharedData.RepositoryRoot, "artifacts");
        Directory.CreateDirectory(artifacts);
        using FileStream installing = Lock(Path.Combine(artifacts, "npm-ci.lock"));
        if (!Installed)
        {
            RunNpm();
        }
    }

    private static FileStream Lock(string path)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (clock.Elapsed < InstallLimit)
            {
                Thread.Sleep(200);
            }
        }
    }

    private static void RunNpm()
    {
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", "ci")
        {
            WorkingDirectory = SharedData.RepositoryRoot,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process npm = StartOrExplain(start);
        Task<string> errors = npm.StandardError.ReadToEndAsync();
        npm.StandardOutput.ReadToEnd();
        npm.WaitForExit();
        Assert.True(npm.ExitCode == 0, $"npm ci in {SharedData.RepositoryRoot} ended with code {npm.ExitCode}: {errors.Result}");
    }

    /// <summary>Starts node or npm; where they are missing the test says what to install.</summary>
    public static Process StartOrExplain(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            throw new FileNotFoundException(
                "These tests need the storage emulator Azurite, which runs on Node.js 20 or newer: install it from https://nodejs.org and run them again.",
                error);
        }
    }
}
