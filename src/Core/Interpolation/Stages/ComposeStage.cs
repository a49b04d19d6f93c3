using CellStitch.Core.Volumes;

namespace CellStitch.Core.Interpolation.Stages;

/// <summary>Takes a finished layer of the isotropic volume.</summary>
/// <param name="position">Its layer.</param>
/// <param name="layer">Labels in raster order; valid during the call only.</param>
public delegate void ComposedLayer(int position, ReadOnlySpan<uint> layer);

/// <summary>Puts the claims of all cells of a gap together. Holds the layers of the gap, whatever is claimed.</summary>
public sealed class ComposeStage
{
    private readonly LayerGap _gap;
    private readonly LoadedLayers _layers;
    private readonly InterpolationOptions _options;
    private readonly int _z;

    // The last is the original layer below, where cells may be missing.
    private readonly LayerComposition?[] _between;

    /// <summary>Begins the gap below a layer.</summary>
    /// <param name="labels">The label volume.</param>
    /// <param name="z">The layer above the gap, 0 … depth − 2.</param>
    /// <param name="options">How; the same as for the units.</param>
    /// <exception cref="InvalidMaskException">A layer cannot be read.</exception>
    public ComposeStage(ILayerSource labels, int z, InterpolationOptions options)
    {
        (_layers, _z, _options) = (new LoadedLayers(labels), z, options);
        _layers.Load(z, []);
        _gap = new LayerGap(_layers, z, options);
        _between = new LayerComposition?[_gap.Steps];
    }

    /// <summary>Takes the claims of some units of the gap; each once, in any order.</summary>
    /// <param name="claims">The table of claims.</param>
    /// <exception cref="InvalidDataException">The table is damaged or of another gap.</exception>
    public void Add(Stream claims)
    {
        foreach (InterpolatedSlice slice in ClaimsTable.Read(claims, _z, _gap.Steps, _layers.Image))
        {
            LayerAt(slice.Step).Add(slice);
        }
    }

    /// <summary>Makes the layers of the gap, from top to bottom: those in between, and the original layer below; before the first gap, layer 0.</summary>
    /// <param name="layers">Receives the layers.</param>
    public void Finish(ComposedLayer layers)
    {
        int position = Interpolator.PositionOf(_z, _options.Anisotropy);
        if (_z == 0)
        {
            layers(position, _gap.Upper.Pixels);
        }

        for (int step = 1; step < _gap.Steps; step++)
        {
            layers(
                position + step,
                _options.Method == InterpolationMethod.Nearest ? _gap.Nearest(step) : LayerAt(step).Finish(_gap.Upper.Pixels, _gap.Lower.Pixels));
        }

        layers(position + _gap.Steps, _between[^1] is { } bridged ? bridged.FinishOver(_gap.Lower.Pixels) : _gap.Lower.Pixels);
    }

    private LayerComposition LayerAt(int step)
    {
        if (_between[step - 1] is not { } layer)
        {
            _between[step - 1] = layer = new LayerComposition(_layers.Image, _options.LargestLabelWins);
            layer.Clear();
        }

        return layer;
    }
}
