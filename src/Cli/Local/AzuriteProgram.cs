using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace CellStitch.Cli.Local;

/// <summary>Node and the Azurite it runs.</summary>
/// <param name="Node">The program <c>node</c>.</param>
/// <param name="Script">Azurite's entry script.</param>
internal sealed record AzuriteProgram(string Node, string Script)
{
    public const string NodeMissing =
        "Node.js is needed for the local storage (Azurite) and was not found: install it from https://nodejs.org (version 18 or later, with npm), "
        + "or give another storage account with --storage.";

    private const string NodeName = "node";

    // What npm needs, in the repository and, for an installed tool, in the program itself.
    private static readonly string[] Recipe = ["package.json", "package-lock.json", ".npmrc"];

    /// <summary>The version of Node, such as "v20.20.2"; null when there is none.</summary>
    public static string? NodeVersion() => VersionOf(NodeName, ["--version"]);

    /// <summary>The version of npm; null when there is none.</summary>
    public static string? NpmVersion()
    {
        (string program, string[] arguments) = Npm("--version");
        return VersionOf(program, arguments);
    }

    /// <summary>The folder whose node_modules holds Azurite: the repository where the program runs from a clone, else one of the user's own.</summary>
    public static string Home()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CellStitch.Cloud.sln")))
            {
                return folder.FullName;
            }
        }

        return Path.Combine(DataFolder.OfUser, "azurite-program");
    }

    /// <summary>Whether a folder's node_modules is complete and holds the version asked for.</summary>
    public static bool IsInstalled(string home)
    {
        // npm writes this list when it has installed everything.
        string list = Path.Combine(home, "node_modules", ".package-lock.json");
        return File.Exists(list) && File.Exists(ScriptIn(home)) && AzuriteVersion(File.ReadAllText(list)) == PinnedVersion();
    }

    /// <summary>Finds Azurite, or installs it on first use.</summary>
    /// <param name="home">Where to: <see cref="Home"/>.</param>
    /// <param name="say">Takes a line before something that takes long.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    /// <exception cref="IOException">Node is missing, or npm failed.</exception>
    public static AzuriteProgram Find(string home, Action<string> say, CancellationToken cancellation)
    {
        if (NodeVersion() is null)
        {
            throw new IOException(NodeMissing);
        }

        Directory.CreateDirectory(home);
        using (FileStream turn = TakeTurn(home, say, cancellation))
        {
            if (!IsInstalled(home))
            {
                say($"Installing Azurite {PinnedVersion()}, the storage emulator, into {Path.Combine(home, "node_modules")} (once, about a minute)");
                Install(home, cancellation);
            }
        }

        return new AzuriteProgram(NodeName, ScriptIn(home));
    }

    /// <summary>The version of Azurite that this program was tested with.</summary>
    public static string PinnedVersion()
    {
        using Stream list = Resource("package-lock.json");
        using var text = new StreamReader(list);
        return AzuriteVersion(text.ReadToEnd()) ?? throw new InvalidOperationException("The lock file in the program does not name Azurite.");
    }

    private static string ScriptIn(string home) => Path.Combine(home, "node_modules", "azurite", "dist", "src", "azurite.js");

    // Two processes that start at the same time must not install over each other.
    private static FileStream TakeTurn(string home, Action<string> say, CancellationToken cancellation)
    {
        string path = Path.Combine(home, "node_modules.lock");
        bool said = false;
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
            }
            catch (IOException) when (!cancellation.IsCancellationRequested && File.Exists(path))
            {
                if (!said)
                {
                    say("Another process installs Azurite; waiting for it");
                    said = true;
                }

                cancellation.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(200));
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    private static void Install(string home, CancellationToken cancellation)
    {
        foreach (string name in Recipe.Where(name => !File.Exists(Path.Combine(home, "CellStitch.Cloud.sln"))))
        {
            using Stream source = Resource(name);
            using FileStream copy = File.Create(Path.Combine(home, name));
            source.CopyTo(copy);
        }

        (string program, string[] arguments) = Npm("ci");
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = home,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process npm = TryStart(start) ?? throw new IOException("npm, which comes with Node.js, was not found: install Node.js with npm from https://nodejs.org.");
        using CancellationTokenRegistration stop = cancellation.Register(() => npm.Kill(entireProcessTree: true));
        Task<string> output = npm.StandardOutput.ReadToEndAsync(CancellationToken.None);
        string complaint = npm.StandardError.ReadToEnd();
        npm.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        if (npm.ExitCode != 0 || !IsInstalled(home))
        {
            string last = (complaint + output.Result).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault() ?? "";
            throw new IOException($"npm ci in {home} could not install Azurite (exit code {npm.ExitCode}): {last}");
        }
    }

    // On Windows npm is a batch file, which only a shell starts.
    private static (string Program, string[] Arguments) Npm(string command) =>
        OperatingSystem.IsWindows() ? ("cmd.exe", ["/c", "npm", command]) : ("npm", [command]);

    private static string? VersionOf(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process? process = TryStart(start);
        if (process is null)
        {
            return null;
        }

        string version = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0 ? version : null;
    }

    private static Process? TryStart(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start);
        }
        catch (Win32Exception)
        {
            // There is no such program.
            return null;
        }
    }

    private static string? AzuriteVersion(string lockFile)
    {
        using JsonDocument list = JsonDocument.Parse(lockFile);
        return list.RootElement.GetProperty("packages").TryGetProperty("node_modules/azurite", out JsonElement azurite)
            ? azurite.GetProperty("version").GetString()
            : null;
    }

    private static Stream Resource(string name) => Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
}
