using CellStitch.Core.Transport;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Interpolation;

/// <summary>Two original layers and the layers wanted between them. A unit of work is a label: a matched pair, or the end of a cell.</summary>
/// <param name="upper">The layer above.</param>
/// <param name="lower">The layer below.</param>
/// <param name="steps">Distance of the two; layers 1 … steps − 1 lie between them.</param>
/// <param name="options">How.</param>
internal sealed class LayerGap(LayerSlices upper, LayerSlices lower, int steps, InterpolationOptions options)
{
    // The published code gives a cell without a partner a block of 5 × 5 pixels to move to.
    private const int BlockReach = 2;

    private readonly bool _anyMatched = upper.Boxes.Keys.Any(lower.Boxes.ContainsKey);
    private readonly Lazy<bool> _overlap = new(() => Overlap(upper.Pixels, lower.Pixels));

    public LayerSlices Upper => upper;

    public LayerSlices Lower => lower;

    public int Steps => steps;

    /// <summary>Reads the two layers around the gap below layer z.</summary>
    public static LayerGap Read(ILayerSource labels, int z, InterpolationOptions options)
    {
        int steps = Interpolator.PositionOf(z + 1, options.Anisotropy) - Interpolator.PositionOf(z, options.Anisotropy);
        return new LayerGap(LayerSlices.Read(labels, z), LayerSlices.Read(labels, z + 1), steps, options);
    }

    /// <summary>The original layer that lies nearest; half way, the upper one.</summary>
    public uint[] Nearest(int step) => 2 * step <= steps ? upper.Pixels : lower.Pixels;

    /// <summary>All cells of the two layers, ascending.</summary>
    public uint[] Labels() => [.. upper.Boxes.Keys.Union(lower.Boxes.Keys).Order()];

    /// <summary>What a cell claims of the layers in between, by layer; nothing where it ends without a trace.</summary>
    public InterpolatedSlice[] Interpolate(uint label)
    {
        bool above = upper.Boxes.ContainsKey(label);
        bool below = lower.Boxes.ContainsKey(label);
        if (options.LargestLabelWins)
        {
            return Published(label, above, below);
        }

        return above && below ? Morph(label) : Taper(label, above);
    }

    private InterpolatedSlice[] Morph(uint label)
    {
        SliceMotion motion = options.Method == InterpolationMethod.Sdf
            ? SliceMotion.None
            : SliceMotion.Of(upper.ContourOf(label), lower.ContourOf(label));
        var morph = new SliceMorph(upper.DistanceOf(label), lower.DistanceOf(label), motion);
        return Each(step => morph.At(label, step, steps, upper.Image));
    }

    private InterpolatedSlice[] Taper(uint label, bool above)
    {
        SignedDistance slice = (above ? upper : lower).DistanceOf(label);
        return Each(step => SliceTaper.At(slice, label, step, above ? step : steps - step, steps));
    }

    private InterpolatedSlice[] Published(uint label, bool above, bool below)
    {
        if ((_anyMatched || _overlap.Value) && !(above && below))
        {
            return [];
        }

        PlanePoint[] source = above ? OuterContour(upper, label) : Block(lower.Cut(label));
        PlanePoint[] target = below ? OuterContour(lower, label) : Block(upper.Cut(label));
        PlanarPlan plan = PlanarTransport.Solve(source, target);
        return Each(step => ContourFill.At(label, source, target, plan, step, steps, upper.Image));
    }

    private static PlanePoint[] OuterContour(LayerSlices layer, uint label) => Contour.Trace(layer.Cut(label).WithoutHoles()).Points;

    private PlanePoint[] Block(SliceMask slice)
    {
        PlanePoint[] contour = Contour.Trace(slice.WithoutHoles()).Points;
        var y = (int)Math.Round(contour.Average(point => point.Y), MidpointRounding.ToEven);
        var x = (int)Math.Round(contour.Average(point => point.X), MidpointRounding.ToEven);
        PixelBox box = new PixelBox(y, x, 1, 1).Grown(BlockReach, upper.Image);
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

    private InterpolatedSlice[] Each(Func<int, InterpolatedSlice> at)
    {
        var slices = new InterpolatedSlice[steps - 1];
        for (int step = 1; step < steps; step++)
        {
            slices[step - 1] = at(step);
        }

        return slices;
    }
}
