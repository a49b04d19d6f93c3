using System.Net.Sockets;
using System.Text;
using Azure.Storage.Blobs.Models;
using CellStitch.Functions.Tests.App;

namespace CellStitch.Functions.Tests.Security;

/// <summary>Names in addresses, sent byte by byte as no client library would: they reach nothing but jobs, and nothing gets out of the answer.</summary>
public sealed class HttpNamesTests(SharedApp shared)
{
    private static readonly string Long = new('a', 1024);

    // Every server takes these out of an address before it looks at it.
    private static readonly string[] Resolved = ["..", "../..", "%2e%2e"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Tricks =>
    [
        "..", "../..", "%2e%2e", "..%2f..", "%2e%2e%2fdrop", "..%5cdrop", "..\\drop", "a%2fb", "a%252fb", "%00", "a%00b", "a%0d%0aSet-Cookie:%20x=1", "a%0aSet-Cookie:%20x=1", "%0d%0a%0d%0a<html>",
        "a%7fb", "%ff%fe", "%c0%ae%c0%ae", "%e2%80%ae", "%ef%bb%bfa", "%u002e", ".hidden", ".lock", "-a", "a.", "a%20", "%3Cscript%3E", "=1+1", "//drop", "work/x", Long,
    ];

    [Theory]
    [MemberData(nameof(Tricks))]
    public async Task Request_NameThatIsNoJob_IsRefusedAndLeavesNothing(string name)
    {
        (AppProcess app, TestAccount account) = await shared.GetAsync();
        string[] before = await BlobsAsync(account, name);

        foreach (string line in new[]
        {
            $"GET /api/jobs/{name}", $"POST /api/jobs/{name}", $"POST /api/jobs/{name}/cancel", $"DELETE /api/jobs/{name}?inputs=true", $"GET /api/jobs/{name}/files/labels.tif",
            $"PUT /api/jobs/{name}/upload/xy.tif", $"GET /api/jobs/embryo/files/{name}", $"PUT /api/jobs/embryo/upload/{name}",
        })
        {
            if (Resolved.Contains(name) && line.StartsWith("GET /api/jobs/embryo/files/", StringComparison.Ordinal))
            {
                // The address of a job, or of all, which the key is good for.
                continue;
            }

            string answer = await SendAsync(app, line, SharedApp.Key);
            string head = answer.Split("\r\n\r\n")[0];

            Assert.True(head.StartsWith("HTTP/1.1 4", StringComparison.Ordinal), $"{line}: {answer}");
            Assert.DoesNotContain("\nSet-Cookie", head, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("text/html", head, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Equal(before, await BlobsAsync(account, name));
    }

    [Theory]
    [InlineData("GET /api/jobs")]
    [InlineData("GET /api/jobs/embryo")]
    [InlineData("GET /api/jobs/embryo/files/labels.tif")]
    [InlineData("PUT /api/jobs/embryo/upload/xy.tif")]
    [InlineData("POST /api/jobs/embryo")]
    [InlineData("DELETE /api/jobs/embryo")]
    [InlineData("GET /api/health/../jobs")]
    [InlineData("GET /runtime/webhooks/durabletask/instances")]
    public async Task Request_WithoutTheKey_IsRefused(string line)
    {
        (AppProcess app, _) = await shared.GetAsync();

        foreach (string? key in new[] { null, "", "the tests' ke", "the tests' keyy", "THE TESTS' KEY" })
        {
            Assert.StartsWith("HTTP/1.1 401", await SendAsync(app, line, key), StringComparison.Ordinal);
        }
    }

    // Whatever a trick could have made: a folder of its name, or one that it leads to.
    private static async Task<string[]> BlobsAsync(TestAccount account, string name)
    {
        string plain = Uri.UnescapeDataString(name);
        var found = new List<string>();
        foreach (var container in new[] { account.Drop, account.Results })
        {
            await foreach (BlobItem blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix: null, Cancellation))
            {
                if (blob.Name.StartsWith($"{name}/", StringComparison.Ordinal) || blob.Name.StartsWith($"{plain}/", StringComparison.Ordinal) ||
                    blob.Name is "xy.tif" or "job.json" || blob.Name.StartsWith('/') || blob.Name.StartsWith("embryo/", StringComparison.Ordinal))
                {
                    found.Add($"{container.Name}/{blob.Name}");
                }
            }
        }

        return [.. found];
    }

    private static async Task<string> SendAsync(AppProcess app, string line, string? key)
    {
        Uri host = app.Http.BaseAddress!;
        using var client = new TcpClient();
        await client.ConnectAsync(host.Host, host.Port, Cancellation);
        await using NetworkStream stream = client.GetStream();
        string given = key is null ? "" : $"x-functions-key: {key}\r\n";
        await stream.WriteAsync(Encoding.Latin1.GetBytes($"{line} HTTP/1.1\r\nHost: {host.Authority}\r\n{given}Content-Length: 0\r\nConnection: close\r\n\r\n"), Cancellation);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync(Cancellation);
    }
}
