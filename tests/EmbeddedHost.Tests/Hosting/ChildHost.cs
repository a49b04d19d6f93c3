using System.Diagnostics;
using CellStitch.EmbeddedHost.Tests.Hosting;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

namespace CellStitch.EmbeddedHost.Tests.Hosting
{
    /// <summary>A host in a process of its own, to be killed: this test program, which the start-up hook below turns into a host.</summary>
    internal sealed class ChildHost
    {
        public const string Account = "TEST_CHILD_HOST_ACCOUNT";

        private readonly Process _process;

        private ChildHost(Process process)
        {
            _process = process;
        }

        /// <summary>Returns when the host is ready.</summary>
        public static async Task<ChildHost> Start(string account)
        {
            string program = typeof(ChildHost).Assembly.Location;
            var start = new ProcessStartInfo("dotnet", ["exec", program]) { RedirectStandardOutput = true };
            start.Environment[Account] = account;
            start.Environment["DOTNET_STARTUP_HOOKS"] = program;
            Process process = Process.Start(start)!;
            while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            {
                if (line.Contains("functions ready", StringComparison.Ordinal))
                {
                    return new ChildHost(process);
                }
            }

            throw new InvalidOperationException("The child host ended before it was ready.");
        }

        /// <summary>As <c>kill -9</c>: nothing is given back.</summary>
        public void Kill()
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
        }
    }
}

/// <summary>.NET calls this before the program's own entry point when DOTNET_STARTUP_HOOKS names this assembly; the name is fixed.</summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(ChildHost.Account) is { } account)
        {
            string folder = Directory.CreateTempSubdirectory("child-").FullName;
            var builder = new FunctionsApplicationBuilder(["--port", "0", $"--AzureWebJobsStorage={account}"], [], folder);
            builder.Build().Run();
            Environment.Exit(0);
        }
    }
}
