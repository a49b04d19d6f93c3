using System.Net;
using System.Net.Sockets;

namespace CellStitch.Functions.Tests.App;

/// <summary>How storage fails.</summary>
public enum StorageFault
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Connections are reset.</summary>
    Reset,

    /// <summary>Requests are answered with 503 and the service's own headers.</summary>
    Busy,

    /// <summary>Answers come late and in pieces.</summary>
    Slow,

    /// <summary>Connections stand, and nothing comes.</summary>
    Silent,
}

/// <summary>Stands between the app and the blob service, and fails as told. Signatures do not cover the port, so a connection string with its port works.</summary>
internal sealed class StorageProxy : IAsyncDisposable
{
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private static readonly byte[] ServerBusy =
        "HTTP/1.1 503 Server Busy\r\nx-ms-error-code: ServerBusy\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray();

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly string _account;
    private readonly int _target;
    private readonly Task _accepting;
    private CancellationTokenSource _period = new();
    private volatile StorageFault _fault;

    /// <param name="account">The connection string of an account.</param>
    public StorageProxy(string account)
    {
        _account = account;
        _target = new Uri(Endpoint()).Port;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The connection string by way of this proxy.</summary>
    public string Connection =>
        _account.Replace(Endpoint(), Endpoint().Replace($":{_target}/", $":{((IPEndPoint)_listener.LocalEndpoint).Port}/", StringComparison.Ordinal), StringComparison.Ordinal);

    /// <summary>How storage fails from now on. Connections of the time before are reset, but held when it turns silent.</summary>
    public StorageFault Fault
    {
        get => _fault;
        set
        {
            _fault = value;
            if (value != StorageFault.Silent)
            {
                Interlocked.Exchange(ref _period, new CancellationTokenSource()).Cancel();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _period.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _period.Dispose();
        _end.Dispose();
    }

    private string Endpoint() => _account.Split(';').Single(part => part.StartsWith("BlobEndpoint=", StringComparison.Ordinal))["BlobEndpoint=".Length..];

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token), Volatile.Read(ref _period).Token);
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken period)
    {
        using (client)
        {
            // A close is then a reset.
            client.LingerState = new LingerOption(true, 0);
            client.NoDelay = true;
            try
            {
                switch (Fault)
                {
                    case StorageFault.Reset:
                        return;
                    case StorageFault.Busy:
                        await RefuseAsync(client.GetStream(), period);
                        return;
                    default:
                        await ForwardAsync(client.GetStream(), period);
                        return;
                }
            }
            catch (Exception end) when (end is IOException or SocketException or OperationCanceledException)
            {
            }
        }
    }

    private static async Task RefuseAsync(NetworkStream client, CancellationToken period)
    {
        byte[] buffer = new byte[64 << 10];
        await client.ReadExactlyAsync(buffer.AsMemory(0, 1), period);
        await client.WriteAsync(ServerBusy, period);
        while (await client.ReadAsync(buffer, period) > 0)
        {
        }
    }

    private async Task ForwardAsync(NetworkStream client, CancellationToken period)
    {
        using var storage = new TcpClient { NoDelay = true };
        await storage.ConnectAsync(IPAddress.Loopback, _target, period);
        NetworkStream upstream = storage.GetStream();
        await await Task.WhenAny(PumpAsync(client, upstream, answers: false, period), PumpAsync(upstream, client, answers: true, period));
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, bool answers, CancellationToken period)
    {
        byte[] buffer = new byte[16 << 10];
        while (await from.ReadAsync(buffer, period) is > 0 and int count)
        {
            while (Fault == StorageFault.Silent)
            {
                await Task.Delay(Look, period);
            }

            if (answers && Fault == StorageFault.Slow)
            {
                await Task.Delay(Late, period);
            }

            await to.WriteAsync(buffer.AsMemory(0, count), period);
        }
    }
}
