using CellStitch.Core.Volumes;

namespace CellStitch.Core.Synthesis;

/// <summary>Files of cells: columns of a tessellation of the plane, each cut by parallel, slightly tilted interfaces.</summary>
internal static class StackedCells
{
    // Interfaces of neighbouring files meet at angles up to about 17°, and heights vary by a quarter of a cell either way.
    private const double LargestSlope = 0.15;
    private const double HeightVariation = 0.25;

    // Leaves the layers at an interface to the cells where layers are far apart, so that a cell of one layer keeps its voxels.
    private const double LargestWallShareOfLayer = 0.8;

    // Far from the numbers that the heights of the other cells are drawn with.
    private const ulong FlatCellKey = 1UL << 32;

    /// <summary>The cells of all files, file by file from z = 0 on.</summary>
    /// <param name="box">The volume in px.</param>
    /// <param name="patch">The part of the plane that is filled.</param>
    /// <param name="options">Shape, anisotropy and number of cells.</param>
    /// <param name="key">Key of the random numbers.</param>
    public static ConvexCell[] Build(Box box, Ellipsoid patch, SynthOptions options, ulong key)
    {
        VolumeShape shape = options.Shape;
        double spacing = RelaxedSeeds.Spacing(box, options.Cells);
        int cellsPerFile = Math.Clamp((int)Math.Round(box.Depth / spacing), 1, shape.Depth);
        int files = Math.Max(1, options.Cells / cellsPerFile);
        var plane = new Box(box.Least with { Z = 0 }, box.Most with { Z = 0 });
        double fileSpacing = RelaxedSeeds.Spacing(plane, files);
        var seeds = new RelaxedSeeds(plane, patch, fileSpacing, options.Anisotropy, files, key);

        var cells = new List<ConvexCell>();
        var near = new List<int>();
        for (int file = 0; file < seeds.Seeds.Count; file++)
        {
            int extra = file < options.Cells % seeds.Seeds.Count ? 1 : 0;
            int count = Math.Min(shape.Depth, (options.Cells / seeds.Seeds.Count) + extra);
            HalfSpace[] sides = VoronoiCells.Faces(seeds, file, VoronoiCells.WallPx, near);
            ulong fileKey = CounterRandom.Mix(key, (ulong)file, (ulong)count);
            Cut(seeds.Seeds[file], seeds.CoveringRadius, sides, patch, count, options, fileKey, cells);
        }

        return [.. cells];
    }

    private static void Cut(
        Point axis, double radius, HalfSpace[] sides, Ellipsoid patch, int count, SynthOptions options, ulong key, List<ConvexCell> cells)
    {
        double slopeY = ((2 * CounterRandom.Unit(key, 0)) - 1) * LargestSlope;
        double slopeX = ((2 * CounterRandom.Unit(key, 1)) - 1) * LargestSlope;
        double rise = (Math.Abs(slopeY) + Math.Abs(slopeX)) * radius;
        double atAxis = (slopeY * axis.Y) + (slopeX * axis.X);
        double halfWall = Math.Min(VoronoiCells.WallPx, LargestWallShareOfLayer * options.Anisotropy) / 2
            * Math.Sqrt(1 + (slopeY * slopeY) + (slopeX * slopeX));
        double inverse = 1 / (radius * radius);
        Ellipsoid[] clips = [new Ellipsoid(axis, 0, inverse, inverse), patch];

        int[] firstLayers = options.Family == CellFamily.Flat
            ? FirstLayersWithFlatCells(options.Shape.Depth, count, key)
            : FirstLayers(options.Shape.Depth, count, key);
        for (int k = 0; k < count; k++)
        {
            // Interfaces lie halfway between two layers on the file's axis.
            double top = (firstLayers[k] - 0.5) * options.Anisotropy;
            double bottom = (firstLayers[k + 1] - 0.5) * options.Anisotropy;
            HalfSpace[] above = k == 0 ? [] : [new HalfSpace(-1, slopeY, slopeX, atAxis - top - halfWall)];
            HalfSpace[] below = k == count - 1 ? [] : [new HalfSpace(1, -slopeY, -slopeX, bottom - atAxis - halfWall)];
            cells.Add(new ConvexCell(
                new Point(top - rise, axis.Y - radius, axis.X - radius),
                new Point(bottom + rise, axis.Y + radius, axis.X + radius),
                [.. above, .. below, .. sides],
                clips));
        }
    }

    // Entry k is the first layer of cell k on the axis; the last entry is the depth.
    private static int[] FirstLayers(int depth, int count, ulong key)
    {
        var layers = new int[count + 1];
        layers[count] = depth;
        for (int k = 1; k < count; k++)
        {
            double shift = ((2 * CounterRandom.Unit(key, 1 + (ulong)k)) - 1) * HeightVariation;
            layers[k] = Math.Clamp((int)Math.Round(depth * (k + shift) / count), layers[k - 1] + 1, depth - (count - k));
        }

        return layers;
    }

    // The same, every second cell but the last of one or two layers. Where too few layers are left for the others, all are alike.
    private static int[] FirstLayersWithFlatCells(int depth, int count, ulong key)
    {
        int[] flat = [.. Enumerable.Range(0, (count - 1) / 2).Select(i => CounterRandom.Unit(key, FlatCellKey + (ulong)i) < 0.5 ? 1 : 2)];
        int left = depth - flat.Sum();
        int thick = count - flat.Length;
        if (left < thick)
        {
            return FirstLayers(depth, count, key);
        }

        int[] firstOfThick = FirstLayers(left, thick, key);
        var layers = new int[count + 1];
        for (int k = 1; k <= count; k++)
        {
            bool afterFlat = k % 2 == 0 && k / 2 <= flat.Length;
            layers[k] = layers[k - 1] + (afterFlat ? flat[(k / 2) - 1] : firstOfThick[Thick(k - 1) + 1] - firstOfThick[Thick(k - 1)]);
        }

        return layers;

        // How many thick cells lie above the k-th cell.
        int Thick(int k) => k - Math.Min(flat.Length, k / 2);
    }
}
