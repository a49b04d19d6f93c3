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
    {
        _stream = stream;
        Reader = TiffReader.Open(stream, name, limits);
        Masks = Reader.Info.Bits == 8 ? new EightBitMasks(Reader) : Reader;
    }

    /// <summary>The file.</summary>
    public TiffReader Reader { get; }

    /// <summary>Its labels, watched where 8 bits may be too few.</summary>
    public ILayerSource Masks { get; }

    /// <summary>What its directories give to say.</summary>
    public IEnumerable<string> Warnings => Reader.Info.Warnings.Select(warning => $"{Reader.Name}: {warning}");

    /// <summary>What its pixels gave to say, as far as they have been read.</summary>
    public IEnumerable<string> Notes => Masks is EightBitMasks { Full: true } full ? [full.Warning] : [];

    public void Dispose()
    {
        Reader.Dispose();
        _stream.Dispose();
    }
}
