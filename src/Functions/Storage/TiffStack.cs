using CellStitch.Core.IO;
using CellStitch.Core.Volumes;
using CellStitch.Functions.Jobs;

namespace CellStitch.Functions.Storage;

/// <summary>A dropped TIFF, open in the version of the run.</summary>
internal sealed class TiffStack : IDisposable
{
    private readonly BlobRangeStream _stream;

    /// <exception cref="InvalidMaskException">It cannot be read as labels.</exception>
    /// <exception cref="RunFaultException">It was replaced or deleted.</exception>
    public TiffStack(DataAccount data, FileVersion file, TiffLimits limits, CancellationToken cancellation)
        : this(new BlobRangeStream(data.Drop.GetBlobClient(file.Blob), file, cancellation), file.Name, limits)
    {
    }

    /// <summary>The same for any blob.</summary>
    public TiffStack(BlobRangeStream stream, string name, TiffLimits limits)
        : this(stream, TiffReader.Open(stream, name, limits))
    {
    }

    private TiffStack(BlobRangeStream stream, TiffReader reader)
    {
        _stream = stream;
        Reader = reader;
        Masks = Reader.Info.Bits == 8 ? new EightBitMasks(Reader) : Reader;
    }

    /// <summary>Opens a blob by the index that <see cref="WriteIndexAsync(TiffReader, BlobWork, CancellationToken)"/> left: no directory is read.</summary>
    public static async Task<TiffStack> OpenIndexedAsync(BlobRangeStream stream, string name, BlobWork work, CancellationToken cancellation)
    {
        BinaryData index = await work.ReadAsync(WorkName.Index(name), cancellation);
        return new TiffStack(stream, TiffReader.OpenIndexed(stream, name, index.ToStream()));
    }

    /// <summary>Keeps what was read of the directories for the activities to come.</summary>
    public Task WriteIndexAsync(BlobWork work, CancellationToken cancellation) => WriteIndexAsync(Reader, work, cancellation);

    /// <summary>The same for a file that is open otherwise.</summary>
    public static async Task WriteIndexAsync(TiffReader reader, BlobWork work, CancellationToken cancellation)
    {
        using var index = new MemoryStream();
        reader.WriteIndex(index);
        await work.WriteAsync(WorkName.Index(reader.Name), new BinaryData(index.ToArray()), cancellation);
    }

    /// <summary>The file.</summary>
    public TiffReader Reader { get; }

    /// <summary>Its labels, watched where 8 bits may be too few.</summary>
    public ILayerSource Masks { get; }

    /// <summary>What its directories give to say.</summary>
    public IEnumerable<string> Warnings => Reader.Info.Warnings.Select(warning => $"{Reader.Name}: {warning}");

    /// <summary>What its pixels gave to say, as far as they have been read; null when nothing.</summary>
    public string? Note => Masks is EightBitMasks { Full: true } full ? full.Warning : null;

    public void Dispose()
    {
        Reader.Dispose();
        _stream.Dispose();
    }
}
