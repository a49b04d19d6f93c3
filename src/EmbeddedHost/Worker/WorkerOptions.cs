namespace Microsoft.Azure.Functions.Worker;

/// <summary>What the app tells the Functions host about itself. Here both are one process, so nobody asks.</summary>
public class WorkerOptions
{
    /// <summary>Names and values that the Functions host looks for.</summary>
    public IDictionary<string, string> Capabilities { get; } = new Dictionary<string, string>();
}
