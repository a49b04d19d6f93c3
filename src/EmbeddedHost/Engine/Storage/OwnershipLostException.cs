namespace CellStitch.EmbeddedHost.Engine;

/// <summary>A newer owner has written to an instance's blobs: this engine must stop.</summary>
internal sealed class OwnershipLostException(string blob)
    : Exception($"A newer owner has taken over: blob {blob} has changed since this engine wrote it");
