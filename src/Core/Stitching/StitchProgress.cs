namespace CellStitch.Core.Stitching;

/// <summary>The steps of the stitching that take time, in order.</summary>
public enum StitchStage
{
    /// <summary>Overlaps, transport, trace and vote of every layer pair.</summary>
    Trace,

    /// <summary>Holes and contacts of every layer.</summary>
    Survey,

    /// <summary>Painting and writing every layer.</summary>
    Write,
}

/// <summary>How far the stitching is.</summary>
/// <param name="Stage">The step.</param>
/// <param name="Done">Layers done.</param>
/// <param name="Total">Layers in all.</param>
public readonly record struct StitchProgress(StitchStage Stage, int Done, int Total);
