using CellStitch.Core.Volumes;

namespace CellStitch.Core.IO;

/// <summary>
/// What the directories of a label file say, as a table: a reader of a few layers of a file far away gets it with one read, where walking
/// through the directories takes several per page.
/// </summary>
internal static class TiffIndex
{
    /// <summary>Directories may share the lists of their strips, so a small hostile file could ask for any number. 2²⁴ are 256 MiB when read.</summary>
    private const int MostChunks = 1 << 24;

    private static readonly TableKind Kind = new("CSix", "index of a TIFF");

    public static void Write(Stream stream, TiffFile file)
    {
        var table = new TableWriter(Kind);
        table.Number(file.Bytes.Length);
        table.Flag(file.Bytes.BigEndian);
        table.Flag(file.Bytes.BigTiff);
        Write(table, file.Info);
        table.Number(file.Pages.Count);
        long chunks = 0;
        long next = 0;
        foreach (TiffPage page in file.Pages)
        {
            chunks += page.ChunkCount;
            if (chunks > MostChunks)
            {
                throw file.Bytes.Fail(null, $"more than {MostChunks} strips or tiles; no index is made of so many.", MaskFault.TooLarge);
            }

            Write(table, page);
            (long[] offsets, long[] lengths) = page.Chunks(file.Bytes);
            for (int i = 0; i < offsets.Length; i++)
            {
                // Mostly one strip begins where the one before ends: steps are small, but may go back.
                long step = offsets[i] - next;
                table.Number(step >= 0 ? step << 1 : (-step << 1) - 1);
                table.Number(lengths[i]);
                next = offsets[i] + lengths[i];
            }
        }

        table.WriteTo(stream);
    }

    public static (IReadOnlyList<TiffPage> Pages, TiffInfo Info) Read(Stream stream, TiffBytes file)
    {
        var table = new TableReader(stream, Kind);
        long length = table.Long();
        if (length != file.Length)
        {
            throw new InvalidDataException($"{file.Name} has {file.Length} bytes; its index was made when it had {length}.");
        }

        file.BigEndian = table.Flag();
        file.BigTiff = table.Flag();
        TiffInfo info = ReadInfo(table, file);
        var pages = new TiffPage[table.Count()];
        long next = 0;
        for (int i = 0; i < pages.Length; i++)
        {
            TiffPage page = ReadPage(table, info);
            long[] offsets = new long[page.ChunkCount];
            long[] lengths = new long[offsets.Length];
            for (int chunk = 0; chunk < offsets.Length; chunk++)
            {
                long step = table.Long();
                offsets[chunk] = next + ((step & 1) == 0 ? step >> 1 : -((step + 1) >> 1));
                lengths[chunk] = table.Long();
                if (offsets[chunk] < 0 || lengths[chunk] > length - offsets[chunk])
                {
                    throw Kind.Damaged($"a strip or tile of page {page.Number} lies beyond the end of the file.");
                }

                next = offsets[chunk] + lengths[chunk];
            }

            pages[i] = page with { IndexedChunks = (offsets, lengths) };
        }

        table.End();
        return pages.Length == info.Shape.Depth
            ? (pages, info)
            : throw Kind.Damaged($"it has {pages.Length} pages for {info.Shape.Depth} layers.");
    }

    private static void Write(TableWriter table, TiffInfo info)
    {
        table.Shape(info.Shape);
        table.Number(info.Bits);
        table.Number((int)info.SampleFormat);
        table.Text(info.Compression);
        table.Flag(info.Tiled);
        table.Number(info.ChunkHeight);
        table.Number(info.ChunkWidth);
        table.Number(info.RowStep);
        Write(table, info.SpacingUm.ZUm);
        Write(table, info.SpacingUm.YUm);
        Write(table, info.SpacingUm.XUm);
        table.Number((int)info.SpacingSource);
        table.Number(info.Warnings.Count);
        foreach (string warning in info.Warnings)
        {
            table.Text(warning);
        }
    }

    // Only of a file that may hold labels: one channel, one frame, one sample per pixel, no fault.
    private static TiffInfo ReadInfo(TableReader table, TiffBytes file) => new()
    {
        Name = file.Name,
        Shape = table.Shape(),
        Bits = table.Int(),
        SampleFormat = (TiffSampleFormat)table.Int(),
        Compression = table.Text(),
        Tiled = table.Flag(),
        ChunkHeight = table.Int(),
        ChunkWidth = table.Int(),
        RowStep = table.Int(),
        SpacingUm = (ReadLength(table), ReadLength(table), ReadLength(table)),
        SpacingSource = (VoxelSizeSource)table.Int(),
        Warnings = [.. Enumerable.Range(0, table.Count()).Select(_ => table.Text())],
        Channels = 1,
        Frames = 1,
        SamplesPerPixel = 1,
        BigEndian = file.BigEndian,
        BigTiff = file.BigTiff,
        LabelFault = null,
        DecodingFault = null,
    };

    // The bits of a number above 0; 0 is "not stated".
    private static void Write(TableWriter table, double? um) => table.Number(um is { } length ? BitConverter.DoubleToInt64Bits(length) : 0);

    private static double? ReadLength(TableReader table) => table.Long() is var bits && bits != 0 ? BitConverter.Int64BitsToDouble(bits) : null;

    private static void Write(TableWriter table, TiffPage page)
    {
        table.Number(page.Number);
        table.Number(page.Photometric);
        table.Number(page.Compression);
        table.Number(page.Predictor);
        table.Number(page.FillOrder);
        table.Flag(page.Tiled);
        table.Number(page.ChunkWidth);
        table.Number(page.ChunkHeight);
    }

    private static TiffPage ReadPage(TableReader table, TiffInfo info)
    {
        var page = new TiffPage
        {
            Width = info.Shape.Width,
            Height = info.Shape.Height,
            Bits = info.Bits,
            Format = info.SampleFormat,
            Samples = 1,
            Planar = false,
            Number = table.Int(),
            Photometric = table.Int(),
            Compression = table.Int(),
            Predictor = table.Int(),
            FillOrder = table.Int(),
            Tiled = table.Flag(),
            ChunkWidth = table.Int(),
            ChunkHeight = table.Int(),
            Offsets = default,
            Lengths = null,
        };
        return page.ChunkWidth > 0 && page.ChunkHeight > 0
            ? page
            : throw Kind.Damaged($"page {page.Number} has strips or tiles of {page.ChunkHeight} × {page.ChunkWidth} pixels.");
    }
}
