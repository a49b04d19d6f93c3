using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using CellStitch.Core.IO;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Stitching;

/// <summary>A cell as it was measured in the result. Positions are in voxels, 0 first.</summary>
/// <param name="Label">Its label.</param>
/// <param name="Voxels">Its voxels.</param>
/// <param name="Layers">Layers it occurs in.</param>
/// <param name="SumZ">Sum of z over its voxels; the centroid is the sum divided by the voxels.</param>
/// <param name="SumY">Sum of y.</param>
/// <param name="SumX">Sum of x.</param>
/// <param name="MinZ">First layer it occurs in.</param>
/// <param name="MaxZ">Last layer it occurs in.</param>
/// <param name="MinY">First row.</param>
/// <param name="MaxY">Last row.</param>
/// <param name="MinX">First column.</param>
/// <param name="MaxX">Last column.</param>
public readonly record struct MeasuredCell(
    uint Label,
    long Voxels,
    int Layers,
    long SumZ,
    long SumY,
    long SumX,
    int MinZ,
    int MaxZ,
    int MinY,
    int MaxY,
    int MinX,
    int MaxX)
{
    /// <summary>Whether the cell may go on outside: it has a voxel in the first or last layer, row or column of the volume.</summary>
    /// <param name="shape">Shape of the volume.</param>
    public bool TouchesBorder(VolumeShape shape) =>
        MinZ == 0 || MaxZ == shape.Depth - 1 || MinY == 0 || MaxY == shape.Height - 1 || MinX == 0 || MaxX == shape.Width - 1;
}

/// <summary>
/// Measures of every cell of a volume: the rows of cells.csv. Layers are measured in any order; tables of different layers of one volume add up, and
/// the sum is exact. About 80 bytes per cell, up to twice that while it grows; measuring takes about 2 % of the CPU time of a stitching (128 × 1024 × 1024 voxels, 10,000 cells).
/// </summary>
/// <param name="shape">Shape of the volume.</param>
public sealed class CellTable(VolumeShape shape)
{
    private const string Header = "label,voxels,volume_um3,centroid_z,centroid_y,centroid_x,min_z,max_z,min_y,max_y,min_x,max_x,layers,touches_border,confidence,min_margin,max_rejection,bridged_gaps";

    // Labels run from 1 to K, so an array finds the place of a cell faster than hashing. 0: not seen.
    private int[] _placeOf = [];
    private Measures[] _measures = new Measures[64];
    private int _end = 1;

    /// <summary>Shape of the volume.</summary>
    public VolumeShape Shape { get; } = shape;

    /// <summary>Number of cells.</summary>
    public int Count => _end - 1;

    /// <summary>The cells, by label.</summary>
    public IEnumerable<MeasuredCell> Cells => _placeOf.Where(place => place != 0).Select(place => _measures[place].Cell);

    /// <summary>Measures one layer, once.</summary>
    /// <param name="z">The layer.</param>
    /// <param name="layer">Height × width labels in raster order.</param>
    public void Add(int z, ReadOnlySpan<uint> layer)
    {
        int width = Shape.Width;
        ref uint pixels = ref MemoryMarshal.GetReference(layer);
        int start = 0;
        int y = 0;
        for (int at = 0; at < layer.Length; at += PixelRuns.Block)
        {
            int count = Math.Min(PixelRuns.Block, layer.Length - at);

            // Pixel 0 has no left neighbour: it opens the first run.
            ulong changes = at == 0 ? PixelRuns.ChangesPlain(ref pixels, ref pixels, 1, count - 1) << 1
                : count == PixelRuns.Block ? PixelRuns.Changes(ref pixels, ref pixels, at)
                : PixelRuns.ChangesPlain(ref pixels, ref pixels, at, count);
            while (changes != 0)
            {
                int end = at + BitOperations.TrailingZeroCount(changes);
                changes &= changes - 1;
                AddRun(z, layer[start], start, end, width, ref y);
                start = end;
            }
        }

        AddRun(z, layer[start], start, layer.Length, width, ref y);
    }

    /// <summary>Adds the measures of other layers of the same volume.</summary>
    /// <param name="other">They must not share a layer.</param>
    public void Add(CellTable other)
    {
        for (int place = 1; place < other._end; place++)
        {
            Add(other._measures[place].Cell);
        }
    }

    /// <summary>Empties the table for another layer; its memory stays.</summary>
    internal void Clear()
    {
        for (int place = 1; place < _end; place++)
        {
            _placeOf[_measures[place].Label] = 0;
        }

        _end = 1;
    }

    /// <summary>Smallest, median and largest number of voxels; null when there is no cell.</summary>
    public (long Smallest, double Median, long Largest)? VoxelRange()
    {
        if (Count == 0)
        {
            return null;
        }

        long[] voxels = [.. Cells.Select(cell => cell.Voxels)];
        Array.Sort(voxels);
        double median = (voxels[(Count - 1) / 2] + (double)voxels[Count / 2]) / 2;
        return (voxels[0], median, voxels[^1]);
    }

