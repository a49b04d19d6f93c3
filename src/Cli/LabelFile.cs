using CellStitch.Core.IO;
using CellStitch.Core.IO.Npy;
using CellStitch.Core.Volumes;

namespace CellStitch.Cli;

/// <summary>Label stacks on disk in any of the formats that are read (docs/formats.md).</summary>
internal static class LabelFile
{
    /// <summary>Opens a TIFF, or a numpy file as Cellpose writes it.</summary>
    /// <exception cref="InvalidMaskException">The file cannot be used.</exception>
    public static ILayerSource Open(string path) => File.Exists(path) && NpyMasks.Is(path) ? NpyMasks.Open(path) : TiffReader.Open(path);
}
