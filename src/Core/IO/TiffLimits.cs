namespace CellStitch.Core.IO;

/// <summary>
/// Ceilings that a TIFF must keep, checked before anything is allocated or decoded for it.
/// The defaults let a reader work within a 2 GiB instance; they bound what a hostile file of a few bytes can cost.
/// </summary>
public sealed record TiffLimits
{
    /// <summary>The defaults.</summary>
    public static TiffLimits Default { get; } = new();

    /// <summary>For files of our own making: what they were made from has kept the user's limits.</summary>
    public static TiffLimits OwnFile { get; } = new()
    {
        PagePixels = int.MaxValue,
        Pages = int.MaxValue,
        DecodedBytes = long.MaxValue,
        BufferedBytes = int.MaxValue,
        PageChunks = int.MaxValue,
    };

    /// <summary>Most pixels of one page; default 2²⁸ (16384 × 16384), at most 2³¹ − 1.</summary>
    public int PagePixels { get; init; } = 1 << 28;

    /// <summary>Most pages of one file, thumbnails included; default 2²⁰.</summary>
    public int Pages { get; init; } = 1 << 20;

    /// <summary>Most bytes that all pages together hold once decoded; default 256 GiB. Bounds time, since pages are streamed.</summary>
    public long DecodedBytes { get; init; } = 256L << 30;

    /// <summary>
    /// Most bytes held at once while one page is read: a row of tiles, or a strip that only LibTiff can decode; default 256 MiB.
    /// Strips without compression or with deflate are streamed and may be larger.
    /// </summary>
    public int BufferedBytes { get; init; } = 256 << 20;

    /// <summary>Most entries of one directory (IFD); default 4096, a hundred times what writers of images use.</summary>
    public int DirectoryEntries { get; init; } = 4096;

    /// <summary>Most strips or tiles of one page; default 2²⁰.</summary>
    public int PageChunks { get; init; } = 1 << 20;

    /// <summary>Most bytes of an image description (OME-XML, ImageJ); default 16 MiB.</summary>
    public int DescriptionBytes { get; init; } = 16 << 20;
}
