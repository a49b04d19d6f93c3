namespace Microsoft.Azure.Functions.Worker;

/// <summary>Runs the function for each new or changed blob under a path.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class BlobTriggerAttribute : Attribute
{
    /// <summary>A blob trigger.</summary>
    /// <param name="blobPath">Container and pattern of the names, e.g. <c>drop/{name}</c>; parts in braces can be bound as string parameters.</param>
    public BlobTriggerAttribute(string blobPath)
    {
        BlobPath = blobPath;
    }

    /// <summary>Container and pattern of the names; <c>%Setting%</c> stands for the value of a setting.</summary>
    public string BlobPath { get; }

    /// <summary>The name of the storage connection; null = <c>AzureWebJobsStorage</c>.</summary>
    public string? Connection { get; set; }

    /// <summary>How new blobs are noticed. This host polls; functions whose events Event Grid delivers run only in Azure.</summary>
    public BlobTriggerSource Source { get; set; } = BlobTriggerSource.LogsAndContainerScan;
}

/// <summary>How a blob trigger notices blobs.</summary>
public enum BlobTriggerSource
{
    /// <summary>The container is listed again and again.</summary>
    LogsAndContainerScan,

    /// <summary>Event Grid sends an event for each blob.</summary>
    EventGrid,
}
