using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CellStitch.EmbeddedHost.Tests.Hosting;

public class HttpFunctionsTests
{
    private static readonly Type[] Functions = [typeof(WebFunctions), typeof(StaticWebFunctions)];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/api/jobs/cells", 200, "\"cells\"")]
    [InlineData("/api/files/a/b.tif", 200, "a/b.tif")]
    [InlineData("/api/pages/7", 200, "7")]
    [InlineData("/api/record", 200, """{"name":"Echo","token":true}""")]
    [InlineData("/api/result", 418, "")]
    [InlineData("/api/nothing", 204, "")]
    public async Task HttpFunction_OfEachKind_BindsAndAnswers(string path, int status, string body)
    {
        await using TestHost host = await TestHost.Start(Functions);

        HttpResponseMessage response = await host.Http.GetAsync(path, Cancellation);

        string text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(body, status == 418 ? "" : text);
    }

    [Theory]
    [InlineData("/api/missing", 404)]
    [InlineData("/api/pages/seven", 400)]
    [InlineData("/api/throws", 500)]
    public async Task HttpFunction_ThatFails_AnswersProblemDetailsWithoutInternals(string path, int status)
    {
        await using TestHost host = await TestHost.Start(Functions);

        HttpResponseMessage response = await host.Http.GetAsync(path, Cancellation);

        string text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status, JsonNode.Parse(text)!["status"]!.GetValue<int>());
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        Assert.Equal(status == 500, host.Log.All.Any(line => line.Contains("secret", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task HttpFunction_LargeUpload_StreamsThrough()
    {
        await using TestHost host = await TestHost.Start(Functions);
        // Kestrel's default limit is 30 MB.
        using var content = new ByteArrayContent(new byte[64 << 20]);

        HttpResponseMessage response = await host.Http.PutAsync("/api/upload", content, Cancellation);

        Assert.Equal(64 << 20, await response.Content.ReadFromJsonAsync<long>(Cancellation));
    }

    [Fact]
    public async Task HttpFunction_FileResult_ServesRanges()
    {
        await using TestHost host = await TestHost.Start(Functions);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/download") { Headers = { Range = new(2, 4) } };

        HttpResponseMessage response = await host.Http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal("cde", await response.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task HttpFunction_OtherMethod_IsNotAllowed()
    {
        await using TestHost host = await TestHost.Start(Functions);

        HttpResponseMessage response = await host.Http.DeleteAsync("/api/upload", Cancellation);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Theory]
    [InlineData("/api/open", null, 200)]
    [InlineData("/api/jobs/cells", null, 401)]
    [InlineData("/api/jobs/cells", "wrong", 401)]
    [InlineData("/api/jobs/cells", "right", 200)]
    [InlineData("/api/jobs/cells?code=right", null, 200)]
    [InlineData("/api/admin", null, 401)]
    [InlineData("/api/admin", "right", 200)]
    [InlineData("/runtime/webhooks/durabletask/instances/x", null, 401)]
    public async Task HttpFunction_WithAKeySet_AsksForIt(string path, string? key, int status)
    {
        await using TestHost host = await TestHost.Start(Functions, options: new() { Args = ["--EmbeddedHost:FunctionKey=right"] });
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (key is not null)
        {
            request.Headers.Add("x-functions-key", key);
        }

        HttpResponseMessage response = await host.Http.SendAsync(request, Cancellation);

        Assert.Equal(status, (int)response.StatusCode);
        if (status == 401)
        {
            var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
            Assert.Contains("function key", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Origin", "https://evil.example", 403)]
    [InlineData("Origin", "null", 403)]
    [InlineData("Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-origin", 200)]
    [InlineData("Sec-Fetch-Site", "none", 200)]
    [InlineData("User-Agent", "a program", 200)]
    public async Task HttpFunction_FormOfAnotherSiteWithoutKey_ChangesNothing(string header, string value, int status)
    {
        await using TestHost host = await TestHost.Start(Functions);
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/upload") { Content = new StringContent("a=b") };
        request.Headers.TryAddWithoutValidation(header, value);

        HttpResponseMessage response = await host.Http.SendAsync(request, Cancellation);

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task DurableRoute_FormOfAnotherSiteWithoutKey_StartsNothing()
    {
        await using TestHost host = await TestHost.Start(Functions);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/runtime/webhooks/durabletask/orchestrators/Any") { Content = new StringContent("a=b") };
        request.Headers.TryAddWithoutValidation("Origin", "https://evil.example");

        HttpResponseMessage response = await host.Http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task HttpFunction_OwnPageWithoutKey_IsServed()
    {
        await using TestHost host = await TestHost.Start(Functions);
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/upload") { Content = new StringContent("a=b") };
        request.Headers.TryAddWithoutValidation("Origin", host.Http.BaseAddress!.GetLeftPart(UriPartial.Authority));

        HttpResponseMessage response = await host.Http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task HttpFunction_HostNameFromElsewhere_IsRefused()
    {
        await using TestHost host = await TestHost.Start(Functions);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/open") { Headers = { Host = "evil.example" } };

        HttpResponseMessage response = await host.Http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task HttpFunction_OtherPrefixInHostJson_AnswersThere()
    {
        await using TestHost host = await TestHost.Start(
            Functions, options: new() { HostJson = """{ "version": "2.0", "extensions": { "http": { "routePrefix": "" } } }""" });

        Assert.Equal("open", await host.Http.GetStringAsync("/open", Cancellation));
    }

    [Fact]
    public async Task HttpFunction_Disabled_IsNotThere()
    {
        await using TestHost host = await TestHost.Start(Functions, options: new() { Args = ["--AzureWebJobs.Open.Disabled=true"] });

        Assert.Equal(HttpStatusCode.NotFound, (await host.Http.GetAsync("/api/open", Cancellation)).StatusCode);
        Assert.Contains(host.Log.All, line => line.Contains("Function Open is disabled", StringComparison.Ordinal));
    }

    public sealed class WebFunctions(Calls calls)
    {
        [Function("Job")]
        public IActionResult Job([HttpTrigger("get", Route = "jobs/{job}")] HttpRequest request, string job)
        {
            calls.Add(request.Path);
            return new JsonResult(job);
        }

        [Function("File")]
        public async Task<string> File([HttpTrigger("get", Route = "files/{*path}")] HttpRequest request, string path)
        {
            calls.Add(path);
            await request.Body.FlushAsync();
            return path;
        }

        [Function("Upload")]
        public async Task<IActionResult> Upload([HttpTrigger(AuthorizationLevel.Function, "put", Route = "upload")] HttpRequest request, CancellationToken cancellation)
        {
            calls.Add("upload");
            var counted = new byte[1 << 16];
            long bytes = 0;
            for (int read; (read = await request.Body.ReadAsync(counted, cancellation)) > 0; bytes += read)
            {
            }

            return new OkObjectResult(bytes);
        }
    }

    public static class StaticWebFunctions
    {
        [Function("Page")]
        public static int Page([HttpTrigger("get", Route = "pages/{page}")] HttpRequest request, int page)
        {
            return request.RouteValues.Count > 0 ? page : -1;
        }

        [Function("Echo")]
        public static object Echo([HttpTrigger("get", Route = "record")] HttpRequest request, FunctionContext context, CancellationToken cancellation)
        {
            return new { context.FunctionDefinition.Name, Token = context.CancellationToken == cancellation && request.Method == "GET" };
        }

        [Function("Teapot")]
        public static IResult Teapot([HttpTrigger("get", Route = "result")] HttpRequest request)
        {
            return Results.StatusCode(request.Method == "GET" ? 418 : 200);
        }

        [Function("Nothing")]
        public static ValueTask<string?> Nothing([HttpTrigger("get", Route = "nothing")] HttpRequest request)
        {
            return ValueTask.FromResult(request.Method == "GET" ? null : "");
        }

        [Function("Download")]
        public static IActionResult Download([HttpTrigger("get", Route = "download")] HttpRequest request)
        {
            return new FileStreamResult(new MemoryStream("abcdefgh"u8.ToArray()), "text/plain") { EnableRangeProcessing = request.Method == "GET" };
        }

        [Function("Throws")]
        public static async Task Throws([HttpTrigger("get", Route = "throws")] HttpRequest request)
        {
            await Task.Yield();
            throw new InvalidOperationException($"secret {request.Path}");
        }

        [Function("Open")]
        public static string Open([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "open")] HttpRequest request)
        {
            return request.Path.HasValue ? "open" : "";
        }

        [Function("Admin")]
        public static string Admin([HttpTrigger(AuthorizationLevel.Admin, "get", Route = "admin")] HttpRequest request)
        {
            return request.Path.HasValue ? "admin" : "";
        }
    }
}
