using CellStitch.Core.Volumes;

namespace CellStitch.Core.Interpolation.Stages;

/// <summary>Takes a finished layer of the isotropic volume.</summary>
/// <param name="position">Its layer.</param>
/// <param name="layer">Labels in raster order; valid during the call only.</param>
public delegate void ComposedLayer(int position, ReadOnlySpan<uint> layer);

/// <summary>Puts the claims of all cells of a gap together.</summary>
public static class ComposeStage
{
    /// <summary>Makes the layers of the gap below layer z, from top to bottom: those in between, and the original layer below; before the first gap, layer 0.</summary>
    /// <param name="labels">The label volume.</param>
    /// <param name="z">The layer above the gap, 0 … depth − 2.</param>
    /// <param name="claims">The tables of all units of the gap, in any order; read once.</param>
    /// <param name="options">How; the same as for the units.</param>
    /// <param name="layers">Receives the layers.</param>
    /// <exception cref="InvalidDataException">A table is damaged or of another gap.</exception>
    /// <exception cref="InvalidMaskException">A layer cannot be read.</exception>
    public static void Run(ILayerSource labels, int z, IEnumerable<Stream> claims, InterpolationOptions options, ComposedLayer layers)
    {
        LayerGap gap = LayerGap.Read(labels, z, options);
        int position = Interpolator.PositionOf(z, options.Anisotropy);
        if (z == 0)
        {
            layers(position, gap.Upper.Pixels);
        }

        LayerComposition[] between = [.. Enumerable.Range(1, gap.Steps - 1).Select(_ => new LayerComposition(gap.Upper.Image, options.LargestLabelWins))];
        foreach (LayerComposition layer in between)
        {
            layer.Clear();
        }

        foreach (Stream table in claims)
        {
            foreach (InterpolatedSlice slice in ClaimsTable.Read(table, z, gap.Steps, gap.Upper.Image))
            {
                between[slice.Step - 1].Add(slice);
            }
        }

        for (int step = 1; step < gap.Steps; step++)
        {
            layers(
                position + step,
                options.Method == InterpolationMethod.Nearest ? gap.Nearest(step) : between[step - 1].Finish(gap.Upper.Pixels, gap.Lower.Pixels));
        }

        layers(position + gap.Steps, gap.Lower.Pixels);
    }
}
