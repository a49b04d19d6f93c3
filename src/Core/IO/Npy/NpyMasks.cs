using System.Buffers;
using CellStitch.Core.Volumes;
using Microsoft.Win32.SafeHandles;

namespace CellStitch.Core.IO.Npy;

/// <summary>
/// Masks in a numpy file: Cellpose's <c>_seg.npy</c>, whose entry <c>masks</c> is read (docs/formats.md), or a saved array. Two dimensions (y, x) are a stack of one layer, three are
/// (z, y, x). Nothing is held but the place of the array in the file; several threads may read at once.
/// </summary>
public sealed class NpyMasks : ILayerSource
{
    private readonly SafeFileHandle _file;
    private readonly NpyArray _array;

    private NpyMasks(SafeFileHandle file, string name, NpyArray array, VolumeShape shape)
    {
        (_file, _array) = (file, array);
        (Name, Shape) = (name, shape);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public VolumeShape Shape { get; }

    /// <summary>Null: numpy files state no voxel size.</summary>
    public VoxelSize? VoxelSize => null;

    /// <summary>Bits of a pixel.</summary>
    public int Bits => _array.Type.Bits;

    /// <summary>The pixel type in the words of numpy, e.g. <c>uint16</c>.</summary>
    public string PixelType => $"{_array.Type}";

    /// <summary>Whether a file begins as numpy files do.</summary>
    /// <param name="path">Path of a file that exists.</param>
    public static bool Is(string path)
    {
        using SafeFileHandle file = File.OpenHandle(path);
        byte[] start = new byte[NpyFile.Magic.Length];
        return RandomAccess.Read(file, start, 0) == start.Length && NpyFile.Magic.SequenceEqual(start);
    }

    /// <summary>Opens a file.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="limits">Ceilings on a layer and on the stack; the defaults when null.</param>
    /// <exception cref="InvalidMaskException">The file is damaged, holds no masks, or names objects that are not read.</exception>
    public static NpyMasks Open(string path, TiffLimits? limits = null)
    {
        string name = Path.GetFileName(path);
        SafeFileHandle file = File.OpenHandle(path);
        NpyMasks? masks = null;
        try
        {
            NpyArray array = NpyFile.Masks(new NpyBytes(file, name));
            return masks = new NpyMasks(file, name, array, ShapeOf(array, name, limits ?? TiffLimits.Default));
        }
        finally
        {
            if (masks is null)
            {
                file.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public IRowReader OpenRows(int z, int firstRow = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(z);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(z, Shape.Depth);
        return new Rows(this, z, firstRow);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private static VolumeShape ShapeOf(NpyArray array, string name, TiffLimits limits)
    {
        IReadOnlyList<long> shape = array.Shape;
        string found = $"masks of shape ({string.Join(", ", shape)})";
        if (shape.Count is not (2 or 3) || shape.Any(edge => edge < 1))
        {
            throw new InvalidMaskException(MaskFault.NotLabels, name, null, $"{found}; expected (layers, rows, columns) or (rows, columns), each at least 1.");
        }

        (long depth, long height, long width) = shape.Count == 3 ? (shape[0], shape[1], shape[2]) : (1, shape[0], shape[1]);
        // Compared by division: edges are a stranger's, and their product may pass 64 bits.
        if (height > limits.PagePixels / width || depth > limits.Pages || depth > limits.DecodedBytes / (height * width * (array.Type.Bits / 8)))
        {
            throw new InvalidMaskException(
                MaskFault.TooLarge, name, null, $"{found}; expected at most {limits.PagePixels} pixels a layer, {limits.Pages} layers and {limits.DecodedBytes} bytes.");
        }

        return depth * height * width * (array.Type.Bits / 8) == array.Data.Length
            ? new VolumeShape((int)depth, (int)height, (int)width)
            : throw new InvalidMaskException(
                MaskFault.UnreadableTiff, name, null, $"{found} of {array.Type} in {array.Data.Length} bytes; expected {depth * height * width * (array.Type.Bits / 8)} bytes.");
    }

    private sealed class Rows(NpyMasks masks, int z, int firstRow) : IRowReader
    {
        private int _next = firstRow;

        public void Read(Span<uint> rows)
        {
            NpyType type = masks._array.Type;
            int rowBytes = masks.Shape.Width * (type.Bits / 8);
            byte[] samples = ArrayPool<byte>.Shared.Rent(rowBytes);
            try
            {
                for (; !rows.IsEmpty; rows = rows[masks.Shape.Width..])
                {
                    Span<byte> row = samples.AsSpan(0, rowBytes);
                    long at = masks._array.Data.Start + ((((long)z * masks.Shape.Height) + _next) * rowBytes);
                    NpyBytes.ReadExactly(masks._file, row, at, masks.Name);
                    if (type.BigEndian == BitConverter.IsLittleEndian)
                    {
                        LabelPixels.Swap(row, type.Bits);
                    }

                    int bad = LabelPixels.Widen(row, rows[..masks.Shape.Width], type.Bits, type.Format);
                    if (bad >= 0)
                    {
                        throw new InvalidMaskException(
                            MaskFault.NotLabels,
                            masks.Name,
                            z,
                            $"the pixel in row {_next}, column {bad} is {LabelPixels.Value(row, bad, type.Bits, type.Format)}; expected {LabelPixels.Expected(type.Bits, type.Format)}.");
                    }

                    _next++;
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(samples);
            }
        }

        public void Dispose()
        {
        }
    }
}
