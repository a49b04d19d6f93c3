using CellStitch.Core.Volumes;

namespace CellStitch.Core.Interpolation.Stages;

/// <summary>
/// Interpolation as units that can run anywhere: a unit is a cell in a gap, either a matched pair of slices or an end. Any batches of the units of a gap, put together by
/// <see cref="ComposeStage"/>, give what <see cref="Interpolator"/> gives.
/// </summary>
public static class InterpolateStage
{
    /// <summary>The units of the gap below layer z: its cells, ascending.</summary>
    /// <param name="labels">The label volume.</param>
    /// <param name="z">The layer above the gap, 0 … depth − 2.</param>
    /// <param name="options">How; a copy of the nearest layer needs no units.</param>
    public static IReadOnlyList<uint> Units(ILayerSource labels, int z, InterpolationOptions options) =>
        options.Method == InterpolationMethod.Nearest ? [] : LayerGap.Read(labels, z, options).Labels();

    /// <summary>Interpolates some units of a gap into a table.</summary>
    /// <param name="labels">The label volume.</param>
    /// <param name="z">The layer above the gap, 0 … depth − 2.</param>
    /// <param name="cells">The units.</param>
    /// <param name="options">How; the same for all batches and the composition.</param>
    /// <param name="claims">Receives the table.</param>
    /// <param name="cancellation">Looked at before each unit.</param>
    /// <exception cref="InvalidMaskException">A layer cannot be read.</exception>
    public static void Run(
        ILayerSource labels, int z, IReadOnlyList<uint> cells, InterpolationOptions options, Stream claims, CancellationToken cancellation = default)
    {
        LayerGap gap = LayerGap.Read(labels, z, options);
        var made = new InterpolatedSlice[cells.Count][];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancellation };
        Parallel.For(0, made.Length, parallel, i => made[i] = gap.Interpolate(cells[i]));
        ClaimsTable.Write(claims, z, [.. made.SelectMany(slices => slices)]);
    }
}
