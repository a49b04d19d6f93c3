using System.Text.Json;
using System.Text.Json.Nodes;
using CellStitch.EmbeddedHost.Engine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace CellStitch.EmbeddedHost.Hosting;

/// <summary>
/// The official Durable HTTP API below <c>/runtime/webhooks/durabletask</c>: routes, status codes and JSON as the official extension has them.
/// </summary>
internal sealed class DurableManagement(EngineClient client, FunctionCatalog catalog)
{
    private const string ContinuationHeader = "x-ms-continuation-token";

    /// <summary>Maps the routes; callers need the key as for functions.</summary>
    public static void Map(WebApplication app)
    {
        var api = ActivatorUtilities.CreateInstance<DurableManagement>(app.Services);
        var key = app.Services.GetRequiredService<FunctionKey>();
        RouteGroupBuilder routes = app.MapGroup("/runtime/webhooks/durabletask");
        routes.AddEndpointFilter(async (call, next) =>
            await key.Admits(call.HttpContext, AuthorizationLevel.System) ? await next(call) : Results.Empty);
        routes.MapGet("/instances", api.List);
        routes.MapDelete("/instances", api.PurgeMany);
        routes.MapGet("/instances/{instanceId}", api.Status);
        routes.MapDelete("/instances/{instanceId}", api.Purge);
        routes.MapPost("/instances/{instanceId}/terminate", api.Terminate);
        routes.MapPost("/instances/{instanceId}/suspend", api.Suspend);
        routes.MapPost("/instances/{instanceId}/resume", api.Resume);
        routes.MapPost("/instances/{instanceId}/restart", api.Restart);
        routes.MapPost("/instances/{instanceId}/raiseEvent/{eventName}", api.RaiseEvent);
        routes.MapPost("/orchestrators/{functionName}/{instanceId?}", api.Start);
    }

    private async Task<IResult> List(
        HttpRequest request,
        string? instanceIdPrefix,
        DateTimeOffset? createdTimeFrom,
        DateTimeOffset? createdTimeTo,
        string? runtimeStatus,
        bool? showInput,
        int? top,
        CancellationToken cancellation)
    {
        var query = new OrchestrationQuery(
            createdTimeFrom,
            createdTimeTo,
            DurablePayloads.Statuses(runtimeStatus),
            InstanceIdPrefix: instanceIdPrefix,
            PageSize: top ?? OrchestrationQuery.DefaultPageSize,
            FetchInputsAndOutputs: true,
            ContinuationToken: request.Headers[ContinuationHeader]);
        await foreach (Page<OrchestrationMetadata> page in client.GetAllInstancesAsync(query)
            .AsPages(query.ContinuationToken, query.PageSize).WithCancellation(cancellation))
        {
            if (page.ContinuationToken is not null)
            {
                request.HttpContext.Response.Headers[ContinuationHeader] = page.ContinuationToken;
            }

            return Results.Json(page.Values.Select(instance => DurablePayloads.Of(instance, showInput ?? false)));
        }

        return Results.Json(Array.Empty<object>());
    }

    private async Task<IResult> Status(
        HttpContext http, string instanceId, bool? showInput, bool? returnInternalServerErrorOnFailure, CancellationToken cancellation)
    {
        OrchestrationMetadata? instance = await client.GetInstanceAsync(instanceId, getInputsAndOutputs: true, cancellation);
        if (instance is null)
        {
            return Results.NotFound();
        }

        JsonObject payload = DurablePayloads.Of(instance, showInput ?? true);
        if (instance.IsCompleted)
        {
            bool error = returnInternalServerErrorOnFailure == true && instance.RuntimeStatus == OrchestrationRuntimeStatus.Failed;
            return Results.Json(payload, statusCode: error ? StatusCodes.Status500InternalServerError : StatusCodes.Status200OK);
        }

        // The official extension asks pollers to come back in 5 s.
        http.Response.Headers.RetryAfter = "5";
        http.Response.Headers.Location = http.Request.GetEncodedUrl();
        return Results.Json(payload, statusCode: StatusCodes.Status202Accepted);
    }

    private async Task<IResult> Purge(string instanceId, CancellationToken cancellation)
    {
        PurgeResult result = await client.PurgeInstanceAsync(instanceId, cancellation);
        return Purged(result);
    }

