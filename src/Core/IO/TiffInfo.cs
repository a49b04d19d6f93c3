using CellStitch.Core.Volumes;

namespace CellStitch.Core.IO;

/// <summary>
/// What a TIFF holds, from its directories alone: any stack that can be described, labels or not.
/// A file whose structure is broken (cyclic or cut-off directories, pages of different size or type) is refused instead.
/// </summary>
public sealed record TiffInfo
{
    internal TiffInfo()
    {
    }

    /// <summary>Name of the file, as the user knows it.</summary>
    public required string Name { get; init; }

    /// <summary>Layers, rows and columns of one channel at one time.</summary>
    public required VolumeShape Shape { get; init; }

    /// <summary>Channels, counting the samples of a pixel (RGB: 3), at least 1.</summary>
    public required int Channels { get; init; }

    /// <summary>Time frames, at least 1.</summary>
    public required int Frames { get; init; }

    /// <summary>Samples stored per pixel; more than 1 for colour and for channels stored within a page.</summary>
    public required int SamplesPerPixel { get; init; }

    /// <summary>Bits of one sample.</summary>
    public required int Bits { get; init; }

    /// <summary>How a sample is coded.</summary>
    public required TiffSampleFormat SampleFormat { get; init; }

    /// <summary>The pixel type in the words of numpy, e.g. <c>uint16</c>.</summary>
    public string PixelType => SampleFormat switch
    {
        TiffSampleFormat.UnsignedInteger => $"uint{Bits}",
        TiffSampleFormat.SignedInteger => $"int{Bits}",
        TiffSampleFormat.FloatingPoint => $"float{Bits}",
        _ => $"{Bits}-bit samples",
    };

    /// <summary>Compression of the first page in words, e.g. <c>deflate</c>, with the predictor where there is one.</summary>
    public required string Compression { get; init; }

    /// <summary>Most significant byte first (MM).</summary>
    public required bool BigEndian { get; init; }

    /// <summary>64-bit offsets.</summary>
    public required bool BigTiff { get; init; }

    /// <summary>Pages are cut into tiles rather than strips.</summary>
    public required bool Tiled { get; init; }

    /// <summary>Rows of a strip or tile of the first page.</summary>
    public required int ChunkHeight { get; init; }

    /// <summary>Columns of a strip or tile of the first page.</summary>
    public required int ChunkWidth { get; init; }

    /// <summary>
    /// Step of rows at which the file can be read without decoding rows beside them: 1 for strips without compression, the height of a page
    /// that is one compressed strip.
    /// </summary>
    public required int RowStep { get; init; }

    /// <summary>Distance of layers, rows and columns in µm, each null when not stated.</summary>
    public required (double? ZUm, double? YUm, double? XUm) SpacingUm { get; init; }

    /// <summary>Where the spacing was found.</summary>
    public required VoxelSizeSource SpacingSource { get; init; }

    /// <summary>The voxel size in µm; null unless all three lengths are stated.</summary>
    public VoxelSize? VoxelSize => SpacingUm is ({ } z, { } y, { } x) ? new VoxelSize(z, y, x) : null;

    /// <summary>What was passed over or is unusual, a sentence each.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>
    /// Why the file cannot be read as labels although it may be a sound raw stack; null when nothing in the directories forbids it.
    /// Whether float and signed pixels are labels only shows when they are read.
    /// </summary>
    public required InvalidMaskException? LabelFault { get; init; }

    /// <summary>Why the pixels cannot be decoded at all; null when they can.</summary>
    public required InvalidMaskException? DecodingFault { get; init; }

    /// <summary>Reads the directories of a file.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="limits">Ceilings; the defaults when null.</param>
    /// <exception cref="InvalidMaskException">The file does not exist or its structure is broken.</exception>
    public static TiffInfo Read(string path, TiffLimits? limits = null)
    {
        using TiffFile file = TiffFile.Open(path, limits ?? TiffLimits.Default);
        return file.Info;
    }

    /// <summary>Reads the directories of a seekable stream, which stays open.</summary>
    /// <param name="seekable">The bytes of the file; short reads are fine.</param>
    /// <param name="name">Name for messages.</param>
    /// <param name="limits">Ceilings; the defaults when null.</param>
    /// <exception cref="InvalidMaskException">The structure is broken.</exception>
    public static TiffInfo Read(Stream seekable, string name, TiffLimits? limits = null)
    {
        using TiffFile file = TiffFile.Open(seekable, name, limits ?? TiffLimits.Default);
        return file.Info;
    }

    /// <summary>Decodes every page, and checks every pixel where the directories allow labels, without keeping any.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="asLabels">True: the file must hold labels. False: any pixels that can be decoded will do.</param>
    /// <param name="limits">Ceilings; the defaults when null.</param>
    /// <param name="cancellation">Stops between two pages.</param>
    /// <returns>What the file holds.</returns>
    /// <exception cref="InvalidMaskException">A page cannot be decoded, or does not hold labels where it must.</exception>
    public static TiffInfo Check(string path, bool asLabels, TiffLimits? limits = null, CancellationToken cancellation = default)
    {
        using TiffFile file = TiffFile.Open(path, limits ?? TiffLimits.Default);
        file.Check(asLabels, cancellation);
        return file.Info;
    }

    /// <summary>One line for people, e.g. <c>16 × 512 × 512 uint16, deflate</c>.</summary>
    public override string ToString()
    {
        string channels = Channels > 1 ? $", {Channels} channels" : "";
        string frames = Frames > 1 ? $", {Frames} time frames" : "";
        return $"{Shape} {PixelType}{channels}{frames}, {Compression}";
    }
}
