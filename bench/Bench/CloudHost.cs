using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace CellStitch.Bench;

/// <summary><c>cellstitch host</c> in a process of its own: the function app and the emulator on an empty folder.</summary>
internal sealed class CloudHost : IDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "cellstitch.dll");
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly Process _process;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromHours(1) };

    /// <param name="folder">Its data folder; does not exist yet.</param>
    public CloudHost(string folder)
    {
        _process = Start(redirectInput: true, "host", "--port", "0", "--data", folder, "--stop-with-input");
        string record = Path.Combine(folder, "cellstitch-host.json");
        var clock = Stopwatch.StartNew();
        while (!Answers(record))
        {
            if (_process.HasExited || clock.Elapsed > Patience)
            {
                throw new InvalidOperationException($"The host does not answer; try cellstitch host --data {folder}.");
            }

            Thread.Sleep(Interval);
        }
    }

    /// <summary>The largest memory the host's process has had so far, in MB (Linux: VmHWM).</summary>
    public double PeakMegabytes
    {
        get
        {
            if (OperatingSystem.IsLinux())
            {
                string line = File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
                return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024 / 1e6;
            }

            _process.Refresh();
            return _process.PeakWorkingSet64 / 1e6;
        }
    }

    /// <summary>Runs the command line tool.</summary>
    /// <returns>Wall time of the process, in seconds.</returns>
    public static double Run(params string[] args)
    {
        var clock = Stopwatch.StartNew();
        using Process process = Start(redirectInput: false, args);
        process.WaitForExit();
        return process.ExitCode == 0
            ? clock.Elapsed.TotalSeconds
            : throw new InvalidOperationException($"cellstitch {string.Join(' ', args)} ended with exit code {process.ExitCode}.");
    }

    /// <summary>Uploads the files of a job and its options, and waits for the end.</summary>
    /// <returns>Seconds from the creation of the run's instance to its completion.</returns>
    public double Stitch(string job, IReadOnlyDictionary<string, string> files, string options)
    {
        foreach ((string name, string path) in files)
        {
            using var content = new StreamContent(File.OpenRead(path));
            Upload(job, name, content);
        }

        using (var content = new StringContent(options, Encoding.UTF8, "application/json"))
        {
            Upload(job, "job.json", content);
        }

        while (true)
        {
            JsonElement status = Get($"jobs/{job}");
            switch (status.GetProperty("state").GetString())
            {
                case "completed":
                    return (status.GetProperty("updatedUtc").GetDateTimeOffset() - status.GetProperty("createdUtc").GetDateTimeOffset()).TotalSeconds;
                case "waiting" or "running":
                    Thread.Sleep(Interval);
                    break;
                default:
                    throw new InvalidOperationException($"Job {job} ended otherwise: {status}");
            }
        }
    }

    /// <summary>A JSON result.</summary>
    public JsonElement Get(string path) => _http.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative)).GetAwaiter().GetResult();

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
        _http.Dispose();
    }

    private static Process Start(bool redirectInput, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [Program, .. args]) { RedirectStandardInput = redirectInput, RedirectStandardOutput = true };
        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }

    private void Upload(string job, string name, HttpContent content)
    {
        using HttpResponseMessage answer = _http.PutAsync(new Uri($"jobs/{job}/upload/{name}", UriKind.Relative), content).GetAwaiter().GetResult();
        answer.EnsureSuccessStatusCode();
    }

    private bool Answers(string record)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllText(record));
            _http.BaseAddress ??= new Uri(json.RootElement.GetProperty("url").GetString()! + "/");
            return Get("health").GetProperty("status").GetString() == "ok";
        }
        catch (Exception notYet) when (notYet is IOException or JsonException or HttpRequestException)
        {
            return false;
        }
    }
}
