using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace CellStitch.EmbeddedHost.Tests.Hosting;

public class DurableManagementTests
{
    private const string Api = "/runtime/webhooks/durabletask";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Orchestration_StartedByAFunction_IsServedByTheOfficialRoutes()
    {
        await using TestHost host = await TestHost.Start([typeof(Sums)]);

        JsonObject urls = (await (await Post(host, "/api/sum/one", 1, 2, 3)).Content.ReadFromJsonAsync<JsonObject>(Cancellation))!;
        JsonObject waiting = await Wait(host, "one", "Running", status => status["customStatus"] is not null);

        Assert.Equal("one", urls["id"]!.GetValue<string>());
        Assert.Equal($"{host.Http.BaseAddress}{Api.TrimStart('/')}/instances/one", urls["statusQueryGetUri"]!.GetValue<string>());
        Assert.Equal(["name", "instanceId", "runtimeStatus", "input", "customStatus", "output", "createdTime", "lastUpdatedTime"], waiting.Select(field => field.Key));
        Assert.Equal("[1,2,3]", waiting["input"]!.ToJsonString());
        Assert.Equal("summed in one", waiting["customStatus"]!.GetValue<string>());
        HttpResponseMessage running = await host.Http.GetAsync($"{Api}/instances/one", Cancellation);
        Assert.Equal((HttpStatusCode.Accepted, "5"), (running.StatusCode, running.Headers.RetryAfter!.ToString()));

        using var go = JsonContent.Create("times");
        Assert.Equal(HttpStatusCode.Accepted, (await host.Http.PostAsync($"{Api}/instances/one/raiseEvent/go", go, Cancellation)).StatusCode);
        JsonObject done = await Wait(host, "one", "Completed");
        Assert.Equal("6 times", done["output"]!.GetValue<string>());

        Assert.Equal(HttpStatusCode.Gone, (await host.Http.PostAsync($"{Api}/instances/one/terminate", null, Cancellation)).StatusCode);
        JsonArray list = (await host.Http.GetFromJsonAsync<JsonArray>($"{Api}/instances?runtimeStatus=Completed", Cancellation))!;
        Assert.Equal("one", Assert.Single(list)!["instanceId"]!.GetValue<string>());
        Assert.Null(list[0]!["input"]);
        Assert.Empty((await host.Http.GetFromJsonAsync<JsonArray>($"{Api}/instances?instanceIdPrefix=two", Cancellation))!);

        HttpResponseMessage purged = await host.Http.DeleteAsync($"{Api}/instances/one", Cancellation);
        Assert.Equal("""{"instancesDeleted":1}""", await purged.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(HttpStatusCode.NotFound, (await host.Http.GetAsync($"{Api}/instances/one", Cancellation)).StatusCode);
    }

    [Fact]
    public async Task Orchestration_StartedByTheRoute_CanBeSuspendedResumedTerminated()
    {
        await using TestHost host = await TestHost.Start([typeof(Sums)]);
        HttpResponseMessage started = await Post(host, $"{Api}/orchestrators/Sum/two", 4);
        Assert.Equal(HttpStatusCode.Accepted, started.StatusCode);
        await Wait(host, "two", "Running");

        await host.Http.PostAsync($"{Api}/instances/two/suspend?reason=lunch", null, Cancellation);
        await Wait(host, "two", "Suspended");
        await host.Http.PostAsync($"{Api}/instances/two/resume", null, Cancellation);
        await Wait(host, "two", "Running");
        await host.Http.PostAsync($"{Api}/instances/two/terminate?reason=enough", null, Cancellation);
        JsonObject ended = await Wait(host, "two", "Terminated");

        Assert.Equal("enough", ended["output"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("GET", "/instances/none", 404)]
    [InlineData("POST", "/instances/none/terminate", 404)]
    [InlineData("DELETE", "/instances/none", 404)]
    [InlineData("DELETE", "/instances", 400)]
    [InlineData("GET", "/instances?createdTimeFrom=yesterday", 400)]
    [InlineData("POST", "/orchestrators/None", 400)]
    [InlineData("POST", "/instances/none/restart", 400)]
    public async Task Route_WrongRequest_AnswersProblemDetails(string method, string path, int status)
    {
        await using TestHost host = await TestHost.Start([typeof(Sums)]);
        using var request = new HttpRequestMessage(new HttpMethod(method), Api + path);

        HttpResponseMessage response = await host.Http.SendAsync(request, Cancellation);

        Assert.Equal((status, "application/problem+json"), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task Orchestration_HostStartedAgain_GoesOn()
    {
        string account = CellStitch.Tests.Azurite.NewAccount();
        await using (TestHost first = await TestHost.Start([typeof(Sums)], account))
        {
            await Post(first, "/api/sum/three", 5, 6);
            await Wait(first, "three", "Running", status => status["customStatus"] is not null);
        }

        await using TestHost second = await TestHost.Start([typeof(Sums)], account);
        using var go = JsonContent.Create("again");
        await second.Http.PostAsync($"{Api}/instances/three/raiseEvent/go", go, Cancellation);

        Assert.Equal("11 again", (await Wait(second, "three", "Completed"))["output"]!.GetValue<string>());
    }

    private static Task<HttpResponseMessage> Post(TestHost host, string path, params int[] numbers)
    {
        return host.Http.PostAsJsonAsync(path, numbers, Cancellation);
    }

    private static async Task<JsonObject> Wait(TestHost host, string id, string status, Func<JsonObject, bool>? also = null)
    {
        JsonObject? found = null;
        await TestHost.Until(
            async () =>
            {
                HttpResponseMessage response = await host.Http.GetAsync($"{Api}/instances/{id}", Cancellation);
                found = response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<JsonObject>(Cancellation) : null;
                return found?["runtimeStatus"]?.GetValue<string>() == status && (also is null || also(found));
            },
            $"{id} is {status}");
        return found!;
    }

    public static class Sums
    {
        [Function("StartSum")]
        public static async Task<IActionResult> Start(
            [HttpTrigger("post", Route = "sum/{id}")] HttpRequest request, string id, [DurableClient] DurableTaskClient client, CancellationToken cancellation)
        {
            int[]? numbers = await request.ReadFromJsonAsync<int[]>(cancellation);
            await client.ScheduleNewOrchestrationInstanceAsync("Sum", numbers, new StartOrchestrationOptions(id), cancellation);
            return new JsonResult(client.CreateHttpManagementPayload(id));
        }

        [Function("Sum")]
        public static async Task<string> Sum([OrchestrationTrigger] TaskOrchestrationContext context, int[] numbers)
        {
            AddResult result = await context.CallActivityAsync<AddResult>("Add", new AddInput(numbers));
            context.SetCustomStatus($"summed in {result.InstanceId}");
            string unit = await context.WaitForExternalEvent<string>("go");
            return $"{result.Sum} {unit}";
        }

        [Function("Add")]
        public static AddResult Add([ActivityTrigger] AddInput input, string instanceId, CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            return new AddResult(input.Numbers.Sum(), instanceId);
        }

        public sealed record AddInput(int[] Numbers);

        public sealed record AddResult(int Sum, string InstanceId);
    }
}