    /// <summary>
    /// Writes cells.csv: a header, then a row per cell by label. Centroids have 3 decimals, volumes 12 significant digits.
    /// </summary>
    /// <param name="csv">Receives the text.</param>
    /// <param name="voxelSize">Without it the volumes in µm³ stay empty.</param>
    /// <param name="confidences">How sure each cell is, label 1 first; without them their columns stay empty.</param>
    public void WriteCsv(TextWriter csv, VoxelSize? voxelSize, IReadOnlyList<CellConfidence> confidences)
    {
        csv.Write(Header);
        csv.Write('\n');
        foreach (MeasuredCell cell in Cells)
        {
            string volume = voxelSize is { } size ? (cell.Voxels * size.VolumeUm3).ToString("G12", CultureInfo.InvariantCulture) : "";
            csv.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{cell.Label},{cell.Voxels},{volume},{Mean(cell.SumZ, cell)},{Mean(cell.SumY, cell)},{Mean(cell.SumX, cell)},"
                + $"{cell.MinZ},{cell.MaxZ},{cell.MinY},{cell.MaxY},{cell.MinX},{cell.MaxX},{cell.Layers},{(cell.TouchesBorder(Shape) ? 1 : 0)},{Sureness(cell.Label)}\n"));
        }

        string Sureness(uint label)
        {
            if (confidences.Count == 0)
            {
                return ",,,";
            }

            CellConfidence sure = confidences[(int)label - 1];
            return string.Create(CultureInfo.InvariantCulture, $"{sure.Confidence:F3},{sure.MinMargin:F3},{sure.MaxRejection:F3},{sure.BridgedGaps}");
        }

        // Decimal: the quotient has 28 digits, so it is rounded once and alike everywhere.
        static string Mean(long sum, MeasuredCell cell) =>
            Math.Round((decimal)sum / cell.Voxels, 3, MidpointRounding.AwayFromZero).ToString("F3", CultureInfo.InvariantCulture);
    }

    internal void Write(TableWriter table)
    {
        table.Number(Count);
        uint label = 0;
        foreach (MeasuredCell cell in Cells)
        {
            table.Number(cell.Label - label);
            label = cell.Label;
            table.Number(cell.Voxels);
            table.Number(cell.Layers);
            table.Number(cell.SumZ);
            table.Number(cell.SumY);
            table.Number(cell.SumX);
            table.Number(cell.MinZ);
            table.Number(cell.MaxZ);
            table.Number(cell.MinY);
            table.Number(cell.MaxY);
            table.Number(cell.MinX);
            table.Number(cell.MaxX);
        }
    }

    /// <summary>Adds what <see cref="Write"/> wrote.</summary>
    internal void Add(TableReader table)
    {
        int count = table.Count();
        uint label = 0;
        for (int i = 0; i < count; i++)
        {
            label += table.Label();
            Add(new MeasuredCell(
                label,
                table.Long(),
                table.Int(),
                table.Long(),
                table.Long(),
                table.Long(),
                table.Int(),
                table.Int(),
                table.Int(),
                table.Int(),
                table.Int(),
                table.Int()));
        }
    }

    private void Add(MeasuredCell cell)
    {
        ref Measures measures = ref Find(cell.Label);
        measures.Voxels += cell.Voxels;
        measures.Layers += cell.Layers;
        measures.SumZ += cell.SumZ;
        measures.SumY += cell.SumY;
        measures.SumX += cell.SumX;
        measures.Extend(cell.MinZ, cell.MaxZ, cell.MinY, cell.MaxY, cell.MinX, cell.MaxX);
        measures.LastZ = cell.MaxZ;
    }

    // A run of equal pixels from start to end − 1, over as many rows as it takes; y is the row of the run before, and then of this one's end.
    private void AddRun(int z, uint label, int start, int end, int width, ref int y)
    {
        if (label == 0)
        {
            return;
        }

        if (start >= (y + 1) * width)
        {
            y = start / width;
        }

        ref Measures measures = ref Find(label);
        if (measures.LastZ != z)
        {
            measures.LastZ = z;
            measures.Layers++;
        }

        while (true)
        {
            int row = y * width;
            int stop = Math.Min(end, row + width);
            int firstX = start - row;
            int lastX = stop - 1 - row;
            int pixels = stop - start;
            measures.Voxels += pixels;
            measures.SumZ += (long)pixels * z;
            measures.SumY += (long)pixels * y;
            measures.SumX += (long)pixels * (firstX + lastX) / 2;
            measures.Extend(z, z, y, y, firstX, lastX);
            if (stop == end)
            {
                return;
            }

            start = stop;
            y++;
        }
    }

    private ref Measures Find(uint label)
    {
        if (label >= _placeOf.Length)
        {
            Array.Resize(ref _placeOf, (int)Math.Min(Array.MaxLength, Math.Max(label + 1L, 2L * _placeOf.Length)));
        }

        ref int place = ref _placeOf[label];
        if (place == 0)
        {
            if (_end == _measures.Length)
            {
                Array.Resize(ref _measures, 2 * _measures.Length);
            }

            place = _end++;
            _measures[place] = Measures.None with { Label = label };
        }

        return ref _measures[place];
    }

    private struct Measures
    {
        public static readonly Measures None = new()
        {
            LastZ = -1,
            MinZ = int.MaxValue,
            MinY = int.MaxValue,
            MinX = int.MaxValue,
            MaxZ = -1,
            MaxY = -1,
            MaxX = -1,
        };

        public uint Label;
        public long Voxels;
        public long SumZ;
        public long SumY;
        public long SumX;
        public int Layers;
        public int LastZ;
        public int MinZ;
        public int MaxZ;
        public int MinY;
        public int MaxY;
        public int MinX;
        public int MaxX;

        public readonly MeasuredCell Cell => new(Label, Voxels, Layers, SumZ, SumY, SumX, MinZ, MaxZ, MinY, MaxY, MinX, MaxX);

        public void Extend(int minZ, int maxZ, int minY, int maxY, int minX, int maxX)
        {
            MinZ = Math.Min(MinZ, minZ);
            MaxZ = Math.Max(MaxZ, maxZ);
            MinY = Math.Min(MinY, minY);
            MaxY = Math.Max(MaxY, maxY);
            MinX = Math.Min(MinX, minX);
            MaxX = Math.Max(MaxX, maxX);
        }
    }
}
