using Microsoft.DurableTask.Client;

namespace CellStitch.EmbeddedHost.Engine;

/// <summary>The client that functions get: it talks to the engine in the same process.</summary>
internal abstract class EngineClient(string hub) : DurableTaskClient(hub)
{
    /// <summary>Where the host listens, for management URLs; null until it does.</summary>
    public Uri? HostAddress { get; set; }

    /// <summary>The key that management URLs carry; null when the host asks for none.</summary>
    public string? HostKey { get; set; }
}
