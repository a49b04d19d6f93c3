using CellStitch.Core.Transport;

namespace CellStitch.Core.Interpolation;

/// <summary>A layer, the next one, and the layers wanted between them.</summary>
/// <param name="layers">The layers of the gap and of its units.</param>
/// <param name="z">The layer above the gap.</param>
/// <param name="options">How.</param>
internal sealed class LayerGap(LoadedLayers layers, int z, InterpolationOptions options)
{
    // The published code gives a cell without a partner a block of 5 × 5 pixels to move to.
    private const int BlockReach = 2;

    private readonly Lazy<bool> _anyMatched = new(() => layers[z].Boxes.Keys.Any(layers[z + 1].Boxes.ContainsKey));
    private readonly Lazy<bool> _overlap = new(() => Overlap(layers[z].Pixels, layers[z + 1].Pixels));

    public LayerSlices Upper => layers[z];

    public LayerSlices Lower => layers[z + 1];

    /// <summary>Distance of the two layers; layers 1 … steps − 1 lie between them.</summary>
    public int Steps { get; } = StepsBetween(z, z + 1, options);

    /// <summary>The original layer that lies nearest; half way, the upper one.</summary>
    public uint[] Nearest(int step) => 2 * step <= Steps ? Upper.Pixels : Lower.Pixels;

    /// <summary>What a cell claims of the layers in between, and of the layer below where it is missing there; nothing where it ends without a trace.</summary>
    public InterpolatedSlice[] Interpolate(GapUnit unit)
    {
        if (options.LargestLabelWins)
        {
            return Published(unit);
        }

        return unit is (_, int above, int below) ? Morph(unit, above, below) : Taper(unit);
    }

    private static int StepsBetween(int above, int below, InterpolationOptions options) =>
        Interpolator.PositionOf(below, options.Anisotropy) - Interpolator.PositionOf(above, options.Anisotropy);

    private InterpolatedSlice[] Morph(GapUnit unit, int above, int below)
    {
        (LayerSlices source, LayerSlices target) = (layers[above], layers[below]);
        SliceMotion motion = options.Method == InterpolationMethod.Sdf
            ? SliceMotion.None
            : SliceMotion.Of(source.ContourOf(unit.Label), target.ContourOf(unit.Label));
        var morph = new SliceMorph(source.DistanceOf(unit.Label), target.DistanceOf(unit.Label), motion);
        (int before, int all) = (StepsBetween(above, z, options), StepsBetween(above, below, options));
        return Each(unit.Bridges(z) ? Steps : Steps - 1, step => morph.At(unit.Label, before + step, all, layers.Image) with { Step = step });
    }

    private InterpolatedSlice[] Taper(GapUnit unit)
    {
        SignedDistance slice = (unit.Above is not null ? Upper : Lower).DistanceOf(unit.Label);
        return Each(Steps - 1, step => SliceTaper.At(slice, unit.Label, step, unit.Above is not null ? step : Steps - step, Steps));
    }

    private InterpolatedSlice[] Published(GapUnit unit)
    {
        (bool above, bool below) = (unit.Above is not null, unit.Below is not null);
        if ((_anyMatched.Value || _overlap.Value) && !(above && below))
        {
            return [];
        }

        uint label = unit.Label;
        PlanePoint[] source = above ? OuterContour(Upper, label) : Block(Lower.Cut(label));
        PlanePoint[] target = below ? OuterContour(Lower, label) : Block(Upper.Cut(label));
        PlanarPlan plan = PlanarTransport.Solve(source, target);
        return Each(Steps - 1, step => ContourFill.At(label, source, target, plan, step, Steps, layers.Image));
    }

    private static PlanePoint[] OuterContour(LayerSlices layer, uint label) => Contour.Trace(layer.Cut(label).WithoutHoles()).Points;

    private PlanePoint[] Block(SliceMask slice)
    {
        PlanePoint[] contour = Contour.Trace(slice.WithoutHoles()).Points;
        var y = (int)Math.Round(contour.Average(point => point.Y), MidpointRounding.ToEven);
        var x = (int)Math.Round(contour.Average(point => point.X), MidpointRounding.ToEven);
        PixelBox box = new PixelBox(y, x, 1, 1).Grown(BlockReach, layers.Image);
        return
        [
            .. from row in Enumerable.Range(box.Top, box.Height)
               from column in Enumerable.Range(box.Left, box.Width)
               select new PlanePoint(row, column),
        ];
    }

    private static bool Overlap(uint[] upper, uint[] lower)
    {
        for (int i = 0; i < upper.Length; i++)
        {
            if (upper[i] != 0 && lower[i] != 0)
            {
                return true;
            }
        }

        return false;
    }

    private static InterpolatedSlice[] Each(int count, Func<int, InterpolatedSlice> at)
    {
        var slices = new InterpolatedSlice[count];
        for (int step = 1; step <= count; step++)
        {
            slices[step - 1] = at(step);
        }

        return slices;
    }
}
