using CellStitch.Core.Volumes;

namespace CellStitch.Core.Interpolation.Stages;

/// <summary>The units of a gap.</summary>
/// <param name="Count">Their number.</param>
/// <param name="Table">Their table, for <see cref="InterpolateStage.Run"/>.</param>
public readonly record struct ListedUnits(int Count, ReadOnlyMemory<byte> Table);

/// <summary>
/// Interpolation as units that can run anywhere: a unit is a cell in a gap, either a matched pair of slices or an end. Any batches of the units of a gap, put together by
/// <see cref="ComposeStage"/>, give what <see cref="Interpolator"/> gives.
/// </summary>
public static class InterpolateStage
{
    /// <summary>Lists the units of all gaps.</summary>
    /// <param name="slices">The tables of slices of the write stage, of all layers, in any order.</param>
    /// <param name="shape">Shape of the label volume.</param>
    /// <param name="options">How; a copy of the nearest layer needs no units.</param>
    /// <returns>The units of the gap below every layer but the last.</returns>
    /// <exception cref="InvalidDataException">A table is damaged, missing, there twice, or of another volume.</exception>
    public static IReadOnlyList<ListedUnits> List(IEnumerable<Stream> slices, VolumeShape shape, InterpolationOptions options)
    {
        var listed = new GapUnits(shape.Depth, options.BridgesLayers);
        foreach (uint[] labels in SliceTable.Read(slices, shape))
        {
            listed.Add(options.Method == InterpolationMethod.Nearest ? [] : labels);
        }

        return [.. listed.Finish().Select((units, z) => new ListedUnits(units.Count, UnitTable.Write(z, units)))];
    }

    /// <summary>Interpolates some units of a gap into a table.</summary>
    /// <param name="labels">The label volume.</param>
    /// <param name="units">The table of the units of the gap.</param>
    /// <param name="z">The layer above the gap, 0 … depth − 2.</param>
    /// <param name="batch">Which of the units of the gap.</param>
    /// <param name="options">How; the same for all batches and the composition.</param>
    /// <param name="claims">Receives the table of claims.</param>
    /// <param name="cancellation">Looked at before each unit.</param>
    /// <exception cref="InvalidDataException">The table of units is damaged or of another gap.</exception>
    /// <exception cref="InvalidMaskException">A layer cannot be read.</exception>
    public static void Run(
        ILayerSource labels, Stream units, int z, Range batch, InterpolationOptions options, Stream claims, CancellationToken cancellation = default)
    {
        GapUnit[] cells = UnitTable.Read(units, z, labels.Shape.Depth)[batch];
        var layers = new LoadedLayers(labels);
        layers.Load(z, cells);
        var gap = new LayerGap(layers, z, options);
        var made = new InterpolatedSlice[cells.Length][];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancellation };
        Parallel.For(0, made.Length, parallel, i => made[i] = gap.Interpolate(cells[i]));
        ClaimsTable.Write(claims, z, [.. made.SelectMany(slices => slices)]);
    }
}
