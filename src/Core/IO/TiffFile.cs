using System.Numerics;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.IO;

/// <summary>An open TIFF: its bytes, its pages (thumbnails left out) and what they hold together.</summary>
internal sealed class TiffFile : IDisposable
{
    private const int MinIsWhite = 0;
    private const int MinIsBlack = 1;
    private const int Rgb = 2;
    private const int Palette = 3;

    private TiffFile(TiffBytes bytes, TiffLimits limits)
    {
        Bytes = bytes;
        (Pages, Info) = Describe(limits);
    }

    private TiffFile(TiffBytes bytes, IReadOnlyList<TiffPage> pages, TiffInfo info)
    {
        (Bytes, Pages, Info) = (bytes, pages, info);
    }

    public TiffBytes Bytes { get; }

    public IReadOnlyList<TiffPage> Pages { get; }

    public TiffInfo Info { get; }

    public static TiffFile Open(string path, TiffLimits limits)
    {
        string name = Path.GetFileName(path);
        if (!File.Exists(path))
        {
            throw new InvalidMaskException(MaskFault.MissingFile, name, null, $"there is no such file ({path}).");
        }

        return Open(new TiffBytes(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read), name, ownsStream: true), limits);
    }

    public static TiffFile Open(Stream seekable, string name, TiffLimits limits)
    {
        RequireSeekable(seekable);
        return Open(new TiffBytes(seekable, name, ownsStream: false), limits);
    }

    /// <summary>Opens a file whose directories an index holds.</summary>
    public static TiffFile OpenIndexed(Stream seekable, string name, Stream index)
    {
        RequireSeekable(seekable);
        var bytes = new TiffBytes(seekable, name, ownsStream: false);
        (IReadOnlyList<TiffPage> pages, TiffInfo info) = TiffIndex.Read(index, bytes);
        return new TiffFile(bytes, pages, info);
    }

    /// <summary>Takes over <paramref name="bytes"/>, also when it fails.</summary>
    public static TiffFile Open(TiffBytes bytes, TiffLimits limits)
    {
        TiffFile? file = null;
        try
        {
            return file = new TiffFile(bytes, limits);
        }
        finally
        {
            if (file is null)
            {
                bytes.Dispose();
            }
        }
    }

    /// <summary>
    /// The rows of page <paramref name="page"/> from <paramref name="firstRow"/> on; <paramref name="sample"/> is the plane of a page with
    /// planar samples, else 0.
    /// </summary>
    public TiffRows OpenRows(int page, int firstRow, int sample = 0) => new(Bytes, Pages[page], firstRow, sample);

    public void Check(bool asLabels, CancellationToken cancellation)
    {
        if ((asLabels ? Info.LabelFault : Info.DecodingFault) is InvalidMaskException fault)
        {
            throw fault;
        }

        const int RowBatchBytes = 64 << 10;
        foreach (TiffPage page in Pages)
        {
            cancellation.ThrowIfCancellationRequested();
            int batch = Math.Clamp(RowBatchBytes / page.RowBytes, 1, page.Height);
            byte[] raw = new byte[batch * page.RowBytes];
            uint[] labels = new uint[asLabels ? batch * page.Width : 0];
            for (int sample = 0; sample < (page.Planar ? page.Samples : 1); sample++)
            {
                using var rows = new TiffRows(Bytes, page, 0, sample);
                for (int y = 0; y < page.Height; y += batch)
                {
                    int count = Math.Min(batch, page.Height - y);
                    if (asLabels)
                    {
                        rows.ReadLabels(labels.AsSpan(0, count * page.Width));
                    }
                    else
                    {
                        rows.ReadSamples(raw.AsSpan(0, count * page.RowBytes));
                    }
                }
            }
        }
    }

    public void Dispose() => Bytes.Dispose();

    private static void RequireSeekable(Stream stream)
    {
        if (!stream.CanSeek)
        {
            throw new ArgumentException("Directories of a TIFF lie anywhere in the file; the stream must be seekable.", nameof(stream));
        }
    }

    private (IReadOnlyList<TiffPage> Pages, TiffInfo Info) Describe(TiffLimits limits)
    {
        TiffMetadata? metadata = null;
        var pages = new List<TiffPage>();
        var warnings = new List<string>();
        int skipped = 0;
        long decodedBytes = 0;
        bool flipped = false;
        foreach (TiffDirectory directory in TiffDirectory.Walk(Bytes, limits))
        {
            if (IsReduced(directory))
            {
                skipped++;
                continue;
            }

            var page = TiffPage.From(directory, Bytes, limits);
            metadata ??= TiffMetadata.From(directory, limits);
            flipped |= directory.Integer(TiffTag.Orientation, 1) != 1;
            CheckAlike(page, pages.Count == 0 ? page : pages[0]);
            decodedBytes += page.DecodedBytes;
            CheckTotal(decodedBytes, limits);
            pages.Add(page);
        }

        if (metadata is null)
        {
            throw Bytes.Fail(null, skipped == 0 ? "no pages." : $"{skipped} thumbnails or masks and no page of full size.");
        }

        TiffPage first = pages[0];
        if (pages.Count == 1 && metadata is { MayBeContiguous: true, Axes: (int z, int c, int t) } && first.Compression == TiffCompression.None)
        {
            pages = Contiguous(first, (long)z * c * t, metadata, limits);
        }

        Warn(warnings, metadata, first, skipped, flipped);
        (int layers, int channels, int frames, string? axesFault) = Axes(metadata, first, pages.Count);
        string? decodingFault = pages.Select(page => page.DecodingFault()).FirstOrDefault(fault => fault is not null);
        string? labelFault = ColourFault(first, metadata) ?? axesFault ?? AxesFault(channels, frames);
        var info = new TiffInfo
        {
            Name = Bytes.Name,
            Shape = new VolumeShape(layers, first.Height, first.Width),
            Channels = Math.Max(channels, first.Samples),
            Frames = frames,
            SamplesPerPixel = first.Samples,
            Bits = first.Bits,
            SampleFormat = first.Format,
            Compression = TiffCompression.Name(first.Compression) + (first.Predictor == 1 ? "" : $", predictor {first.Predictor}"),
            BigEndian = Bytes.BigEndian,
            BigTiff = Bytes.BigTiff,
            Tiled = first.Tiled,
            ChunkHeight = first.ChunkHeight,
            ChunkWidth = first.ChunkWidth,
            RowStep = RowStep(pages),
            SpacingUm = metadata.SpacingUm,
            SpacingSource = metadata.SpacingFrom,
            Warnings = warnings,
            DecodingFault = decodingFault is null ? null : Bytes.Fail(null, decodingFault),
            LabelFault = decodingFault is not null ? Bytes.Fail(null, decodingFault)
                : labelFault is not null ? Bytes.Fail(null, labelFault, MaskFault.NotLabels) : null,
        };
        return (pages, info);
    }

    private static int RowStep(List<TiffPage> pages)
    {
        int height = pages[0].Height;
        long step = 1;
        foreach (int rows in pages.Select(page => page.RowStep).Distinct())
        {
            step = Math.Min(height, step / (long)BigInteger.GreatestCommonDivisor(step, rows) * rows);
        }

        return (int)step;
    }

    /// <summary>Thumbnails, pyramid levels and transparency masks in the main chain; those in SubIFDs are never visited.</summary>
    private static bool IsReduced(TiffDirectory directory)
    {
        const long ReducedImage = 1;
        const long TransparencyMask = 4;
        const long OldReducedImage = 2;
        return (directory.Integer(TiffTag.NewSubfileType, 0) & (ReducedImage | TransparencyMask)) != 0
            || directory.Integer(TiffTag.SubfileType, 0) == OldReducedImage;
    }

    private void CheckAlike(TiffPage page, TiffPage first)
    {
        if ((page.Height, page.Width) != (first.Height, first.Width))
        {
            throw Bytes.Fail(
                page.Number,
                $"{page.Height} × {page.Width} pixels; page {first.Number} has {first.Height} × {first.Width}.",
                MaskFault.ShapeMismatch);
        }

        if ((page.Bits, page.Format, page.Samples) != (first.Bits, first.Format, first.Samples))
        {
            throw Bytes.Fail(
                page.Number,
                $"{page.Samples} × {page.Bits} bits ({page.Format}); page {first.Number} has {first.Samples} × {first.Bits} bits ({first.Format}).",
                MaskFault.ShapeMismatch);
        }
    }

    private void CheckTotal(long decodedBytes, TiffLimits limits)
    {
        if (decodedBytes > limits.DecodedBytes)
        {
            throw Bytes.Fail(null, $"more than {limits.DecodedBytes} decoded bytes.", MaskFault.TooLarge);
        }
    }

    /// <summary>ImageJ writes large stacks (and tifffile truncated ones) with one directory; the other pages follow the first.</summary>
    private List<TiffPage> Contiguous(TiffPage first, long count, TiffMetadata metadata, TiffLimits limits)
    {
        if (count > limits.Pages)
        {
            throw Bytes.Fail(null, $"{metadata.AxesFrom} states {count} pages; at most {limits.Pages} are read.", MaskFault.TooLarge);
        }

        CheckTotal(checked(count * first.DecodedBytes), limits);
        long at = TiffDirectory.Integers(Bytes, first.Number, first.Offsets, 1, TiffTag.StripOffsets)[0];
        long end = at + (count * first.DecodedBytes);
        if (first.Tiled || first.Planar || end > Bytes.Length)
        {
            throw Bytes.Fail(
                null,
                $"{metadata.AxesFrom} states {count} pages of {first.DecodedBytes} bytes from byte {at} on, but the file has one directory and {Bytes.Length} bytes; it is cut off.");
        }

        var pages = new List<TiffPage>((int)count);
        for (int i = 0; i < count; i++)
        {
            pages.Add(first with
            {
                Number = i,
                ChunkHeight = first.Height,
                ContiguousAt = at + (i * first.DecodedBytes),
            });
        }

        return pages;
    }

    private (int Layers, int Channels, int Frames, string? Fault) Axes(TiffMetadata metadata, TiffPage first, int pages)
    {
        if (metadata.Axes is not (int layers, int channels, int frames))
        {
            // Several samples per pixel are axes of their own to tifffile, and are refused for that reason.
            return (pages, 1, 1, first.Samples > 1 ? null : metadata.AxesFault);
        }

        // OME and ImageJ count the samples of a pixel as channels.
        int pageChannels = first.Samples > 1 && channels % first.Samples == 0 ? channels / first.Samples : channels;
        double stated = (double)layers * pageChannels * frames;
        if (stated != pages && first.Samples == 1)
        {
            throw Bytes.Fail(null, $"{pages} pages, but {metadata.AxesFrom} states {stated}; the file is cut off or part of a set of files.");
        }

        return stated == pages ? (layers, pageChannels, frames, metadata.AxesFault) : (pages, 1, 1, metadata.AxesFault);
    }

    private static void Warn(List<string> warnings, TiffMetadata metadata, TiffPage first, int skipped, bool flipped)
    {
        warnings.AddRange(metadata.Warnings);
        if (skipped > 0)
        {
            warnings.Add($"{skipped} thumbnails or masks were passed over.");
        }

        if (flipped)
        {
            warnings.Add("The orientation tag asks for a flipped or turned display; rows are read in the order in which they are stored.");
        }

        if (first.Photometric == MinIsWhite)
        {
            warnings.Add("White is 0 in this file; the stored numbers are read as they are.");
        }
    }

    private static string? ColourFault(TiffPage first, TiffMetadata metadata)
    {
        if (first.Samples > 1)
        {
            // tifffile takes a leading axis of 3 or 4 for colour planes unless told otherwise.
            return first.Photometric == Rgb && !first.Planar
                ? $"colour pixels ({first.Samples} samples each); expected one label per pixel."
                : $"{first.Samples} samples per pixel (several channels); expected one label per pixel (tifffile writes a stack of 3 or 4 layers so unless photometric='minisblack' is given).";
        }

        return first.Photometric switch
        {
            MinIsWhite or MinIsBlack => null,
            Palette when metadata.IsImageJ => null,
            Palette => "a colour palette; expected pixels that are labels themselves (min-is-black).",
            _ => $"photometric interpretation {first.Photometric}; expected pixels that are labels (min-is-black).",
        };
    }

    private static string? AxesFault(int channels, int frames) => (channels, frames) switch
    {
        ( > 1, _) => $"{channels} channels; expected one channel of labels.",
        (_, > 1) => $"{frames} time frames; expected one stack (in ImageJ: Image > Properties turns frames into slices).",
        _ => null,
    };
}
