using CellStitch.Core.Volumes;

namespace CellStitch.Core.Synthesis;

/// <summary>
/// The true cells of a synthetic volume. Layers are painted when they are read, each by itself, so memory does not grow with the volume:
/// a few kB per cell. Labels are 1 … <see cref="CellCount"/>, every one of them present; each cell is the voxels of one convex body.
/// </summary>
public sealed class CellTruth : ILayerSource
{
    // The organ's half axes are 15 % longer than half the volume: it leaves the field of view as tissue does and fills about three quarters.
    private const double OrganShare = 1.15;

    private readonly ConvexCell[] _cells;
    private readonly double _anisotropy;

    /// <summary>Places the cells; takes some seconds for 10,000 cells.</summary>
    /// <param name="options">Family, number of cells, shape, anisotropy and seed.</param>
    /// <exception cref="ArgumentException">So many cells would lie closer than <see cref="SynthOptions.SmallestSpacingPx"/>.</exception>
    public CellTruth(SynthOptions options)
    {
        Shape = options.Shape;
        VoxelSize = new VoxelSize(options.Anisotropy, 1, 1);
        _anisotropy = options.Anisotropy;
        _cells = Build(options);
    }

    /// <inheritdoc/>
    public string Name => "synthetic truth";

    /// <inheritdoc/>
    public VolumeShape Shape { get; }

    /// <summary>Pixels of 1 µm, layers <see cref="SynthOptions.Anisotropy"/> µm apart.</summary>
    public VoxelSize? VoxelSize { get; }

    /// <summary>Number of cells, also the largest label.</summary>
    public int CellCount => _cells.Length;

    /// <summary>Paints one layer; safe to call from several threads.</summary>
    /// <param name="z">Layer, 0 … depth − 1.</param>
    /// <param name="layer">Receives height × width labels in raster order. A voxel exactly between two cells goes to the larger label.</param>
    public void Paint(int z, Span<uint> layer)
    {
        layer.Clear();
        double height = z * _anisotropy;
        for (int i = 0; i < _cells.Length; i++)
        {
            ConvexCell cell = _cells[i];
            if (height >= cell.Least.Z && height <= cell.Most.Z)
            {
                cell.Paint(height, (uint)i + 1, layer, Shape.Height, Shape.Width);
            }
        }
    }

    /// <inheritdoc/>
    public IRowReader OpenRows(int z, int firstRow = 0)
    {
        var layer = new uint[Shape.LayerPixels];
        Paint(z, layer);
        return new MemoryRows(layer.AsMemory(firstRow * Shape.Width));
    }

    /// <summary>Nothing to release.</summary>
    public void Dispose()
    {
    }

    private static ConvexCell[] Build(SynthOptions options)
    {
        Box box = Box(options);
        double spacing = RelaxedSeeds.Spacing(box, options.Cells);
        if (options.Cells > 1 && spacing < SynthOptions.SmallestSpacingPx)
        {
            throw new ArgumentException(
                FormattableString.Invariant($"{options.Cells} cells do not fit into {options.Shape} at anisotropy {options.Anisotropy}: ")
                + FormattableString.Invariant($"they would lie {spacing:0.0} px apart; at least {SynthOptions.SmallestSpacingPx} px are needed."),
                nameof(options));
        }

        RelaxedSeeds Seeds(Ellipsoid? organ) => new(box, organ, spacing, options.Anisotropy, options.Cells, options.Seed);
        Ellipsoid organ = Organ(box, isFlat: false);
        return options.Family switch
        {
            CellFamily.Tissue => VoronoiCells.Build(Seeds(organ), VoronoiCells.WallPx, organ),
            CellFamily.Dense => VoronoiCells.Build(Seeds(null), wall: 0, organ: null),
            CellFamily.Stacked or CellFamily.Flat => StackedCells.Build(box, Organ(box, isFlat: true), options, options.Seed),
            _ => EllipsoidCells.Build(Seeds(null), spacing, options.Seed),
        };
    }

    // Voxels are boxes around their centres.
    private static Box Box(SynthOptions options)
    {
        (int depth, int height, int width) = options.Shape;
        return new Box(
            new Point(-0.5 * options.Anisotropy, -0.5, -0.5),
            new Point((depth - 0.5) * options.Anisotropy, height - 0.5, width - 0.5));
    }

    private static Ellipsoid Organ(Box box, bool isFlat)
    {
        static double Coefficient(double length) => 4 / (length * length * OrganShare * OrganShare);
        var centre = new Point((box.Least.Z + box.Most.Z) / 2, (box.Least.Y + box.Most.Y) / 2, (box.Least.X + box.Most.X) / 2);
        return new Ellipsoid(centre, isFlat ? 0 : Coefficient(box.Depth), Coefficient(box.Height), Coefficient(box.Width));
    }
}