    private async Task<IResult> PurgeMany(
        DateTimeOffset? createdTimeFrom, DateTimeOffset? createdTimeTo, string? runtimeStatus, CancellationToken cancellation)
    {
        if (createdTimeFrom is null)
        {
            return DurablePayloads.Refuse("Give a value for 'createdTimeFrom'.");
        }

        PurgeResult result = await client.PurgeAllInstancesAsync(
            new PurgeInstancesFilter(createdTimeFrom, createdTimeTo, DurablePayloads.Statuses(runtimeStatus)), cancellation);
        return Purged(result);
    }

    private Task<IResult> Terminate(string instanceId, string? reason, CancellationToken cancellation)
    {
        return WhileRunning(instanceId, () => client.TerminateInstanceAsync(instanceId, (object?)reason, cancellation), cancellation);
    }

    private Task<IResult> Suspend(string instanceId, string? reason, CancellationToken cancellation)
    {
        return WhileRunning(instanceId, () => client.SuspendInstanceAsync(instanceId, reason, cancellation), cancellation);
    }

    private Task<IResult> Resume(string instanceId, string? reason, CancellationToken cancellation)
    {
        return WhileRunning(instanceId, () => client.ResumeInstanceAsync(instanceId, reason, cancellation), cancellation);
    }

    private async Task<IResult> RaiseEvent(HttpRequest request, string instanceId, string eventName, CancellationToken cancellation)
    {
        if (!request.HasJsonContentType())
        {
            return DurablePayloads.Refuse("Only application/json request content is supported.");
        }

        (JsonElement? payload, IResult? fault) = await DurablePayloads.Read(request, cancellation);
        return fault ?? await WhileRunning(instanceId, () => client.RaiseEventAsync(instanceId, eventName, payload, cancellation), cancellation);
    }

    private async Task<IResult> Restart(HttpContext http, string instanceId, bool? restartWithNewInstanceId, CancellationToken cancellation)
    {
        try
        {
            return Started(http, await client.RestartAsync(instanceId, restartWithNewInstanceId ?? true, cancellation));
        }
        catch (ArgumentException)
        {
            return DurablePayloads.Refuse($"There is no orchestration '{instanceId}'.");
        }
        catch (InvalidOperationException error)
        {
            return Results.Problem(statusCode: StatusCodes.Status409Conflict, detail: error.Message);
        }
    }

    private async Task<IResult> Start(HttpContext http, string functionName, string? instanceId, CancellationToken cancellation)
    {
        if (!catalog.WithTrigger<OrchestrationTriggerAttribute>().Any(f => f.Function.Name.Equals(functionName, StringComparison.OrdinalIgnoreCase)))
        {
            return DurablePayloads.Refuse($"The app has no orchestrator function '{functionName}'.");
        }

        (JsonElement? input, IResult? fault) = await DurablePayloads.Read(http.Request, cancellation);
        if (fault is not null)
        {
            return fault;
        }

        try
        {
            string id = await client.ScheduleNewOrchestrationInstanceAsync(
                functionName, input, new StartOrchestrationOptions(InstanceId: instanceId), cancellation);
            return Started(http, id);
        }
        catch (DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException error)
        {
            return Results.Problem(statusCode: StatusCodes.Status409Conflict, detail: error.Message);
        }
    }

    private async Task<IResult> WhileRunning(string instanceId, Func<Task> change, CancellationToken cancellation)
    {
        OrchestrationMetadata? instance = await client.GetInstanceAsync(instanceId, cancellation);
        if (instance is null)
        {
            return Results.NotFound();
        }

        if (instance.IsCompleted)
        {
            return Results.StatusCode(StatusCodes.Status410Gone);
        }

        await change();
        return Results.StatusCode(StatusCodes.Status202Accepted);
    }

    private IResult Started(HttpContext http, string instanceId)
    {
        HttpManagementPayload urls = client.CreateHttpManagementPayload(instanceId);
        http.Response.Headers.Location = urls.StatusQueryGetUri;
        http.Response.Headers.RetryAfter = "10";
        return Results.Json(urls, statusCode: StatusCodes.Status202Accepted);
    }

    private static IResult Purged(PurgeResult result)
    {
        return result.PurgedInstanceCount == 0 ? Results.NotFound() : Results.Json(new { instancesDeleted = result.PurgedInstanceCount });
    }
}
