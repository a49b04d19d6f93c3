using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask.Client;

namespace CellStitch.EmbeddedHost.Hosting;

/// <summary>What the Durable HTTP API reads and writes.</summary>
internal static class DurablePayloads
{
    /// <summary>The request's content; none where it is empty, a refusal where it is not JSON.</summary>
    public static async Task<(JsonElement? Value, IResult? Fault)> Read(HttpRequest request, CancellationToken cancellation)
    {
        using var reader = new StreamReader(request.Body);
        string text = await reader.ReadToEndAsync(cancellation);
        try
        {
            return (text.Length == 0 ? null : JsonElement.Parse(text), null);
        }
        catch (JsonException error)
        {
            return (null, Refuse($"The content is not JSON: {error.Message}"));
        }
    }

    /// <summary>States named in a query, separated by commas; null where none is.</summary>
    public static OrchestrationRuntimeStatus[]? Statuses(string? names)
    {
        OrchestrationRuntimeStatus[] statuses = [.. (names ?? "").Split(',')
            .Where(name => Enum.TryParse<OrchestrationRuntimeStatus>(name, ignoreCase: true, out _))
            .Select(name => Enum.Parse<OrchestrationRuntimeStatus>(name, ignoreCase: true))];
        return statuses.Length == 0 ? null : statuses;
    }

    /// <summary>What the API tells about an orchestration.</summary>
    public static JsonObject Of(OrchestrationMetadata instance, bool showInput)
    {
        return new JsonObject
        {
            ["name"] = instance.Name,
            ["instanceId"] = instance.InstanceId,
            ["runtimeStatus"] = instance.RuntimeStatus.ToString(),
            ["input"] = showInput ? Node(instance.SerializedInput) : null,
            ["customStatus"] = Node(instance.SerializedCustomStatus),
            ["output"] = Node(instance.SerializedOutput) ?? instance.FailureDetails?.ErrorMessage,
            ["createdTime"] = Time(instance.CreatedAt),
            ["lastUpdatedTime"] = Time(instance.LastUpdatedAt),
        };
    }

    /// <summary>The answer to a request that is not right.</summary>
    public static IResult Refuse(string detail)
    {
        return Results.Problem(statusCode: StatusCodes.Status400BadRequest, detail: detail);
    }

    private static JsonNode? Node(string? json)
    {
        return json is null ? null : JsonNode.Parse(json);
    }

    private static string Time(DateTimeOffset time)
    {
        return time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    }
}
