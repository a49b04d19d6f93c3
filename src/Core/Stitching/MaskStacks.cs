using CellStitch.Core.Volumes;

namespace CellStitch.Core.Stitching;

/// <summary>The input of the method: XY masks and, both or none, the XZ and YZ masks of the same volume, all on (z, y, x) axes.</summary>
public sealed class MaskStacks
{
    /// <summary>Checks that the stacks belong together.</summary>
    /// <param name="xy">XY masks; labels unique within a layer.</param>
    /// <param name="xz">XZ masks; labels unique within a slice of constant y. Null when there are no projections.</param>
    /// <param name="yz">YZ masks; labels unique within a slice of constant x. Null when there are no projections.</param>
    /// <exception cref="InvalidMaskException">A projection has another shape, or only one of the two is given.</exception>
    public MaskStacks(ILayerSource xy, ILayerSource? xz = null, ILayerSource? yz = null)
    {
        if ((xz ?? yz) is { } given && (xz is null || yz is null))
        {
            string missing = xz is null ? "XZ" : "YZ";
            throw new InvalidMaskException(MaskFault.MissingFile, given.Name, null, $"given without the {missing} masks; give both projections or none.");
        }

        RequireShape(xy, xz);
        RequireShape(xy, yz);
        Xy = xy;
        Xz = xz;
        Yz = yz;
    }

    /// <summary>XY masks.</summary>
    public ILayerSource Xy { get; }

    /// <summary>XZ masks; null when there are no projections.</summary>
    public ILayerSource? Xz { get; }

    /// <summary>YZ masks; null when there are no projections.</summary>
    public ILayerSource? Yz { get; }

    /// <summary>Shape (z, y, x) of all stacks.</summary>
    public VolumeShape Shape => Xy.Shape;

    /// <summary>The stacks with their layers in the order of the tracing: these, or a view from the last layer to z = 0.</summary>
    /// <param name="direction">The direction of the tracing.</param>
    public MaskStacks Traced(StitchDirection direction) =>
        direction == StitchDirection.Down ? this : Through(stack => new ReversedLayers(stack));

    /// <summary>The stacks under another view, for example with their layers in reverse.</summary>
    /// <param name="view">Wraps one stack.</param>
    internal MaskStacks Through(Func<ILayerSource, ILayerSource> view)
    {
        return new MaskStacks(view(Xy), Xz is null ? null : view(Xz), Yz is null ? null : view(Yz));
    }

    private static void RequireShape(ILayerSource xy, ILayerSource? projection)
    {
        if (projection is not null && projection.Shape != xy.Shape)
        {
            throw new InvalidMaskException(
                MaskFault.ShapeMismatch, projection.Name, null, $"{projection.Shape} (z × y × x); {xy.Name} has {xy.Shape}.");
        }
    }
}
