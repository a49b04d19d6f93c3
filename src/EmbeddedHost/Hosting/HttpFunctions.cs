using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace CellStitch.EmbeddedHost.Hosting;

/// <summary>The HTTP functions as endpoints.</summary>
internal static class HttpFunctions
{
    /// <summary>Maps each enabled HTTP function below the route prefix.</summary>
    public static void Map(WebApplication app)
    {
        var hostJson = app.Services.GetRequiredService<HostJson>();
        var invoker = app.Services.GetRequiredService<FunctionInvoker>();
        var key = app.Services.GetRequiredService<FunctionKey>();
        var host = app.Services.GetRequiredService<FunctionHost>();
        var catalog = app.Services.GetRequiredService<FunctionCatalog>();
        foreach ((FunctionDescription function, HttpTriggerAttribute trigger) in catalog.WithTrigger<HttpTriggerAttribute>())
        {
            string route = $"/{hostJson.RoutePrefix}/{(trigger.Route ?? function.Name).TrimStart('/')}".Replace("//", "/", StringComparison.Ordinal);
            async Task Serve(HttpContext http)
            {
                if (await key.Admits(http, trigger.AuthLevel))
                {
                    using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, host.GraceEnded);
                    object? result = await invoker.Run(function, http.Request, http.Request.RouteValues, either.Token);
                    await Answer(http, result, function.Method.ReturnType);
                }
            }

            IEndpointConventionBuilder endpoint = trigger.Methods is { Length: > 0 } methods
                ? app.MapMethods(route, methods, (RequestDelegate)Serve)
                : app.Map(route, (RequestDelegate)Serve);
            endpoint.WithDisplayName($"Function {function.Name}");
        }
    }

    private static Task Answer(HttpContext http, object? result, Type returnType)
    {
        bool returnsNothing = returnType == typeof(void) || returnType == typeof(Task) || returnType == typeof(ValueTask);
        return result switch
        {
            IResult known => known.ExecuteAsync(http),
            IActionResult known => known.ExecuteResultAsync(new ActionContext(http, http.GetRouteData(), new ActionDescriptor())),
            // The function wrote the response itself.
            null when returnsNothing => Task.CompletedTask,
            null => Results.NoContent().ExecuteAsync(http),
            string text => Results.Text(text).ExecuteAsync(http),
            _ => Results.Json(result).ExecuteAsync(http),
        };
    }
}
