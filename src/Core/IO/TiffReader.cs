using CellStitch.Core.Volumes;

namespace CellStitch.Core.IO;

/// <summary>
/// A label stack in a TIFF file, page z = layer z. Directories are read when it opens, pixels when they are asked for; pages are decoded on
/// the calling thread, and several threads may read at once.
/// </summary>
/// <remarks>
/// Reads classic and BigTIFF in both byte orders, strips and tiles, 8 … 64-bit integers and 32- or 64-bit floats that hold whole numbers
/// from 0 to 2³² − 1, without compression or with deflate, LZW or PackBits, with or without predictor, and ImageJ's stacks of one directory.
/// </remarks>
public sealed class TiffReader : ILayerSource
{
    private readonly TiffFile _file;

    private TiffReader(TiffFile file)
    {
        _file = file;
        if (file.Info.LabelFault is InvalidMaskException fault)
        {
            file.Dispose();
            throw fault;
        }
    }

    /// <summary>What the file holds.</summary>
    public TiffInfo Info => _file.Info;

    /// <inheritdoc/>
    public string Name => Info.Name;

    /// <inheritdoc/>
    public VolumeShape Shape => Info.Shape;

    /// <inheritdoc/>
    public VoxelSize? VoxelSize => Info.VoxelSize;

    /// <summary>Opens a file.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="limits">Ceilings; the defaults when null.</param>
    /// <exception cref="InvalidMaskException">The file is missing, is no sound TIFF, cannot hold labels, or passes a limit.</exception>
    public static TiffReader Open(string path, TiffLimits? limits = null) => new(TiffFile.Open(path, limits ?? TiffLimits.Default));

    /// <summary>Opens a stream, which stays open when the reader is disposed.</summary>
    /// <param name="seekable">The bytes of the file; nobody else may use it while the reader does. Short reads are fine.</param>
    /// <param name="name">Name for messages.</param>
    /// <param name="limits">Ceilings; the defaults when null.</param>
    /// <exception cref="ArgumentException">The stream cannot seek.</exception>
    /// <exception cref="InvalidMaskException">The bytes are no sound TIFF, cannot hold labels, or pass a limit.</exception>
    public static TiffReader Open(Stream seekable, string name, TiffLimits? limits = null) =>
        new(TiffFile.Open(seekable, name, limits ?? TiffLimits.Default));

    /// <summary>Opens a stream with an index of the same file: nothing is read from it but the pixels that are asked for.</summary>
    /// <param name="seekable">The bytes of the file; nobody else may use it while the reader does. It stays open.</param>
    /// <param name="name">Name for messages.</param>
    /// <param name="index">What <see cref="WriteIndex"/> wrote.</param>
    /// <exception cref="InvalidDataException">The index is damaged, or of a file of another length.</exception>
    public static TiffReader OpenIndexed(Stream seekable, string name, Stream index) => new(TiffFile.OpenIndexed(seekable, name, index));

    /// <summary>
    /// Writes an index: all that the directories say of the pages, so that the next reader of the file need not walk through them. It has about 4 bytes per strip or tile.
    /// </summary>
    /// <param name="index">Receives the index.</param>
    /// <exception cref="InvalidMaskException">A directory is damaged, or the file has more than 2²⁴ strips or tiles.</exception>
    public void WriteIndex(Stream index) => TiffIndex.Write(index, _file);

    /// <inheritdoc/>
    public IRowReader OpenRows(int z, int firstRow = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(z);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(z, Shape.Depth);
        return _file.OpenRows(z, firstRow);
    }

    /// <summary>Closes the file, if the reader opened it.</summary>
    public void Dispose() => _file.Dispose();
}
