using CellStitch.Core.Volumes;

namespace CellStitch.Core.IO;

/// <summary>
/// Writes a label volume as a TIFF: deflate, the smallest of 8, 16 and 32 bits that holds the labels, BigTIFF from 4 GiB, voxel size for
/// ImageJ and OME. One page is held at a time. The bytes do not depend on the number of threads.
/// </summary>
/// <remarks>
/// A stream that cannot seek gets the same bytes: the compressed pages then wait in a temporary file until their lengths are known.
/// </remarks>
public sealed class TiffWriter : ILayerSink, IDisposable
{
    private readonly Stream _output;
    private readonly bool _ownsOutput;
    private readonly int _threads;
    private readonly long _bigTiffFrom;
    private readonly List<IReadOnlyList<int>> _pages = [];
    private Stream? _body;
    private long _start;
    private TiffContents? _contents;
    private bool _completed;

    /// <summary>Writes to a stream, which stays open.</summary>
    /// <param name="output">Any writable stream; where it can seek, its position is the start of the file.</param>
    /// <param name="threads">Threads that compress the strips of a page, at least 1.</param>
    public TiffWriter(Stream output, int threads = 1)
        : this(output, ownsOutput: false, threads, TiffDirectories.ClassicLimit)
    {
    }

    internal TiffWriter(Stream output, bool ownsOutput, int threads, long bigTiffFrom)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _output = output;
        _ownsOutput = ownsOutput;
        _threads = threads;
        _bigTiffFrom = bigTiffFrom;
    }

    /// <summary>Creates a file, or replaces it.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="threads">Threads that compress the strips of a page, at least 1.</param>
    public static TiffWriter Create(string path, int threads = 1) =>
        new(new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None), ownsOutput: true, threads, TiffDirectories.ClassicLimit);

    /// <inheritdoc/>
    public void Begin(VolumeShape shape, uint largestLabel, VoxelSize? voxelSize)
    {
        if (_contents is not null)
        {
            throw new InvalidOperationException("The volume has begun already.");
        }

        _contents = new TiffContents(shape, TiffContents.BitsFor(largestLabel), voxelSize);
        _body = _output.CanSeek ? _output : TemporaryFile.Create();
        _start = _body.Position;
        _body.Write(new byte[TiffDirectories.HeaderBytes]);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The layer has another size than said, or a label larger than said.</exception>
    public void Write(ReadOnlySpan<uint> layer)
    {
        TiffContents contents = _contents ?? throw new InvalidOperationException("Begin comes first.");
        if (_pages.Count == contents.Shape.Depth)
        {
            throw new InvalidOperationException($"All {contents.Shape.Depth} layers are written.");
        }

        var page = EncodedPage.Encode(layer, contents, _threads);
        _body!.Write(page.Bytes.Span);
        _pages.Add(page.StripLengths);
        if (_pages.Count == contents.Shape.Depth)
        {
            Complete(contents);
        }
    }

    /// <summary>Closes the file, if the writer created it.</summary>
    /// <remarks>A file whose last layer was not written lacks its header and is no TIFF: a broken run leaves nothing that looks whole.</remarks>
    public void Dispose()
    {
        if (!_completed && _body is not null && !ReferenceEquals(_body, _output))
        {
            _body.Dispose();
        }

        if (_ownsOutput)
        {
            _output.Dispose();
        }
    }

    private void Complete(TiffContents contents)
    {
        var directories = TiffDirectories.For(contents, _pages, _bigTiffFrom);
        _body!.Write(directories.Trailer.Span);
        long end = _body.Position;
        _body.Position = _start;
        _body.Write(directories.Header.Span);
        if (ReferenceEquals(_body, _output))
        {
            _body.Position = end;
        }
        else
        {
            _body.Position = 0;
            _body.CopyTo(_output);
            _body.Dispose();
        }

        _output.Flush();
        _completed = true;
    }
}
