using Microsoft.Extensions.Configuration;

namespace CellStitch.EmbeddedHost.Hosting;

/// <summary>The keys that the official schema of host.json has below <c>extensions</c> for the extensions this host knows.</summary>
internal static class OfficialHostJson
{
    private static readonly Dictionary<string, string[]> Keys = new(StringComparer.OrdinalIgnoreCase)
    {
        ["blobs"] = ["maxDegreeOfParallelism", "poisonBlobThreshold"],
        ["http"] = ["routePrefix", "maxOutstandingRequests", "maxConcurrentRequests", "dynamicThrottlesEnabled", "hsts", "customHeaders"],
        ["durableTask"] =
        [
            "hubName", "defaultVersion", "versionMatchStrategy", "versionFailureStrategy", "storageProvider", "tracing", "notifications", "httpSettings",
            "maxConcurrentActivityFunctions", "maxConcurrentOrchestratorFunctions", "maxConcurrentEntityFunctions", "localRpcEndpointEnabled",
            "extendedSessionsEnabled", "extendedSessionIdleTimeoutInSeconds", "maxOrchestrationActions", "maxEntityOperationBatchSize",
            "overridableExistingInstanceStates", "entityMessageReorderWindowInMinutes", "rollbackEntityOperationsOnExceptions", "useAppLease",
            "appLeaseOptions", "useGracefulShutdown", "storeInputsInOrchestrationHistory", "maxGrpcMessageSizeInBytes", "grpcHttpClientTimeout",
        ],
        ["durableTask:storageProvider"] =
        [
            "type", "connectionName", "connectionStringName", "controlQueueBatchSize", "controlQueueBufferThreshold", "controlQueueVisibilityTimeout",
            "fetchLargeMessagesAutomatically", "maxQueuePollingInterval", "partitionCount", "trackingStoreConnectionName",
            "trackingStoreConnectionStringName", "trackingStoreNamePrefix", "useLegacyPartitionManagement", "useTablePartitionManagement",
            "workItemQueueVisibilityTimeout", "queueClientMessageEncoding",
        ],
    };

    /// <summary>The keys that are not in the schema; whole extensions this host does not know are left alone.</summary>
    public static IReadOnlyList<string> UnknownKeys(IConfiguration host)
    {
        return [.. from extension in Keys
                   from child in host.GetSection($"extensions:{extension.Key}").GetChildren()
                   where !extension.Value.Contains(child.Key, StringComparer.OrdinalIgnoreCase)
                   select $"extensions.{extension.Key.Replace(':', '.')}.{child.Key}"];
    }
}
