using CellStitch.EmbeddedHost.Engine;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.DurableTask.Client;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>The management URLs of orchestrations.</summary>
public static class DurableTaskClientExtensions
{
    /// <summary>The URLs under which an orchestration can be watched and changed.</summary>
    /// <param name="client">The client given to the function.</param>
    /// <param name="instanceId">The instance.</param>
    /// <param name="request">Where to take the host's address from; null = from the client.</param>
    /// <exception cref="ArgumentException">The id is empty.</exception>
    /// <exception cref="InvalidOperationException">Neither client nor request knows the host's address.</exception>
    public static HttpManagementPayload CreateHttpManagementPayload(this DurableTaskClient client, string instanceId, HttpRequestData? request = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        EngineClient? ours = client as EngineClient;
        Uri host = request?.Url ?? ours?.HostAddress
            ?? throw new InvalidOperationException("The client does not know under which address the host listens; give the request.");
        string instance = $"{host.GetLeftPart(UriPartial.Authority)}/runtime/webhooks/durabletask/instances/{Uri.EscapeDataString(instanceId)}";
        string key = ours?.HostKey is { } code ? $"code={Uri.EscapeDataString(code)}" : "";
        string query = key.Length == 0 ? "" : $"?{key}";
        string afterReason = key.Length == 0 ? "" : $"&{key}";
        return new HttpManagementPayload
        {
            Id = instanceId,
            StatusQueryGetUri = $"{instance}{query}",
            PurgeHistoryDeleteUri = $"{instance}{query}",
            SendEventPostUri = $"{instance}/raiseEvent/{{eventName}}{query}",
            TerminatePostUri = $"{instance}/terminate?reason={{text}}{afterReason}",
            SuspendPostUri = $"{instance}/suspend?reason={{text}}{afterReason}",
            ResumePostUri = $"{instance}/resume?reason={{text}}{afterReason}",
            RestartPostUri = $"{instance}/restart{query}",
        };
    }
}
