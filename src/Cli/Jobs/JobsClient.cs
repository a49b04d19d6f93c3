using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using CellStitch.Functions.Jobs;

namespace CellStitch.Cli.Jobs;

/// <summary>The HTTP API of the function app.</summary>
internal sealed class JobsClient : IJobFiles, IDisposable
{
    private const string KeyHeader = "x-functions-key";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Streams may take hours; what is short has its own limit.
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(10) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private readonly string? _key;
    private readonly string _advice;

    /// <param name="url">Base of the API, with or without the final "/api".</param>
    /// <param name="key">The function key; null for none.</param>
    /// <param name="advice">What to do when nobody answers.</param>
    public JobsClient(Uri url, string? key, string advice)
    {
        string path = url.AbsolutePath.TrimEnd('/');
        Url = new Uri(url, $"{(path.Length == 0 ? "/api" : path)}/");
        (_key, _advice) = (key, advice);
    }

    public Uri Url { get; }

    public AppHealth Health(CancellationToken cancellation) => Read<AppHealth>("health", cancellation)!;

    public IReadOnlyList<JobStatus> Jobs(CancellationToken cancellation) => Read<JobList>("jobs", cancellation)!.Jobs;

    /// <summary>A job; null when there is none of that name.</summary>
    public JobStatus? Job(string job, CancellationToken cancellation) => Read<JobStatus>(PathOf(job), cancellation);

    /// <summary>The same, or all jobs, as the API words it; null when there is no such job.</summary>
    public JsonElement? Json(string? job, CancellationToken cancellation)
    {
        string? text = Text(job is null ? "jobs" : PathOf(job), cancellation);
        return text is null ? null : JsonElement.Parse(text);
    }

    public void Upload(string job, string name, Stream content, IProgress<long> sent, CancellationToken cancellation)
    {
        using var counted = new CountedStream(content, sent);
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(Url, $"{PathOf(job)}/upload/{name}"));
        request.Content = new StreamContent(counted);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using HttpResponseMessage response = Send(request, cancellation);
        Require(response, cancellation);
    }

    public Stream? OpenResult(string job, string name, CancellationToken cancellation)
    {
        string path = string.Join('/', name.Split('/').Select(Uri.EscapeDataString));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Url, $"{PathOf(job)}/files/{path}"));
        HttpResponseMessage response = Send(request, cancellation);
        if (response.Headers.Location is { } elsewhere && response.StatusCode is HttpStatusCode.Found or HttpStatusCode.TemporaryRedirect)
        {
            // In Azure the file itself comes from the storage account, which is not told the app's key.
            response.Dispose();
            using var direct = new HttpRequestMessage(HttpMethod.Get, elsewhere);
            response = SendAsIs(direct, cancellation);
        }

        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            response.Dispose();
            return null;
        }

        Require(response, cancellation);
        return response.Content.ReadAsStream(cancellation);
    }

    public void Dispose() => _http.Dispose();

    private static string PathOf(string job) => $"jobs/{Uri.EscapeDataString(job)}";

    private T? Read<T>(string path, CancellationToken cancellation)
        where T : class
    {
        string? text = Text(path, cancellation);
        try
        {
            return text is null ? null : JsonSerializer.Deserialize<T>(text, JsonSerializerOptions.Web);
        }
        catch (JsonException fault)
        {
            throw new IOException($"{new Uri(Url, path)}: the answer is not that of CellStitch ({fault.Message}).", fault);
        }
    }

    private string? Text(string path, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Url, path));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            using HttpResponseMessage response = Send(request, limit.Token);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }

            Require(response, limit.Token);
            using var reader = new StreamReader(response.Content.ReadAsStream(limit.Token));
            return reader.ReadToEnd();
        }
        catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            throw new NoAnswerException($"{Url} did not answer within {Patience.TotalSeconds} s.", late);
        }
    }

    private HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellation)
    {
        if (_key is not null)
        {
            request.Headers.Add(KeyHeader, _key);
        }

        return SendAsIs(request, cancellation);
    }

    private HttpResponseMessage SendAsIs(HttpRequestMessage request, CancellationToken cancellation)
    {
        try
        {
            return _http.Send(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (HttpRequestException fault)
        {
            throw new NoAnswerException($"Nobody answers at {Url} ({fault.Message}). {_advice}", fault);
        }
    }

    private void Require(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            string what = _key is null ? "asks for a function key" : "refuses this function key";
            throw new IOException($"{Url} {what}: give the right one with --key or in the variable {Connection.KeyVariable}.");
        }

        string sentence = $"{(int)response.StatusCode} {response.ReasonPhrase}";
        if (response.Content.Headers.ContentType?.MediaType is "application/problem+json" or "application/json")
        {
            using Stream body = response.Content.ReadAsStream(cancellation);
            Problem? problem = JsonSerializer.Deserialize<Problem>(body, JsonSerializerOptions.Web);
            sentence = problem?.Detail ?? problem?.Title ?? sentence;
        }

        throw new IOException($"{response.RequestMessage!.RequestUri}: {sentence}");
    }
}

/// <summary>The answer of the health endpoint.</summary>
internal sealed record AppHealth(string Status, string? Program);

/// <summary>A refusal: RFC 9457.</summary>
internal sealed record Problem(string? Title, string? Detail);
