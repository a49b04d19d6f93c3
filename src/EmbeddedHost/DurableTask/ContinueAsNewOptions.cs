namespace Microsoft.DurableTask;

/// <summary>How an orchestration starts over.</summary>
public class ContinueAsNewOptions
{
    /// <summary>The input of the next round.</summary>
    public object? NewInput { get; set; }

    /// <summary>Whether external events nobody waited for are kept for the next round.</summary>
    public bool PreserveUnprocessedEvents { get; set; } = true;
}
