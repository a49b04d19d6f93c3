using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace CellStitch.Functions.Tests.App;

/// <summary>Takes what the exporter of Application Insights sends: the body of each item, as it would get into the tables.</summary>
internal sealed class InsightsEndpoint : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<JsonObject> _items = new();
    private readonly Task _serving;

    public InsightsEndpoint()
    {
        string address = $"http://127.0.0.1:{CellStitch.Tests.Azurite.FreePorts(1)[0]}/";
        _listener.Prefixes.Add(address);
        _listener.Start();
        _serving = ServeAsync();
        Connection = $"InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint={address};LiveEndpoint={address}";
    }

    /// <summary>The connection string.</summary>
    public string Connection { get; }

    /// <summary>The bodies of one kind that came so far: <c>MessageData</c>, <c>MetricData</c>, <c>RemoteDependencyData</c>.</summary>
    public IReadOnlyList<JsonObject> Items(string kind) =>
        [.. _items.Where(item => (string?)item["baseType"] == kind).Select(item => item["baseData"]!.AsObject())];

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                HttpListenerContext call = await _listener.GetContextAsync();
                int items = call.Request.Url!.AbsolutePath.EndsWith("/track", StringComparison.Ordinal) ? await TakeAsync(call.Request) : 0;
                byte[] answer = Encoding.UTF8.GetBytes($$"""{"itemsReceived":{{items}},"itemsAccepted":{{items}},"errors":[]}""");
                await call.Response.OutputStream.WriteAsync(answer);
                call.Response.Close();
            }
        }
        catch (Exception fault) when (fault is HttpListenerException or ObjectDisposedException)
        {
            // Closed: the test is over.
        }
    }

    private async Task<int> TakeAsync(HttpListenerRequest request)
    {
        await using Stream body = request.Headers["Content-Encoding"] == "gzip"
            ? new GZipStream(request.InputStream, CompressionMode.Decompress)
            : request.InputStream;
        using var lines = new StreamReader(body);
        int items = 0;
        while (await lines.ReadLineAsync() is { } line)
        {
            _items.Enqueue(JsonNode.Parse(line)!["data"]!.AsObject());
            items++;
        }

        return items;
    }
}
