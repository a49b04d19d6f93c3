using System.ComponentModel;
using System.Diagnostics;

namespace CellStitch.Tests;

/// <summary>A folder with a package.json, whose packages the first test process that finds them missing installs.</summary>
/// <param name="path">The folder.</param>
internal sealed class NpmFolder(string path)
{
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(10);

    // npm writes the list last: a folder without it is what an interrupted install left, and one with an older list holds older packages.
    private bool Installed => File.Exists(PathOf(".package-lock.json")) &&
        File.GetLastWriteTimeUtc(PathOf(".package-lock.json")) >= File.GetLastWriteTimeUtc(Path.Combine(path, "package-lock.json"));

    /// <summary>Starts node or npm; where they are missing the test says what to install.</summary>
    public static Process StartOrExplain(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            throw new FileNotFoundException("These tests need Node.js 20 or newer: install it from https://nodejs.org and run them again.", error);
        }
    }

    /// <summary>A file or folder below node_modules.</summary>
    public string PathOf(params string[] names) => Path.Combine([path, "node_modules", .. names]);

    /// <summary>Runs <c>npm ci</c> unless that was done; of several processes one does it and the others wait.</summary>
    public void Install()
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

    private void RunNpm()
    {
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", "ci")
        {
            WorkingDirectory = path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process npm = StartOrExplain(start);
        Task<string> errors = npm.StandardError.ReadToEndAsync();
        npm.StandardOutput.ReadToEnd();
        npm.WaitForExit();
        Assert.True(npm.ExitCode == 0, $"npm ci in {path} ended with code {npm.ExitCode}: {errors.Result}");
    }
}
