using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CellStitch.Functions.Tests.App;

namespace CellStitch.Functions.Tests.App
{
    /// <summary>The function app in a process of its own, as a user runs it: <c>dotnet CellStitch.Functions.dll</c>, settings in the environment.</summary>
    internal sealed partial class AppProcess : IAsyncDisposable
    {
        /// <summary>Set in the app's environment: it ends with the standard input, so that it never outlives the tests.</summary>
        public const string Lifeline = "CELLSTITCH_TESTS_LIFELINE";

        private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "CellStitch.Functions.dll");

        private readonly Process _process;
        private readonly DirectoryInfo _folder;
        private readonly ConcurrentQueue<string> _lines = new();
        private readonly TaskCompletionSource<Uri> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

        private AppProcess(Process process, DirectoryInfo folder)
        {
            (_process, _folder) = (process, folder);
        }

        /// <summary>A client of the app.</summary>
        public HttpClient Http { get; } = new();

        /// <summary>What it has logged.</summary>
        public IReadOnlyCollection<string> Lines => _lines;

        /// <summary>The highest memory use so far, in bytes; Linux only.</summary>
        public long PeakMemory
        {
            get
            {
                string line = File.ReadLines($"/proc/{_process.Id}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
                return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
            }
        }

        /// <summary>Starts the app; returns when it is ready.</summary>
        /// <param name="account">Connection string of the host's account, and of the data unless the settings say otherwise.</param>
        /// <param name="settings">Environment variables besides; they win over the tests' own.</param>
        public static async Task<AppProcess> StartAsync(string account, IReadOnlyDictionary<string, string>? settings = null)
        {
            AppProcess app = Launch(account, settings);
            try
            {
                app.Http.BaseAddress = await app._ready.Task.WaitAsync(Wait.Limit, TestContext.Current.CancellationToken);
                return app;
            }
            catch
            {
                await app.DisposeAsync();
                throw;
            }
        }

        /// <summary>Starts the app and does not wait.</summary>
        public static AppProcess Launch(string account, IReadOnlyDictionary<string, string>? settings = null)
        {
            DirectoryInfo folder = Directory.CreateTempSubdirectory("cellstitch-app-");
            var start = new ProcessStartInfo("dotnet", [Program])
            {
                WorkingDirectory = folder.FullName,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            var environment = new Dictionary<string, string>
            {
                [Lifeline] = "1",
                ["DOTNET_STARTUP_HOOKS"] = typeof(AppProcess).Assembly.Location,
                ["AzureWebJobsStorage"] = account,
                ["DataStorage"] = account,
                ["EmbeddedHost__Port"] = "0",
                ["AzureWebJobs_JobUploadedEvent_Disabled"] = "true",
                ["AzureFunctionsJobHost__extensions__durableTask__storageProvider__maxQueuePollingInterval"] = "00:00:00.5",
                ["CellStitch__SettleSeconds"] = "0",
                ["Logging__LogLevel__Host.Triggers.DurableTask"] = "Debug",
            };
            foreach ((string name, string value) in environment.Concat(settings ?? new Dictionary<string, string>()))
            {
                start.Environment[name] = value;
            }

            var app = new AppProcess(Process.Start(start)!, folder);
            app._process.OutputDataReceived += (_, line) => app.Take(line.Data);
            app._process.ErrorDataReceived += (_, line) => app.Take(line.Data);
            app._process.BeginOutputReadLine();
            app._process.BeginErrorReadLine();
            return app;
        }

        /// <summary>What the API tells of a job; null when it knows none.</summary>
        public async Task<JsonObject?> StatusAsync(string job)
        {
            using HttpResponseMessage answer = await Http.GetAsync(new Uri($"api/jobs/{job}", UriKind.Relative), TestContext.Current.CancellationToken);
            return answer.StatusCode == HttpStatusCode.NotFound
                ? null
                : await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken);
        }

        /// <summary>Waits until the API tells one of some states.</summary>
        public Task<JsonObject> StateAsync(string job, params string[] states)
        {
            string? last = null;
            return Wait.ForAsync(
                async _ =>
                {
                    JsonObject? status = await StatusAsync(job);
                    last = status?.ToJsonString();
                    return states.Contains((string?)status?["state"]) ? status : null;
                },
                () => $"job {job} to be {string.Join(" or ", states)}; it is {last}. The app's log:\n{Tail()}");
        }

        /// <summary>The runs of a job, as the Durable management API lists them.</summary>
        public async Task<IReadOnlyList<JsonNode>> RunsAsync(string job)
        {
            JsonArray? instances = await Http.GetFromJsonAsync<JsonArray>(
                new Uri($"runtime/webhooks/durabletask/instances?instanceIdPrefix={job}-&top=1000", UriKind.Relative), TestContext.Current.CancellationToken);
            return [.. instances!.Where(instance => (string?)instance!["name"] == "StitchVolume")!];
        }

        /// <summary>Waits for a line of the log.</summary>
        public Task<string> LineAsync(string part, TimeSpan? atMost = null) => Wait.ForAsync(
            _ => Task.FromResult(_lines.FirstOrDefault(line => line.Contains(part, StringComparison.Ordinal))), () => $"the log to say \"{part}\":\n{Tail()}", atMost);

        /// <summary>As <c>kill -9</c>: nothing is written or given back.</summary>
        public async Task KillAsync()
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        /// <summary>As <c>kill</c>: the app ends by itself.</summary>
        /// <returns>Its exit code.</returns>
        public async Task<int> StopAsync()
        {
            using (var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]))
            {
                await kill.WaitForExitAsync(CancellationToken.None);
            }

            await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(Wait.Limit, CancellationToken.None);
            return _process.ExitCode;
        }

        /// <summary>The last lines of the log, to be shown with a failure.</summary>
        public string Tail(int lines = 40) => string.Join('\n', _lines.TakeLast(lines));

        public async ValueTask DisposeAsync()
        {
            if (!_process.HasExited)
            {
                await KillAsync();
            }

            Http.Dispose();
            _process.Dispose();
            _folder.Delete(recursive: true);
        }

        private void Take(string? line)
        {
            if (line is null)
            {
                // The end of either stream: no more is to come.
                _ready.TrySetException(new InvalidOperationException($"The app ended before it was ready:\n{Tail()}"));
                return;
            }

            _lines.Enqueue(line);
            if (Ready().Match(line) is { Success: true } match)
            {
                _ready.TrySetResult(new Uri(match.Groups["address"].Value));
            }
        }

        [GeneratedRegex("functions ready; HTTP at (?<address>http://[^ ]+)$", RegexOptions.ExplicitCapture)]
        private static partial Regex Ready();
    }
}

/// <summary>.NET calls this in the app before the app's own entry point; the name is fixed.</summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(AppProcess.Lifeline) is not null)
        {
            new Thread(EndWithInput) { IsBackground = true }.Start();
        }
    }

    private static void EndWithInput()
    {
        using Stream input = Console.OpenStandardInput();
        while (input.ReadByte() >= 0)
        {
        }

        Environment.FailFast("The tests are gone.");
    }
}
