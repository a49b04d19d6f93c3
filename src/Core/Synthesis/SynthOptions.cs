using CellStitch.Core.Volumes;

namespace CellStitch.Core.Synthesis;

/// <summary>Which cells a synthetic volume holds. Equal options give equal voxels on every machine.</summary>
public sealed record SynthOptions
{
    /// <summary>
    /// Smallest mean spacing of the cells in px: twice a wall and the pixel beside it, so that a cell keeps an interior between its walls.
    /// </summary>
    public const double SmallestSpacingPx = 2 * (VoronoiCells.WallPx + 1);

    /// <summary>What the cells look like.</summary>
    public CellFamily Family
    {
        get;
        init => field = Enum.IsDefined(value) ? value
            : throw new ArgumentOutOfRangeException(nameof(Family), value, "must be tissue, stacked, ellipsoids, dense or flat");
    } = CellFamily.Tissue;

    /// <summary>Number of cells asked for, at least 1. Cells that would come to lie too close to another one are left out.</summary>
    public int Cells
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Cells), value, "must be at least 1");
    } = 500;

    /// <summary>Shape (z, y, x) in voxels, each at least 1; a layer has at most 2³¹ − 1 pixels.</summary>
    public VolumeShape Shape
    {
        get;
        init => field = value is { Depth: >= 1, Height: >= 1, Width: >= 1 } && (long)value.Height * value.Width <= int.MaxValue ? value
            : throw new ArgumentOutOfRangeException(nameof(Shape), value, "must be at least 1 × 1 × 1, with at most 2147483647 pixels a layer");
    } = new(64, 512, 512);

    /// <summary>Layer spacing / pixel spacing, a finite number above 0. Cells are round in space, so they span fewer layers where it is large.</summary>
    public double Anisotropy
    {
        get;
        init => field = value > 0 && double.IsFinite(value) ? value
            : throw new ArgumentOutOfRangeException(nameof(Anisotropy), value, "must be a finite number above 0");
    } = 4;

    /// <summary>Decides everything that is random.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The stain that shows this family's cells in a rendered stack: nuclei for ellipsoids, membranes for packed cells.</summary>
    public Stain Stain => Family == CellFamily.Ellipsoids ? Stain.Nuclei : Stain.Membranes;
}
