namespace CellStitch.Core.Volumes;

/// <summary>What is wrong with an input, in the words of error.json (<c>docs/formats.md</c>).</summary>
public enum MaskFault
{
    /// <summary>The file is not a TIFF, is damaged, or uses an encoding that is not supported.</summary>
    UnreadableTiff,

    /// <summary>The pixels are not labels: negative, fractional, several channels, colour.</summary>
    NotLabels,

    /// <summary>A raw stack holds several channels or time frames where one is needed, another channel than asked for, or pixels that are no numbers.</summary>
    NotOneChannel,

    /// <summary>A raw stack that looks like masks.</summary>
    LooksLikeMasks,

    /// <summary>Stacks or pages that must have equal shapes differ.</summary>
    ShapeMismatch,

    /// <summary>The file passes a ceiling on pixels, pages or bytes.</summary>
    TooLarge,

    /// <summary>A file that was named does not exist.</summary>
    MissingFile,
}

/// <summary>
/// Bad input data. The message is one sentence for the person who made the file: which file, which page, what was found, what was expected.
/// </summary>
public sealed class InvalidMaskException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="fault">The kind of fault.</param>
    /// <param name="file">Name of the file or stack, as the user knows it.</param>
    /// <param name="page">Page (0-based) the fault was found on; null when the fault is not on one page.</param>
    /// <param name="detail">What was found and what was expected, without file and page.</param>
    /// <param name="innerException">The decoder's own exception, where there is one.</param>
    public InvalidMaskException(MaskFault fault, string file, int? page, string detail, Exception? innerException = null)
        : base(page is int p ? $"{file}, page {p}: {detail}" : $"{file}: {detail}", innerException)
    {
        Fault = fault;
        File = file;
        Page = page;
    }

    /// <summary>The kind of fault.</summary>
    public MaskFault Fault { get; }

    /// <summary>Name of the file or stack.</summary>
    public string File { get; }

    /// <summary>Page (0-based); null when the fault is not on one page.</summary>
    public int? Page { get; }
}
